"""gradebook.csv: the class as one table for people and their spreadsheets, one row for each student.

Nothing in it is a number that was an id, and nothing starts as a formula does: such a cell gets an apostrophe
in front, as OWASP's page on CSV injection has it, and every cell is quoted.
"""

import csv
import io
import re
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from grader.collection.hand_in import Student
from grader.lab.files import write_bytes
from grader.outputs.grade import Grade, plain
from grader.text import one_line

BOM = "\ufeff"  # without it Excel takes UTF-8 for the code page of the machine
RUN = "=+-@\t\r\n\0＝＋－＠"  # what makes a cell a formula, somewhere
# A spreadsheet makes numbers and dates of these: 00123, 1E5, 1-2, 3/4, MAR1
_MONTH = "(jan|feb|m[aä]r|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[cz])[a-z]*"
_CHANGED = re.compile(
    rf"[\d.,:/ -]*\d[\d.,:/ -]*(e\d+)?|\d+e\d+|{_MONTH}[ -]?\d{{1,4}}|\d{{1,2}}[ -]?{_MONTH}|true|false",
    re.IGNORECASE,
)
FIRST = ("key", "name", "number", "email")
LAST = ("bonus", "raw_score", "score", "max_score", "late", "status", "reason")


def write_gradebook(grades: Sequence[Grade], path: Path) -> None:
    """Write the table, students in the order of the grades. Raises LabError where it cannot be written."""
    todos = list(dict.fromkeys(todo for grade in grades for todo in grade.todos))
    kinds = list(dict.fromkeys(kind for grade in grades for one in grade.students for kind in one.ids))
    text = io.StringIO()
    table = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    table.writerow([*FIRST, *map(as_text, kinds), *todos, *LAST])
    for grade in grades:
        for student in grade.students:
            table.writerow(_row(grade, student, kinds, todos))
    write_bytes(path, (BOM + text.getvalue()).encode())


def _row(grade: Grade, student: Student, kinds: Sequence[str], todos: Sequence[str]) -> list[str]:
    key = grade.hand_in.key if grade.hand_in else ""
    ids = [student.ids.get(kind, "") for kind in kinds]
    raw = grade.raw_score if grade.raw_score is not None else grade.score
    return [
        *map(as_text, (key, student.name, student.number, student.email, *ids)),
        *(_number(grade.todos.get(todo)) for todo in todos),
        *map(_number, (grade.bonus, raw, grade.score, grade.max_score)),
        *map(as_text, (grade.late, grade.status, grade.reason)),
    ]


def as_text(value: str) -> str:
    """The text on one line, so that no spreadsheet makes a number, a date or a formula of it."""
    text = one_line(value)
    if text.startswith("'") or text.lstrip().startswith(tuple(RUN)) or _CHANGED.fullmatch(text):
        return f"'{text}"
    return text


def _number(value: Decimal | None) -> str:
    return "" if value is None else plain(value)
