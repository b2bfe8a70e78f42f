"""An export goes over nothing that is not its own, and can be run again."""

import os
import re
import subprocess
import sys

import pytest
from listing import inside

from grader.errors import LabError
from grader.platforms.github import instructor
from grader.release import folder, student_copy


@pytest.mark.parametrize(
    "command", ["export student out", "export nbgrader out", "release", "release --files"]
)
def test_a_copy_without_a_solution_exports_nothing_and_loses_nothing(unsolved, tmp_path, command):
    """Not even where nbgrader, which only staff needs, is not installed."""
    (tmp_path / "nbgrader.py").write_text("raise ModuleNotFoundError('nbgrader')")
    before = inside(unsolved)
    done = subprocess.run(
        [sys.executable, "-m", "grader", *command.replace("out", str(tmp_path / "out")).split()],
        cwd=unsolved,
        env=os.environ | {"PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 2
    assert re.fullmatch(r"error: [^\n]*this[^\n]* solution/[^\n]*\n", done.stderr), done.stderr
    assert not (tmp_path / "out").exists()
    assert {path for path in inside(unsolved) if "__pycache__" not in path} >= set(before)


def test_a_folder_that_is_not_ours_is_left_alone(small, tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(LabError, match="is not empty, and no earlier `export student`"):
        student_copy.export(tmp_path)
    assert inside(tmp_path) == {"thesis.txt": b"years of work"}
    with pytest.raises(LabError, match=r"thesis\.txt is a file: name a folder"):
        student_copy.export(tmp_path / "thesis.txt")
    (tmp_path / folder.MARKER).write_text('{"export": "student", "files": {"../x": "1"}}')
    with pytest.raises(LabError, match="is not empty"):
        student_copy.export(tmp_path)


def test_an_earlier_export_is_brought_up_to_date_and_nothing_else_is_lost(small, tmp_path):
    out = tmp_path / "new" / "out"
    student_copy.export(out)
    assert inside(out) == small
    (out / ".git").mkdir()
    (out / ".git" / "HEAD").write_text("ref")
    (out / "deep" / "mine.txt").write_text("mine")
    del small["deep/c/d.txt"]
    small["a.txt"], small["deep/e.txt"] = b"new a", b"e"
    student_copy.export(out)
    assert inside(out) == small | {".git/HEAD": b"ref", "deep/mine.txt": b"mine"}
    assert not (out / "deep" / "c").exists()
    assert os.listdir(out.parent) == ["out"]


def test_what_was_changed_by_hand_is_not_overwritten(small, tmp_path):
    out = tmp_path / "out"
    student_copy.export(out)
    (out / "a.txt").write_text("edited")
    small["deep/b.txt"] = b"new b"
    with pytest.raises(LabError, match=r"a\.txt is not as it was exported"):
        student_copy.export(out)
    assert (out / "deep" / "b.txt").read_bytes() == b"b"
    (out / "a.txt").unlink()
    (out / "a.txt").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(LabError, match=r"a\.txt is not as it was exported"):
        student_copy.export(out)
    (out / "a.txt").unlink()
    student_copy.export(out)
    assert inside(out) == small
    small["f.txt"] = b"f"
    (out / "f.txt").write_text("theirs")
    with pytest.raises(LabError, match=r"f\.txt is not as it was exported"):
        student_copy.export(out)


@pytest.mark.parametrize("earlier", [False, True])
def test_an_export_that_fails_can_simply_be_run_again(small, tmp_path, monkeypatch, earlier):
    out = tmp_path / "out"
    if earlier:
        student_copy.export(out)
        small["a.txt"], small["deep/b.txt"] = b"new a", b"new b"
    step = "replace" if earlier else "rename"
    real, calls = getattr(os, step), []

    def fails(source, target):
        calls.append(target)
        if len(calls) == (2 if earlier else 1):
            raise OSError(28, "No space left on device")
        real(source, target)

    monkeypatch.setattr(os, step, fails)
    with pytest.raises(LabError, match="cannot be written: No space left on device"):
        student_copy.export(out)
    assert os.listdir(tmp_path) == (["out"] if earlier else [])
    student_copy.export(out)
    assert inside(out) == small


@pytest.mark.parametrize("lab", ["lab", "a/b/c", "a/b\n      - run: id", "a/${{ secrets.X }}"])
def test_the_instructors_lab_has_to_be_a_repository(lab, tmp_path):
    with pytest.raises(LabError, match="--lab takes the name of a repository"):
        instructor.export(tmp_path / "out", lab)


def test_the_instructors_workflow_names_the_lab(tmp_path):
    assert instructor.export(tmp_path / "out", "uni/unet.lab") == [".github/workflows/grade-hidden.yml"]
    text = (tmp_path / "out/.github/workflows/grade-hidden.yml").read_text()
    assert "repository: uni/unet.lab\n" in text
    assert "OWNER/LAB" not in text
