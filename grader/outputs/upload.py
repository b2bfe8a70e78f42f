"""What every gradebook that goes back to a platform needs: whose row it is, and how points are written."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from pathlib import Path

from grader.collection.hand_in import Student
from grader.collection.matching import Matching
from grader.errors import LabError
from grader.intake.refusal import listed
from grader.language import _
from grader.outputs.grade import Grade, plain

CENT = Decimal("0.01")
NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


@dataclass(frozen=True)
class Filled:
    """What was written: `changed` rows are what the platform's confirmation has to name.

    same: rows that already had this grade. kept: {why a row stays as it is: whose}.
    """

    path: Path
    column: str
    changed: int
    same: int
    kept: Mapping[str, Sequence[str]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        """For people, in a few lines."""
        lines = [
            _("{path}: {changed} grades changed in {column!r}, {same} as they were").format(
                path=self.path, changed=self.changed, column=self.column, same=self.same
            )
        ]
        lines += [
            _("{count} left alone, {why}: {who}").format(count=len(who), why=why, who=listed(list(who)))
            for why, who in self.kept.items()
        ]
        return "\n".join([*lines, *self.notes])


@dataclass(frozen=True)
class Returned:
    """A zip of feedback: how many files are in it, and {why somebody gets none: who}."""

    path: Path
    files: int
    left: Mapping[str, Sequence[str]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        """For people, in a few lines."""
        lines = [_("{path}: {files} feedback files").format(path=self.path, files=self.files)]
        lines += [
            _("{count} left out, {why}: {who}").format(count=len(who), why=why, who=listed(list(who)))
            for why, who in self.left.items()
        ]
        return "\n".join([*lines, *self.notes])


@dataclass(frozen=True)
class Rows:
    """The grades of a class by the rows of a file, and the grades that no row is for."""

    by_row: dict[int, Grade]
    missing: list[str]


def by_row(rows: Mapping[int, Student], grades: Iterable[Grade]) -> Rows:
    """Whose grade belongs into which row; a name counts only where nobody else has it.

    Raises LabError where two grades are for one row.
    """
    students = {id(student): row for row, student in rows.items()}
    matching = Matching(list(rows.values()))
    found: dict[int, Grade] = {}
    missing = []
    for grade in grades:
        for one in grade.students:
            student = matching.student(one)
            if student is None:
                if grade.score is not None:
                    missing.append(one.shown)
                continue
            row = students[id(student)]
            if row in found and found[row].score != grade.score:
                raise LabError(
                    _("there are two grades for {shown}: nothing was written").format(shown=student.shown)
                )
            found[row] = grade
    return Rows(found, missing)


def as_number(text: str) -> Decimal | None:
    """The number in a cell, with either decimal mark; None for anything else."""
    plain = text.strip().replace(",", ".")
    try:
        return Decimal(plain) if re.fullmatch(r"-?\d+(\.\d+)?", plain) else None
    except InvalidOperation:
        return None


def decimal_mark(cells: Iterable[str]) -> str:
    """The one that these numbers are written with."""
    fractions = [cell.strip() for cell in cells if re.fullmatch(r"\d+[.,]\d+", cell.strip())]
    return "," if fractions and all("," in cell for cell in fractions) else "."


def scaled(grade: Grade, possible: Decimal, scale: bool | None) -> Decimal:
    """The points for a column that is worth `possible`, at two decimals."""
    assert grade.score is not None
    score = grade.score * possible / grade.max_score if scale else grade.score
    return score.quantize(CENT, ROUND_HALF_UP)


def refuse_other_maximum(
    grades: Iterable[Grade], possible: Decimal, scale: bool | None, where: str, platform: str
) -> None:
    """Raise LabError where the column is worth something else than the lab, and nobody said what to do."""
    maxima = {grade.max_score for grade in grades if grade.score is not None}
    if scale is not None or maxima <= {possible}:
        return
    lab = max(maxima - {possible})
    example = (lab * Decimal("0.85")).quantize(CENT)
    there = (example * possible / lab).quantize(CENT)
    raise LabError(
        _(
            "{where} is worth {possible} points in {platform} and the lab {lab}: say whether "
            "{example} becomes {there} (--scale) or stays {example} (--no-scale)"
        ).format(
            where=where,
            possible=plain(possible),
            platform=platform,
            lab=plain(lab),
            example=plain(example),
            there=plain(there),
        )
    )


def written(points: Decimal, mark: str) -> str:
    """As text with that decimal mark, and nothing a spreadsheet or an importer reads otherwise."""
    return f"{points:.2f}".replace(".", mark)
