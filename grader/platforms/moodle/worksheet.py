"""Moodle's offline grading worksheet: a fresh download with this lab's grades, ready to be uploaded.

What Moodle does with a file is in mod/assign/feedback/offline of moodle/moodle: it finds rows by the number
in the first column, and reads grade and time of the last change by headers in the language of whoever
uploads. So headers are not known here by their words alone: the grade stands just before the maximum, which
is the same number in every row.
"""

import html
import re
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from grader.collection.hand_in import Student
from grader.errors import LabError
from grader.intake.refusal import listed, shown
from grader.language import _
from grader.outputs.cells import Sheet, read_sheet, write_sheet
from grader.outputs.grade import Grade
from grader.outputs.upload import (
    Filled,
    as_number,
    by_row,
    decimal_mark,
    refuse_other_maximum,
    scaled,
    written,
)

COMMENTS = ("feedback comments", "feedback als kommentar", "commentaires de feedback", "反馈评语", "反馈意见")
LOCKED = ("no", "nein", "non", "nee", "não", "нет", "nie", "否", "いいえ")
CAN_CHANGE = 2  # columns behind the grade, where it says whether the grade can be changed
_IDENTIFIER = re.compile(r"^(?P<word>.*?)(?P<number>\d+)$", re.DOTALL)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def fill(
    fresh: Path,
    grades: Sequence[Grade],
    out: Path,
    column: str | None = None,
    scale: bool | None = None,
    comments: bool = False,
) -> Filled:
    """Write `fresh`, as it was just downloaded, with these grades to `out`; nothing else in it changes.

    column: the header of the grade, where it is not found. scale: what to do where Moodle gives the
    assignment other points than the lab: turn 85 of 100 into 8.5 of 10, or write 85. comments: also say in
    words what was earned, where no comment stands yet.

    Raises LabError, before anything is written, where the file is none of Moodle's or would do harm.
    """
    sheet = read_sheet(fresh)
    numbers = _numbers(sheet)
    grade_at = _grade_column(sheet, column)
    possible = as_number(sheet.value(1, grade_at + 1)) or Decimal(0)
    refuse_other_maximum(grades, possible, scale, _("the assignment"), "Moodle")
    rows = by_row(_students(sheet, numbers), grades)
    mark = decimal_mark([sheet.value(1, grade_at + 1)])
    comment_at = _comment_column(sheet) if comments else None
    changes: dict[tuple[int, int], str] = {}
    kept: dict[str, list[str]] = {}
    same = graded_before = 0
    for row, grade in sorted(rows.by_row.items()):
        if grade.score is None:
            continue
        who, before = grade.students[0].shown, sheet.value(row, grade_at).strip()
        points = scaled(grade, possible, scale)
        if sheet.value(row, grade_at + CAN_CHANGE).strip().casefold() in LOCKED:
            kept.setdefault(_("locked in Moodle's gradebook"), []).append(who)
        elif points > possible:
            kept.setdefault(_("above the maximum, which Moodle skips"), []).append(who)
        elif as_number(before) == points:
            same += 1
        else:
            changes[row, grade_at] = written(points, mark)
            graded_before += bool(before)
            if comment_at is not None and not sheet.value(row, comment_at).strip():
                changes[row, comment_at] = comment(grade)
    if rows.missing:
        kept[_("not in the file")] = rows.missing
    write_sheet(sheet, changes, out)
    changed = sum(column == grade_at for _, column in changes)
    return Filled(out, sheet.header[grade_at], changed, same, kept, _notes(changed, graded_before))


def fits(sheet: Sheet) -> bool:
    """Whether a file is Moodle's grading worksheet."""
    try:
        return bool(_numbers(sheet))
    except LabError:
        return False


def comment(grade: Grade) -> str:
    """What was earned, as HTML, as Moodle stores comments; no spreadsheet runs what begins with a tag."""
    return f"<p>{'<br>'.join(map(html.escape, grade.summary))}</p>"


