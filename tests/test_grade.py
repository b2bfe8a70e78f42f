"""`python -m grader grade`, and the forms of its report."""

import io
import json
import subprocess
import sys
import tarfile
import zipfile
from xml.etree import ElementTree

import pytest
from corpus import MISTAKES, build

from grader.errors import LabError
from grader.intake.submission import read_submission
from grader.lab.digests import graded_by
from grader.lab.paths import LAB, MODEL, SOLUTION
from grader.report.file import read_report


def run(*arguments: object) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "grader", *map(str, arguments)]
    return subprocess.run(command, cwd=LAB, capture_output=True, text=True, timeout=300)


@pytest.fixture
def wrong(tmp_path):
    """A submission with a swapped concatenation."""
    folder = tmp_path / "ada"
    folder.mkdir()
    for name, text in build(next(one for one in MISTAKES if one.id == "cat-order")).items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_a_wrong_submission_in_every_form(wrong, tmp_path):
    files = {name: tmp_path / f"r.{name}" for name in ("json", "junit", "html")}
    done = run(
        "grade", wrong, "--public", *(word for name, path in files.items() for word in (f"--{name}", path))
    )
    assert done.returncode == 1
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert "\x1b" not in done.stdout + done.stderr
    assert done.stderr == ""

    report = json.loads((tmp_path / "r.json").read_text())
    assert report["schema"] == 1
    assert report["submission"]["name"] == "ada"
    assert set(report["submission"]["files"]) == {"unet.py", "infer.py"}
    assert (report["score"], report["max_score"], report["bonus"]) == (93, 100, 0)
    assert [todo["score"] for todo in report["todos"]] == [30, 13, 30, 20]
    failed = [check for todo in report["todos"] for check in todo["checks"] if check["status"] == "failed"]
    assert [check["cause"] for check in failed] == ["crop_and_concat.order"]
    assert set(failed[0]) == {
        "id",
        "title",
        "status",
        "score",
        "max_score",
        "message",
        "hint",
        "cause",
        "file",
        "line",
    }
    assert failed[0]["hint"] in " ".join(done.stdout.split())
    assert report["mask"]["iou"] < 1
    assert report["isolation"]["level"]
    assert set(report["seconds"]) == {"wall", "cpu"}
    assert report["versions"]["torch"]
    assert read_report(files["json"]).as_dict() == report

    page = files["html"].read_text(encoding="utf-8")
    assert len(page) < 400_000
    assert failed[0]["hint"] in page
    assert page.count('src="data:image/') == 4

    suites = ElementTree.parse(files["junit"]).getroot()
    assert [suite.get("name") for suite in suites] == [
        "conv_blocks",
        "crop_and_concat",
        "forward",
        "inference",
    ]
    assert [int(suite.get("failures")) for suite in suites] == [0, 2, 0, 0]  # one failed, one waits for it


def test_archives_and_single_files(wrong, tmp_path):
    as_zip, as_tar = tmp_path / "s.zip", tmp_path / "s.tar.gz"
    with zipfile.ZipFile(as_zip, "w") as archive:
        for path in wrong.iterdir():
            archive.write(path, f"deep/ada/{path.name}")
        archive.writestr("deep/notes.txt", "hello")
    with tarfile.open(as_tar, "w:gz") as archive:
        archive.add(wrong, "ada")
    expected = read_submission(wrong).files
    assert read_submission(as_zip).files == expected
    assert read_submission(as_tar).files == expected
    assert read_submission(wrong / "unet.py").files == {"unet.py": expected["unet.py"]}
    assert read_submission(wrong.parent).files == expected


