"""`python -m grader doctor` names each fault of a machine or a copy, with its remedy."""

import hashlib
import json
import subprocess
import sys

import pytest
from rich.cells import cell_len

from grader.doctor import files, machine, packages
from grader.doctor.finding import BAD, GOOD, ODD, Finding
from grader.lab.paths import LAB


@pytest.fixture
def copy(tmp_path):
    """A copy of the lab as it was handed out: two files and the weights."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "student").mkdir()
    contents = {"assets/model.pth": b"weights", "try.py": b"pass\n", "student/unet.py": b"x = 1\n"}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    marker = {"export": "student", "files": digests}
    (tmp_path / ".unet-lab-export.json").write_text(json.dumps(marker))
    return tmp_path


def model(copy):
    return files.model(copy / "assets/model.pth", copy / "none.json", copy)


def test_a_copy_as_it_was_handed_out_has_no_fault(copy):
    assert [model(copy).status, files.lab_files(copy).status] == [GOOD, GOOD]
    (copy / "student/unet.py").write_text("y = 2\n")
    assert files.lab_files(copy).status == GOOD, "a student's own files may change"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"weight", "cut short, or replaced"),
        (b"version https://git-lfs.github.com/spec/v1\n", "a Git LFS pointer"),
        (None, "is missing"),
    ],
)
def test_weights_that_are_not_the_labs_own_are_named(copy, content, said):
    path = copy / "assets/model.pth"
    path.unlink() if content is None else path.write_bytes(content)
    finding = model(copy)
    assert (finding.status, said in finding.found) == (BAD, True)
    assert finding.remedy


def test_changed_and_missing_files_are_named(copy):
    (copy / "try.py").write_text("other\n")
    finding = files.lab_files(copy)
    assert (finding.status, "try.py" in finding.found) == (BAD, True)
    (copy / "try.py").unlink()
    assert files.lab_files(copy).status == BAD


def test_a_students_file_that_python_cannot_read_is_named(copy):
    (copy / "student/unet.py").write_text("x = （1)\n", encoding="utf-8")
    unet, infer = files.students_files(copy / "student")
    assert (unet.status, infer.status) == (BAD, BAD)
    assert "line 1" in unet.found
    assert "missing" in infer.found


def test_a_pair_that_does_not_fit_is_named_with_the_one_that_does():
    asked = {"torch": ("==", "1.0.0"), "torchvision": ("==", "0.29.1")}
    first = packages.packages(asked)[0]
    assert first.status == BAD
    assert "the lab needs the pair torch 1.0.0 and torchvision 0.29.1" in first.found
    assert first.remedy


def test_packages_that_are_missing_or_too_old_are_named(tmp_path):
    path = tmp_path / "requirements.txt"
    path.write_text("numpy>=99.0   # reason\nno-such-package>=1   # reason\npillow>=11    # reason\n")
    found = packages.packages(packages.wanted(path))[-1]
    assert (found.status, found.found) == (BAD, "missing or too old: numpy, no-such-package")
    assert packages.packages(packages.wanted(tmp_path / "none.txt"))[0].status == BAD


def test_little_memory_is_odd_and_none_known_is_no_fault():
    assert [machine.memory(mb).status for mb in (500, 8000, None)] == [ODD, GOOD, GOOD]


@pytest.mark.parametrize("width", [40, 80, 200])
def test_lines_are_as_wide_as_the_terminal_and_at_most_80_columns(monkeypatch, width):
    monkeypatch.setenv("COLUMNS", str(width))
    path = f"/{'folder' * 20}/{'文件' * 30}"
    for found in ("word " * 60, path, "一二三四五" * 20):
        lines = Finding("a thing", BAD, found, "remedy " * 40).lines()
        assert max(map(cell_len, lines)) <= min(width, 80)
        assert any("->" in line for line in lines)
        assert "".join("".join(lines).split()).count("remedy") == 40


def test_it_runs_without_any_package_and_says_how_to_get_them():
    """-S leaves out site-packages: a Python in which nothing is installed."""
    done = subprocess.run(
        [sys.executable, "-S", "-m", "grader", "doctor"], cwd=LAB, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert done.stderr == ""
    assert "torch missing and torchvision missing" in " ".join(done.stdout.split())
    assert "-> " in done.stdout


@pytest.mark.parametrize("command", [["try.py"], ["-m", "grader", "grade"], ["-m", "grader"]])
def test_every_other_command_says_in_one_line_how_to_enter_the_environment(command):
    done = subprocess.run([sys.executable, "-S", *command], cwd=LAB, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1
    assert "is not installed for " in done.stderr
