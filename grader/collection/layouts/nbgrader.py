"""nbgrader's course: submitted/STUDENT/ASSIGNMENT/ with the files, and timestamp.txt."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from grader.collection.hand_in import HandIn, Source, Student
from grader.collection.layouts.gradescope import when
from grader.collection.listing import Item, items
from grader.errors import LabError
from grader.intake.refusal import listed, shown
from grader.language import _

NAME = "nbgrader"
ASSIGNMENT = "unet_lab"  # as `python -m grader export nbgrader` calls it
SUBMITTED, TIMESTAMP = "submitted", "timestamp.txt"


def fits(here: Sequence[Item]) -> bool:
    """Whether this is a course, or its folder of submissions."""
    if any(item.is_folder and item.name == SUBMITTED for item in here):
        return True
    return any((assignment.path / TIMESTAMP).is_file() for assignment in _assignments(here))


def hand_ins(here: Sequence[Item]) -> tuple[list[HandIn], list[Item]]:
    """(the hand-ins to this lab; what is no student's folder). Raises LabError for several assignments."""
    inside = [item for item in here if item.is_folder and item.name == SUBMITTED]
    students = items(inside[0].path) if inside else list(here)
    name = _assignment(students)
    found = [
        _hand_in(student, assignment)
        for student in students
        if student.is_folder
        for assignment in items(student.path)
        if assignment.name == name
    ]
    return found, [item for item in students if not item.is_folder]


def _assignments(students: Sequence[Item]) -> list[Item]:
    return [one for item in students if item.is_folder for one in items(item.path) if one.is_folder]


def _assignment(students: Sequence[Item]) -> str:
    names = Counter(item.name for item in _assignments(students))
    if not names:
        raise LabError(
            _("there is no hand-in in {submitted}/: collect with nbgrader first").format(submitted=SUBMITTED)
        )
    if ASSIGNMENT in names or len(names) == 1:
        return ASSIGNMENT if ASSIGNMENT in names else next(iter(names))
    raise LabError(
        _(
            "there are hand-ins to {names}, and none to {assignment}: give a folder with the "
            "hand-ins to this lab only"
        ).format(names=listed(sorted(names)), assignment=ASSIGNMENT)
    )


def _hand_in(student: Item, assignment: Item) -> HandIn:
    return HandIn(
        key=student.name,
        student=Student(ids={"nbgrader": student.path.name}),
        sources=(Source(assignment.path, assignment.name),),
        platform=NAME,
        ids={"student": student.path.name, "assignment": assignment.path.name},
        submitted=_submitted(assignment.path / TIMESTAMP),
    )


def _submitted(path: Path) -> datetime | None:
    try:
        if path.is_symlink():
            return None
        with path.open("rb") as file:
            return when(shown(file.read(100).decode("utf-8", "replace").strip()))
    except OSError:
        return None
