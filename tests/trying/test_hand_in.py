"""`python -m grader hand-in` packs a hand-in: after a last look, whole or not at all, always alike."""

import os
import shutil
import time
import zipfile

import pytest
from typer.testing import CliRunner

from grader.commands.line import app
from grader.intake.submission import read_submission
from grader.lab.paths import SOLUTION, STUDENT


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "mine"
    shutil.copytree(SOLUTION, folder, ignore=shutil.ignore_patterns("*.ipynb", "__pycache__", "extensions"))
    return folder


@pytest.fixture
def hand_in(tmp_path, folder):
    def run(*more):
        out = tmp_path / "hand-in.zip"
        done = CliRunner().invoke(app, ["hand-in", str(out), "--unet", str(folder), *more])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.exit_code, " ".join(done.output.split()), out

    return run


def test_it_holds_the_two_files_and_reads_as_they_are(hand_in, folder):
    status, said, out = hand_in()
    assert (status, "unet.py" in said, "infer.py" in said) == (0, True, True)
    assert "still to be written" not in said
    assert read_submission(out).files == read_submission(folder).files


def test_the_same_files_make_the_same_bytes_at_any_time(hand_in, folder):
    first = hand_in()[2].read_bytes()
    for path in folder.iterdir():
        os.utime(path, (time.time() + 3600, time.time() + 3600))
    assert hand_in()[2].read_bytes() == first


def test_extensions_are_packed_once_they_are_begun(hand_in, folder):
    (folder / "extensions").mkdir()
    for name in ("elastic.py", "train.py"):
        shutil.copy(STUDENT / "extensions" / name, folder / "extensions" / name)
    with (folder / "extensions" / "elastic.py").open("a") as file:
        file.write("\nBEGUN = True\n")
    status, said, out = hand_in()
    assert (status, "not begun are left out" in said) == (0, True)
    with zipfile.ZipFile(out) as archive:
        assert archive.namelist() == ["extensions/elastic.py", "infer.py", "unet.py"]


def test_what_is_still_to_be_written_is_named_with_its_lines(hand_in, folder):
    for name in ("unet.py", "infer.py"):
        shutil.copy(STUDENT / name, folder / name)
    status, said, _ = hand_in()
    assert status == 0
    for todo in (
        "TODO 1 (conv_blocks)",
        "TODO 2 (crop_and_concat)",
        "TODO 3 (forward)",
        "TODO 4 (inference)",
    ):
        assert f"{todo} is still to be written: " in said


def test_a_missing_file_is_said(hand_in, folder):
    (folder / "infer.py").unlink()
    status, said, _ = hand_in()
    assert (status, "infer.py is not there: its TODOs will earn nothing" in said) == (0, True)


def test_what_python_cannot_read_is_packed_only_when_asked(hand_in, folder):
    (folder / "infer.py").write_text("import numpy as np，\n", encoding="utf-8")
    status, said, out = hand_in()
    assert (status, out.exists()) == (1, False)
    assert "line 1: a full-width comma ，: write ," in said
    assert "nothing was packed" in said
    status, _, out = hand_in("--anyway")
    assert (status, out.exists()) == (0, True)


def test_an_archive_by_another_name_is_refused(folder, tmp_path):
    done = CliRunner().invoke(app, ["hand-in", str(tmp_path), "--unet", str(folder)])
    assert "call it hand-in.zip" in str(done.exception)
