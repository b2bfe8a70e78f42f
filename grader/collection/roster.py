"""Who is in the class: a CSV with any common headers, such as a platform's own export."""

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from grader.collection.hand_in import Student
from grader.collection.table import Table, read_table
from grader.errors import LabError
from grader.intake.refusal import listed, shown
from grader.language import _

# {what a column says: its headers, in small letters and digits, the likeliest first}
HEADERS = {
    "number": (
        "学号",
        "學號",
        "学籍番号",
        "studentid",
        "studentnumber",
        "studentno",
        "sisuserid",
        "sid",
        "orgdefinedid",
        "idnumber",
        "matrikelnummer",
        "matriculationnumber",
        "registrationnumber",
        "universityid",
        "identifier",
        "number",
        "id",
    ),
    "name": (
        "姓名",
        "名前",
        "氏名",
        "fullname",
        "studentname",
        "displayname",
        "student",
        "name",
        "vollständigername",
    ),
    "first": ("firstname", "givenname", "vorname", "名"),
    "last": ("lastname", "surname", "familyname", "nachname", "姓"),
    "email": (
        "email",
        "emailaddress",
        "mail",
        "邮箱",
        "电子邮箱",
        "电子邮件",
        "emailadresse",
        "メールアドレス",
    ),
    "team": ("team", "group", "groupname", "teamname", "小组", "组别", "gruppe"),
    "login": (
        "githubusername",
        "login",
        "sisloginid",
        "username",
        "userid",
        "user",
        "netid",
        "loginid",
        "用户名",
        "anmeldename",
    ),
}
_CANVAS = ("student", "id", "section")
_NO_STUDENT = {"points possible", "student, test", ""}
_DAMAGED = re.compile(r"\d(\.\d+)?E\+\d+", re.IGNORECASE)


@dataclass(frozen=True)
class Roster:
    """The class, and which columns were read, for people to see."""

    students: tuple[Student, ...]
    notes: tuple[str, ...] = ()


def read_roster(path: Path) -> Roster:
    """The class list. Raises LabError where it is none, or a spreadsheet has damaged it."""
    table = read_table(path)
    plain = [_plain(cell) for cell in table.header]
    columns = _columns(plain, path, table.header)
    students = _students(table, columns)
    if not students:
        raise LabError(_("{path} lists nobody below its headers").format(path=shown(path)))
    for number in (student.number for student in students):
        if _DAMAGED.fullmatch(number):
            raise LabError(
                _(
                    "{path} has the number {number}: a spreadsheet has damaged it; export it anew, and do "
                    "not open it before"
                ).format(path=shown(path), number=number)
            )
    return Roster(tuple(students), _notes(table, plain, columns, path))


def _plain(cell: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKC", cell).casefold() if char.isalnum())


def _columns(plain: list[str], path: Path, header: list[str]) -> dict[str, int]:
    """{what it says: which column}."""
    columns = {}
    for what, names in HEADERS.items():
        at = next((plain.index(name) for name in names if name in plain), None)
        if at is not None:
            columns[what] = at
    if set(_CANVAS) <= set(plain):  # in Canvas's gradebook ID is its own number, not the university's
        columns["canvas"] = plain.index("id")
        if columns.get("number") == columns["canvas"]:
            del columns["number"]
    if "identifier" in plain and any("maximumgrade" in cell or "lastmodified" in cell for cell in plain):
        columns["moodle"] = plain.index("identifier")
        if columns.get("number") == columns["moodle"]:
            del columns["number"]
    if not columns.keys() & {"number", "name", "email", "login", "last", "canvas", "moodle"}:
        raise LabError(
            _(
                "{path} has the headers {header}, and none that says who somebody is: call the columns "
                "id, name and email"
            ).format(path=shown(path), header=listed(header))
        )
    return columns


def _students(table: Table, columns: dict[str, int]) -> list[Student]:
    students = []
    for row in table.rows:
        said = {what: _cell(row, at) for what, at in columns.items()}
        name = said.get("name") or " ".join(filter(None, (said.get("first"), said.get("last"))))
        if "canvas" in columns and name.casefold() in _NO_STUDENT:
            continue
        ids = {what: said[what] for what in ("canvas", "login", "team") if said.get(what)}
        if "moodle" in said and (number := re.search(r"\d+$", said["moodle"])):
            ids["moodle"] = number[0]
        student = Student(name, said.get("email", ""), said.get("number", ""), ids)
        if student.shown:
            students.append(student)
    return students


def _cell(row: list[str], at: int) -> str:
    """As text. Brightspace and careful people mark numbers as text with # or an apostrophe."""
    text = unicodedata.normalize("NFC", row[at]).strip() if at < len(row) else ""
    if text.startswith('="') and text.endswith('"'):
        text = text[2:-1]
    return text.lstrip("#'").strip()


def _notes(table: Table, plain: list[str], columns: dict[str, int], path: Path) -> tuple[str, ...]:
    """Which column was read where another could be meant."""
    notes = []
    for what, at in columns.items():
        others = [
            table.header[one]
            for one, cell in enumerate(plain)
            if cell in HEADERS.get(what, ()) and one not in columns.values()
        ]
        if others:
            notes.append(
                _("{name}: {what} is read from {header!r}, not from {others}").format(
                    name=shown(path.name), what=what, header=table.header[at], others=listed(others)
                )
            )
    return tuple(notes)
