"""A rubric that contradicts itself is said to, at once and with the place; and Ctrl-C ends a run."""

import shutil
import subprocess
import sys

import pytest

from grader.errors import LabError
from grader.grading.options import Options
from grader.grading.scoring import RUBRIC, run_rubric
from grader.implementations import Implementation
from grader.lab.paths import LAB

NOBODY = Implementation(lambda *_: ({}, {}))


@pytest.fixture
def changed(tmp_path):
    """changed(file, old, new): the lab's rubric with one change, and the line that it is on."""

    def write(file: str, old: str, new: str):
        rubric = tmp_path / tmp_path.name  # a name of its own: Python keeps what it imported by its name
        shutil.copytree(RUBRIC, rubric, ignore=shutil.ignore_patterns("__pycache__"))
        text = (rubric / file).read_text(encoding="utf-8")
        assert old in text
        (rubric / file).write_text(text.replace(old, new, 1), encoding="utf-8")
        return rubric, text[: text.index(old)].count("\n") + 1

    return write


def run(rubric, todos=None) -> str:
    with pytest.raises(LabError) as refused:
        run_rubric(NOBODY, NOBODY, options=Options(todos=todos), rubric=rubric)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_points_that_are_not_100_together(changed):
    rubric, _ = changed("crop_and_concat.py", "@points(6, needs=test_shape)", "@points(7, needs=test_shape)")
    said = run(rubric)
    assert "its checks are worth 101 points, not 100" in said
    assert "crop_and_concat.py, line" in said
    assert ": crop_and_concat, 21" in said


def test_a_needed_check_that_is_not_defined(changed):
    rubric, line = changed("crop_and_concat.py", "needs=test_shape", "needs=test_gone")
    assert f"crop_and_concat.py, line {line}: NameError: name 'test_gone' is not defined" in run(rubric)


def test_a_needed_function_that_is_no_check(changed):
    rubric, line = changed("crop_and_concat.py", "needs=test_shape", "needs=len")
    said = run(rubric, ("crop_and_concat",))
    assert f"crop_and_concat.py, line {line}: needs=len, which is no check of builtins.py" in said


def test_a_check_that_wants_what_no_check_is_given(changed):
    rubric, line = changed(
        "crop_and_concat.py",
        "def test_layer_can_be_called(student: Implementation,",
        "def test_layer_can_be_called(tmp_path: str, student: Implementation,",
    )
    said = run(rubric, ("crop_and_concat",))
    assert f"crop_and_concat.py, line {line}: no check is given 'tmp_path'" in said


def test_a_rubric_that_is_changed_is_read_again(changed):
    rubric, _ = changed("crop_and_concat.py", "@points(6, needs=test_shape)", "@points(7, needs=test_shape)")
    assert "101 points" in run(rubric)
    file = rubric / "crop_and_concat.py"
    file.write_text(file.read_text(encoding="utf-8") + "\n(\n", encoding="utf-8")
    sys.modules.pop(f"{rubric.name}.crop_and_concat", None)
    assert "101 points" not in run(rubric)


def test_a_file_that_python_cannot_read(changed):
    rubric, line = changed("forward.py", "\n@points", "\n@@points")
    assert f"forward.py, line {line + 1}: SyntaxError: " in run(rubric)


def test_ctrl_c_ends_a_run_in_one_word(tmp_path):
    folder = tmp_path / "s"
    folder.mkdir()
    (folder / "unet.py").write_text("import time\nprint('loaded')\ntime.sleep(50)\n")
    command = [
        sys.executable,
        "-c",
        INTERRUPTED,
        "grade",
        str(folder),
        "--public",
        "--json",
        str(tmp_path / "r.json"),
    ]
    done = subprocess.run(command, cwd=LAB, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "Stopped.\n")
    assert not (tmp_path / "r.json").exists()


# Presses Ctrl-C as soon as the first check asks the submission something.
INTERRUPTED = """
import signal
from grader.commands.line import main
from grader.implementations import InWorker
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
def ask(self, call, data, tensors):
    signal.raise_signal(signal.SIGINT)
InWorker.__call__ = ask
main()
"""
