"""Canvas's gradebook: a fresh export with this lab's grades in one column, ready to be imported.

What Canvas does with a file is in lib/gradebook_importer.rb of instructure/canvas-lms: it finds rows by ID,
the column by the number behind its title; a blank where a score is stored deletes it; a title that says
"Final Grade" is taken for a total and dropped without a word.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
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

_ASSIGNMENT = re.compile(r"^(?P<title>.*) \((?P<number>\d+)\)$")
_TOTAL = re.compile(
    "(Current|Final) (Score|Points|Grade)|Override (Score|Grade|Status)"
)  # anywhere in a title
_DAMAGED = re.compile(r"\d[.,]?\d*E\+?\d+", re.IGNORECASE)  # 4.01E+17, of a long number
_READ_ONLY = "read only"
_POINTS = "points possible"
EXCUSED, NOT_ASSIGNED = "EX", "N/A"


@dataclass(frozen=True)
class _Identity:
    """Where the columns are by which Canvas finds a student."""

    name: int
    id: int
    number: int | None
    login: int | None


def fill(
    fresh: Path, grades: Sequence[Grade], out: Path, column: str | None = None, scale: bool | None = None
) -> Filled:
    """Write `fresh`, as it was just exported, with these grades to `out`; nothing else in it changes.

    column: the assignment's title or number, where there are several. scale: what to do where Canvas gives
    the assignment other points than the lab: turn 85 of 100 into 8.5 of 10, or write 85.

    Raises LabError, before anything is written, where the file is none of Canvas's or would do harm.
    """
    sheet = read_sheet(fresh)
    identity = _identity(sheet)
    points_row = _points_row(sheet)
    at = _column(sheet, column, points_row)
    title = sheet.header[at]
    _refuse_total(title)
    possible = as_number(sheet.value(points_row, at)) if points_row is not None else None
    if possible:
        refuse_other_maximum(grades, possible, scale, repr(title), "Canvas")
    rows = by_row(_students(sheet, identity, points_row), grades)
    mark = decimal_mark([cell.value for row in sheet.rows for cell in row[identity.id + 1 :]])
    changes: dict[tuple[int, int], str] = {}
    kept: dict[str, list[str]] = {}
    same = 0
    for row, grade in sorted(rows.by_row.items()):
        if grade.score is None:
            continue
        who, before = sheet.value(row, identity.name), sheet.value(row, at).strip()
        points = scaled(grade, possible or Decimal(0), scale and bool(possible))
        if reason := _untouchable(before):
            kept.setdefault(reason, []).append(who)
        elif at >= len(sheet.rows[row]):
            raise LabError(
                _("the row of {who} in {where} is too short: export it again").format(
                    who=shown(who), where=sheet.where
                )
            )
        elif as_number(before) == points:
            same += 1
        else:
            changes[row, at] = written(points, mark)
    if rows.missing:
        kept[_("not in the file")] = rows.missing
    write_sheet(sheet, changes, out)
    return Filled(out, title, len(changes), same, kept, _notes(len(changes)))


def fits(sheet: Sheet) -> bool:
    """Whether a file is Canvas's gradebook."""
    header = sheet.header
    is_split = header[:2] == ["LastName", "FirstName"]
    id_at = 2 if is_split else 1
    return len(header) > 3 and (is_split or "Student" in header[0]) and "ID" in header[id_at]


def _notes(changed: int) -> tuple[str, ...]:
    if not changed:
        return (_("Canvas will say that there is nothing to change."),)
    return (
        _(
            "Canvas's page before the import has to show {changed} changed grades, and no new assignment."
        ).format(changed=changed),
    )


def _untouchable(before: str) -> str:
    """Why this cell is the instructor's own decision."""
    if before.upper() == EXCUSED:
        return _("excused in Canvas")
    if before.upper() == NOT_ASSIGNED:
        return _("not assigned in Canvas")
    if before and before != "-" and as_number(before.rstrip("%")) is None:
        return _("with a grade that is no number in Canvas")
    return ""


def _identity(sheet: Sheet) -> _Identity:
    header = sheet.header
    if not fits(sheet) or "Section" not in header:
        raise LabError(
            _(
                "{where} is not Canvas's gradebook (its headers are {header}): use Grades, Export, and "
                "do not save it from a spreadsheet"
            ).format(where=sheet.where, header=listed(header))
        )

    def place(title: str) -> int | None:
        return header.index(title) if title in header else None

    return _Identity(0, 2 if header[0] == "LastName" else 1, place("SIS User ID"), place("SIS Login ID"))


def _points_row(sheet: Sheet) -> int | None:
    for row in range(1, min(4, len(sheet.rows))):
        if sheet.value(row, 0).strip().casefold() == _POINTS:
            return row
    return None


def _column(sheet: Sheet, wanted: str | None, points_row: int | None) -> int:
    """The assignment's. Raises LabError where it is not clear which one that is."""
    found = {}
    for at, title in enumerate(sheet.header):
        named = _ASSIGNMENT.match(title)
        is_read_only = points_row is not None and _READ_ONLY in sheet.value(points_row, at).casefold()
        if named and not is_read_only:
            found[at] = (title, named["title"], named["number"])
    if wanted is None and len(found) == 1:
        return next(iter(found))
    fitting = [at for at, names in found.items() if wanted in names]
    if len(fitting) == 1:
        return fitting[0]
    titles = [title for title, _, _ in found.values()]
    if not titles:
        raise LabError(
            _("{where} has no assignment's column: export all of the gradebook").format(where=sheet.where)
        )
    if wanted is None:
        raise LabError(
            _("{where} has {count} assignments: say which, such as --column {titles!r}").format(
                where=sheet.where, count=len(titles), titles=titles[0]
            )
        )
    raise LabError(
        _("{where} has no one assignment {wanted!r}: there are {repr}").format(
            where=sheet.where, wanted=wanted, repr=", ".join(map(repr, titles))
        )
    )


def _refuse_total(title: str) -> None:
    if total := _TOTAL.search(title):
        raise LabError(
            _(
                "the assignment {title!r} cannot be imported: Canvas takes {total!r} in a title for a "
                "total and drops the column; rename the assignment in Canvas and export again"
            ).format(title=title, total=total[0])
        )


def _students(sheet: Sheet, identity: _Identity, points_row: int | None) -> dict[int, Student]:
    first = 1 if points_row is None else points_row + 1
    students = {}
    for row in range(first, len(sheet.rows)):
        canvas = sheet.value(row, identity.id).strip()
        if _DAMAGED.fullmatch(canvas):
            raise LabError(
                _(
                    "{where} has the ID {canvas}: a spreadsheet has damaged it; export it again, and do "
                    "not open it before"
                ).format(where=sheet.where, canvas=canvas)
            )
        login = sheet.value(row, identity.login).strip() if identity.login is not None else ""
        ids = {kind: value for kind, value in (("canvas", canvas), ("login", login)) if value}
        number = sheet.value(row, identity.number).strip() if identity.number is not None else ""
        name = sheet.value(row, 0).strip()
        if identity.id == 2:
            name = f"{name}, {sheet.value(row, 1).strip()}"
        if ids or number:
            students[row] = Student(name, number=number, ids=ids)
    return students
