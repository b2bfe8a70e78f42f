"""`grader.check("forward")`: the report of one TODO in a notebook, and its points.

nbgrader takes a graded cell's points from its output, and fails open: no value, a text or a negative number
is full marks, a single line on stderr is none. So this always returns a whole number between 0 and the TODO's
maximum, after clearing whatever else the cell has shown. When nbgrader autogrades and the grader itself
fails, the kernel ends: nbgrader then reports the submission as not graded, where any output at all would
have counted as marks.
"""

import os
import re
from pathlib import Path

from grader.errors import LabError
from grader.grading.interpreter import Graded, grade_afresh, nothing_handed_in
from grader.intake.submission import read_submission
from grader.language import _, current
from grader.language.catalogue import KEY
from grader.notebook.memory import give_back
from grader.notebook.place import FOLDER, is_autograding

_known: dict[tuple[object, ...], Graded] = {}  # by what was graded: running a cell again costs nothing


def check(todo: str, folder: Path = FOLDER) -> int:
    """Grade one TODO of the unet.py and infer.py in a folder; print its report, return its points."""
    try:
        graded = _grade(todo, folder)
    except LabError as error:
        if is_autograding():
            _end_kernel(_("{todo} was not graded: {error}").format(todo=todo, error=error))
        graded = Graded(0, _("error: {text}").format(text=error))
    _show(graded.text)
    return graded.points


def _grade(todo: str, folder: Path) -> Graded:
    missing = nothing_handed_in(folder)
    if missing:
        return Graded(0, missing)
    files = tuple(read_submission(folder).digests.items())
    if (todo, files) not in _known:
        _show(_("checking ..."))
        give_back(what_can_be_had_again=True)
        # For marks all four are asked for, so one run does; a student waits for this one only.
        graded = grade_afresh(folder, None if is_autograding() else todo)
        _known.update({(name, files): one for name, one in graded.items()})
    return _known[todo, files]


def _show(text: str) -> None:
    from IPython.display import clear_output

    clear_output()  # type: ignore[no-untyped-call]  # IPython gives it no types
    print(beside(text))


def beside(text: str) -> str:
    """Points right behind a title where it is Chinese, which in a browser is not two columns wide."""
    if current() == KEY:
        return text
    return re.sub(r" {2,}(\d+/\d+)$", r"  \1", text, flags=re.MULTILINE)


def _end_kernel(message: str) -> None:
    os.write(2, f"\n{message}\n".encode())
    os._exit(3)
