"""nbgrader's settings for a course with the lab in it; called from the course's nbgrader_config.py."""

import os
import shutil
import sys
from pathlib import Path
from typing import Any

from grader.collection.layouts.nbgrader import ASSIGNMENT
from grader.grading.secret import from_text
from grader.lab.paths import LAB, STUDENT
from grader.language import _, chosen, use

# nbgrader's own 30 s would turn a slow machine into a zero; the grader has limits of its own.
CELL_LIMIT_S = 900


def configure(
    c: Any,
    assignment: str = ASSIGNMENT,
    hidden: str | None = None,
    kernel: bool = False,
    public: bool = False,
) -> None:
    """Set what this assignment needs, and leave the course's other assignments as they are.

    Inputs are hidden. hidden: their secret; without one it is drawn the first time, and kept in the course's
    folder as ASSIGNMENT.secret.json. public: use the public inputs, which make practice and no marks.
    kernel: execute notebooks, as nbgrader itself does; then a student's cells run as you, inputs are the
    public ones, and the marks can be trusted only as far as the students.

    Raises: LabError for a blank secret, ValueError for hidden inputs in a kernel.
    """
    use(chosen())  # nbgrader has no option for it
    if hidden is not None:
        hidden = from_text(hidden, "configure(hidden=...)")[0]
    from nbgrader.converters import Autograde
    from nbgrader.preprocessors import Execute, OverwriteCells

    from grader.platforms.nbgrader.grading import GradeInSandbox, RestoreCells  # late: needs nbgrader

    def instead(trait: str, old: type, new: type) -> list[type]:
        return [new if one is old else one for one in getattr(Autograde, trait).default()]

    # A file that a student edits must not be replaced by the one of that name in source/.
    edited = [path.relative_to(STUDENT).as_posix() for path in sorted(STUDENT.rglob("*.py"))]
    c.Autograde.exclude_overwriting = {**c.Autograde.get("exclude_overwriting", {}), assignment: edited}
    c.Autograde.sanitize_preprocessors = instead("sanitize_preprocessors", OverwriteCells, RestoreCells)
    c.Execute.timeout = CELL_LIMIT_S
    if not kernel:
        c.Autograde.autograde_preprocessors = instead("autograde_preprocessors", Execute, GradeInSandbox)
        c.GradeInSandbox.assignments = [assignment]
        c.GradeInSandbox.hidden = hidden
        c.GradeInSandbox.public = public
    elif hidden is not None:
        raise ValueError(
            _("hidden inputs need kernel=False: in a kernel a student's cells could read the secret")
        )
    os.environ["UNET_LAB"] = str(LAB)  # where a notebook that is executed finds the lab
    find_alembic()


def find_alembic() -> None:
    """Let nbgrader, which starts it by name, find it outside an active environment too."""
    if not shutil.which("alembic"):
        os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
