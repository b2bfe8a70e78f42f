"""nbgrader's settings for a course with the lab in it; called from the course's nbgrader_config.py."""

import os
import shutil
import sys
from pathlib import Path

from grader.lab.paths import LAB, STUDENT

ASSIGNMENT = "unet_lab"
CELL_LIMIT_S = (
    900  # nbgrader's own 30 s would make a zero of a slow machine; the grader has limits of its own
)


def configure(c, assignment: str = ASSIGNMENT, hidden: str | None = None, kernel: bool = False) -> None:
    """Set what this assignment needs, and leave the course's other assignments as they are.

    hidden: the secret of `grade --hidden`. kernel: execute notebooks, as nbgrader does by itself; then a
    student's cells run as you, and the marks are only as good as they are.
    """
    from nbgrader.converters import Autograde
    from nbgrader.preprocessors import Execute, OverwriteCells

    from grader.platforms.nbgrader.grading import GradeInSandbox, RestoreCells  # late: needs nbgrader

    def instead(trait: str, old: type, new: type) -> list[type]:
        return [new if one is old else one for one in getattr(Autograde, trait).default()]

    # What a student edits must not be replaced by the file of that name in source/.
    edited = [path.relative_to(STUDENT).as_posix() for path in sorted(STUDENT.rglob("*.py"))]
    c.Autograde.exclude_overwriting = {**c.Autograde.get("exclude_overwriting", {}), assignment: edited}
    c.Autograde.sanitize_preprocessors = instead("sanitize_preprocessors", OverwriteCells, RestoreCells)
    c.Execute.timeout = CELL_LIMIT_S
    if not kernel:
        c.Autograde.autograde_preprocessors = instead("autograde_preprocessors", Execute, GradeInSandbox)
        c.GradeInSandbox.assignments = [assignment]
        c.GradeInSandbox.hidden = hidden
    elif hidden is not None:
        raise ValueError(
            "hidden inputs need kernel=False: in a kernel a student's cells could read the secret"
        )
    os.environ["UNET_LAB"] = str(LAB)  # where a notebook that is executed finds the lab
    if not shutil.which(
        "alembic"
    ):  # nbgrader starts it by name, which fails where no environment is activated
        os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
