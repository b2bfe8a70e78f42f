"""`python -m grader export nbgrader COURSE`: the assignment and the settings, in an nbgrader course."""

from pathlib import Path

from grader.collection.layouts.nbgrader import ASSIGNMENT
from grader.errors import LabError
from grader.lab.files import write_text
from grader.lab.paths import LAB, SOLUTION, STUDENT
from grader.language import _

SETTINGS = """import sys

sys.path.insert(0, {lab!r})  # the instructor's copy of the lab, with solution/

from grader.platforms.nbgrader.settings import configure

c = get_config()
configure(c, {assignment!r})
"""


def export(course: Path) -> list[Path]:
    """Write source/unet_lab/ and nbgrader_config.py; -> what was written.

    nbgrader clears answers out of notebooks only, so the Python files are the students' own, with holes.
    Raises: LabError, before anything is written, where a file is there and says something else.
    """
    if not (SOLUTION / "walkthrough.ipynb").is_file():
        raise LabError(_("this needs solution/, and this copy of the lab has none"))
    if course.resolve().is_relative_to(LAB):
        raise LabError(
            _("{course} is inside the lab itself: give the folder of your course").format(course=course)
        )
    source = course / "source" / ASSIGNMENT
    texts = {source / "walkthrough.ipynb": (SOLUTION / "walkthrough.ipynb").read_text(encoding="utf-8")}
    for path in sorted(STUDENT.rglob("*.py")):
        texts[source / path.relative_to(STUDENT)] = path.read_text(encoding="utf-8")
    config = course / "nbgrader_config.py"
    texts[config] = SETTINGS.format(lab=str(LAB), assignment=ASSIGNMENT)
    for path, text in texts.items():
        if path.exists() and path.read_text(encoding="utf-8") != text:
            remedy = _("move it away and run this again") + (
                _(", then join the two") if path == config else ""
            )
            raise LabError(
                _("{path} is there already, and differs: {remedy}").format(path=path, remedy=remedy)
            )
    for path, text in texts.items():
        write_text(path, text)
    return list(texts)
