"""Grading in an interpreter of its own, for a notebook and for nbgrader.

A student's cells may have changed anything in a kernel: modules, the working folder, sys.path. So the number
comes from a new process, which starts in the lab's folder and imports nothing from the student's.
"""

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from grader.errors import LabError
from grader.intake.refusal import NothingToGrade
from grader.intake.submission import read_submission
from grader.lab.paths import LAB
from grader.language import _, current
from grader.outputs.plain import plain
from grader.outputs.todo_table import print_todo
from grader.report.file import read_report


@dataclass(frozen=True)
class Graded:
    """One TODO: its points, and its report as a terminal shows it, in plain ASCII."""

    points: int
    text: str


def grade_afresh(folder: Path, todo: str | None = None, hidden: str | None = None) -> dict[str, Graded]:
    """`python -m grader grade FOLDER` -> {TODO: what it got}, of all TODOs or one.

    hidden: the secret of hidden inputs; None for the public ones.

    Raises LabError for bad input, and where the grader failed: then there is no number, not even a zero.
    """
    with tempfile.TemporaryDirectory(prefix="unet-lab-") as private:
        file = Path(private) / "report.json"
        command = [sys.executable, "-E", "-m", "grader", "grade", str(folder.resolve()), "--json", str(file)]
        command += ["--lang", current()]
        command += ["--public"] if hidden is None else ["--hidden", "-"]
        command += [] if todo is None else ["--todo", todo]
        command += ["--inference", "never"]  # nobody sees the mask, and a wrong network's takes seconds
        done = subprocess.run(
            command,
            cwd=LAB,
            env={name: value for name, value in os.environ.items() if not name.startswith("PYTHON")},
            input=hidden or "",  # what stands among the arguments can be read by every user
            capture_output=True,
            encoding="utf-8",
            errors="replace",
        )
        ended = _("the grader ended with status {status}")
        if not file.is_file():
            raise LabError(_last_line(done.stderr) or ended.format(status=done.returncode))
        report = read_report(file)
    if not report.is_gradable:
        raise LabError(report.reason)
    for check in report.grader_errors:
        raise LabError(f"{check.title}: {check.message}")
    return {one.id: Graded(one.score, plain(partial(print_todo, one))) for one in report.todos}


def nothing_handed_in(folder: Path) -> str | None:
    """What to say where nothing could be unet.py, which is a zero and no fault of the grader; else None.

    What could be and cannot be graded is no zero: grading it says why.
    """
    try:
        read_submission(folder, _("the notebook's folder"))
    except NothingToGrade as error:
        text = str(error)
        return f"{text[:1].upper()}{text[1:]}."
    except LabError:
        return None
    return None


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1].removeprefix(_("error: {text}").partition("{")[0]) if lines else ""