def _notes(changed: int, graded_before: int) -> tuple[str, ...]:
    notes = (
        [_("Moodle has to say that it updated {changed} grades.").format(changed=changed)] if changed else []
    )
    notes += [_("Upload it in the language that Moodle had when you downloaded it.")] if changed else []
    if graded_before:
        notes.append(
            _(
                "{graded_before} had another grade: if Moodle skips them, tick the box that allows "
                "updating records that were modified more recently than the spreadsheet."
            ).format(graded_before=graded_before)
        )
    return tuple(notes)


def _numbers(sheet: Sheet) -> dict[int, str]:
    """{row: the participant's number}. Raises LabError where this is no worksheet."""
    found = {row: _IDENTIFIER.match(sheet.value(row, 0).strip()) for row in range(1, len(sheet.rows))}
    words = {one["word"] for one in found.values() if one}
    if not found or None in found.values() or len(words) != 1 or not next(iter(words)).strip():
        raise LabError(
            _(
                "{where} is not Moodle's grading worksheet (its headers are {header}): allow Offline "
                "grading worksheet in the assignment, and use Download grading worksheet"
            ).format(where=sheet.where, header=listed(sheet.header))
        )
    return {row: one["number"] for row, one in found.items() if one}


def _grade_column(sheet: Sheet, wanted: str | None) -> int:
    """The column just before the maximum. Raises LabError where there is none."""
    if wanted is not None:
        if (
            sheet.header.count(wanted) != 1
            or as_number(sheet.value(1, sheet.header.index(wanted) + 1)) is None
        ):
            raise LabError(
                _("{where} has no column {wanted!r} with the maximum behind it").format(
                    where=sheet.where, wanted=wanted
                )
            )
        return sheet.header.index(wanted)
    found = [
        at - 1 for at in range(2, len(sheet.header)) if _is_maximum(sheet, at) and _is_grade(sheet, at - 1)
    ]
    known = [at for at in found if sheet.header[at].casefold() == "grade"]
    if len(found) == 1 or len(known) == 1:
        return (known or found)[0]
    if found:
        raise LabError(
            _(
                "{where} has {count} columns that could be the grade, {header}: say which with --column"
            ).format(where=sheet.where, count=len(found), header=listed([sheet.header[at] for at in found]))
        )
    raise LabError(
        _(
            "{where} has no grade with its maximum behind it: a worksheet with a scale, or of an "
            "assignment with a rubric, cannot be filled; set the assignment's grade to points"
        ).format(where=sheet.where)
    )


def _is_maximum(sheet: Sheet, at: int) -> bool:
    values = set(sheet.column(at))
    return len(values) == 1 and (as_number(values.pop()) or 0) > 0


def _is_grade(sheet: Sheet, at: int) -> bool:
    return all(
        not value.strip() or value.strip() == "-" or as_number(value) is not None
        for value in sheet.column(at)
    )


def _comment_column(sheet: Sheet) -> int:
    found = [at for at, title in enumerate(sheet.header) if title.casefold() in COMMENTS]
    if len(found) != 1:
        raise LabError(
            _(
                "{where} has no column for comments (its headers are {header}): allow Feedback "
                "comments in the assignment, or leave comments out"
            ).format(where=sheet.where, header=listed(sheet.header))
        )
    return found[0]


def _students(sheet: Sheet, numbers: dict[int, str]) -> dict[int, Student]:
    """By number first; the name stands behind it unless marking is blind; what has an @ is the email."""
    students = {}
    for row, number in numbers.items():
        cells = [cell.value.strip() for cell in sheet.rows[row]]
        email = next((cell for cell in cells if _EMAIL.fullmatch(cell)), "")
        name = cells[1] if len(cells) > 1 and cells[1] != email else ""
        students[row] = Student(name or shown(cells[0]), email, ids={"moodle": number})
    return students