def hostile(kind: str, folder):
    path = folder / "h.zip"
    if kind == "link":
        mine = folder / "mine"
        mine.mkdir()
        (mine / "unet.py").symlink_to(SOLUTION / "unet.py")
        return mine
    if kind == "device":
        mine = folder / "mine"
        mine.mkdir()
        import os

        os.mkfifo(mine / "unet.py")
        return mine
    if kind == "tar link":
        path = folder / "h.tar.gz"
        with tarfile.open(path, "w:gz") as archive:
            info = tarfile.TarInfo("unet.py")
            info.type, info.linkname = tarfile.SYMTYPE, str(SOLUTION / "unet.py")
            archive.addfile(info)
        return path
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        if kind == "bomb":
            archive.writestr("unet.py", b"#" * (200 << 20))
        elif kind == "zip link":
            info = zipfile.ZipInfo("unet.py")
            info.external_attr = 0o120777 << 16
            archive.writestr(info, str(SOLUTION / "unet.py"))
        elif kind == "nothing":
            archive.writestr("readme.txt", "hello")
    if kind == "cut":
        path.write_bytes(b"PK\x03\x04" + b"\x00" * 40)
    return path


@pytest.mark.parametrize("kind", ["link", "device", "tar link", "zip link", "bomb", "nothing", "cut"])
def test_hostile_submissions_are_refused_in_one_line(kind, tmp_path):
    with pytest.raises(LabError) as refused:
        read_submission(hostile(kind, tmp_path))
    assert "\n" not in str(refused.value)


def test_an_archive_cannot_write_outside(tmp_path):
    path = tmp_path / "inner" / "up.zip"
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../unet.py", "x = 1")
    assert read_submission(path).files == {"unet.py": b"x = 1"}
    assert [p.name for p in tmp_path.rglob("*")] == ["inner", "up.zip"]


def test_bad_input_is_exit_status_2_and_one_line(tmp_path, wrong):
    junk = io.BytesIO(b"junk").getvalue()
    (tmp_path / "junk.pth").write_bytes(junk)
    for arguments in (
        (tmp_path / "nowhere",),
        (wrong, "--model", tmp_path / "junk.pth"),
        (wrong, "--model", tmp_path / "no.pth"),
    ):
        done = run("grade", *arguments, "--public")
        assert done.returncode == 2
        assert done.stderr.startswith("error: ")
        assert "Traceback" not in done.stderr + done.stdout


def test_what_cannot_be_graded_is_a_result_in_every_form(tmp_path):
    folder = tmp_path / "ada"
    folder.mkdir()
    (folder / "notes.txt").write_text("I was ill")
    files = {name: tmp_path / f"r.{name}" for name in ("json", "junit", "html")}
    done = run("grade", folder, *(word for name, path in files.items() for word in (f"--{name}", path)))
    assert done.returncode == 3
    assert "not gradable: there is no unet.py" in " ".join(done.stdout.split())
    report = read_report(files["json"])
    assert (report.status, report.name, report.todos) == ("not_gradable", "ada", [])
    assert "notes.txt" in report.reason
    suites = ElementTree.parse(files["junit"]).getroot()
    assert [failure.get("message") for failure in suites.iter("failure")] == [report.reason]
    page = files["html"].read_text(encoding="utf-8")
    assert "notes.txt" in page
    assert " of 0" not in page


def test_a_report_says_by_what_it_was_graded(wrong, tmp_path):
    (wrong / "unet.py").rename(wrong / "unet(1).py")
    run("grade", wrong, "--public", "--todo", "inference", "--json", tmp_path / "r.json")
    report = read_report(tmp_path / "r.json")
    assert report.graded_by == graded_by(MODEL)
    assert report.notes == ["unet(1).py is taken as unet.py"]


def test_a_lone_unet_loses_only_inference(wrong):
    done = run("grade", SOLUTION / "unet.py", "--public")
    assert done.returncode == 1
    assert "80 of 100 points" in done.stdout
    assert "infer.py" in done.stdout


def test_what_a_student_prints_cannot_control_the_terminal(tmp_path):
    folder = tmp_path / "s"
    folder.mkdir()
    (folder / "unet.py").write_text("raise ValueError('\\x1b[2J\\x1b]0;owned\\x07[red]not markup[/red]')\n")
    (folder / "infer.py").write_text("")
    done = run("grade", folder, "--public")
    assert "\x1b" not in done.stdout
    assert "[red]not markup[/red]" in " ".join(done.stdout.split())
