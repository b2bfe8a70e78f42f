"""How Canvas and Moodle read a file that is uploaded to them: their rules, written again from their sources.

They are told what is stored there, and say what they would change.
"""

import csv
import io
import re
from decimal import Decimal, InvalidOperation

TOTALS = [f"{when} {what}" for when in ("Current", "Final") for what in ("Score", "Points", "Grade")] + [
    "Override Score",
    "Override Grade",
    "Override Status",
]
Stored = dict[str, dict[str, str]]  # {student: {assignment: score}}


def canvas(content: bytes, stored: Stored) -> dict[tuple[str, str], tuple[str, str]]:
    """{(student's ID, assignment's number): (stored, new)} of what an import would change.

    Source: lib/gradebook_importer.rb of instructure/canvas-lms.
    """
    text = content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=_canvas_delimiter(text)))
    header = rows[0]
    assert len(header) > 3, "Invalid header row"
    is_split = header[:2] == ["LastName", "FirstName"]
    assert is_split or ("Student" in header[0] and "ID" in header[1]), "Invalid header row"
    at = 4 if is_split else 3
    if "SIS Login ID" in header[at - 1]:
        at += 1
    elif "SIS User ID" in header[at - 1] and "SIS Login ID" in header[at]:
        at += 2 + ("Integration ID" in header[at + 1])
    assert "Section" in header[at - 1], "Invalid header row"
    points = next((row for row in rows if "Points Possible" in row[0]), [""] * len(header))
    changes = {}
    for column in range(at, len(header)):
        named = re.search(r" \((\d+)\)$", header[column])
        if any(total in header[column] for total in TOTALS) or "read only" in points[column]:
            continue
        assert named, f"{header[column]} would become a new assignment"
        for row in rows[1:]:
            student = row[2 if is_split else 1]
            if row is points or all(re.fullmatch(r"\s*(Manual Posting.*)?\s*", cell) for cell in row):
                continue
            before, after = stored[student].get(named[1], ""), _canvas_number(row[column].strip())
            if not _canvas_same(before, after):
                changes[student, named[1]] = (before, after)
    return changes


def _canvas_delimiter(text: str) -> str:
    """Whichever gives the first three lines the same number of fields, and the more of them."""
    lines = text.splitlines()[:3]
    counts = {}
    for delimiter in ";,":
        fields = {len(next(csv.reader([line], delimiter=delimiter))) for line in lines}
        counts[delimiter] = fields.pop() if len(fields) == 1 else 0
    return ";" if counts[";"] > counts[","] else ","


def _canvas_number(cell: str) -> str:
    """The last mark is the decimal one, and the others go."""
    if not re.fullmatch(r"-?[0-9.,]+%?", cell):
        return cell
    *whole, last = re.split("[,.]", cell)
    return f"{''.join(whole)}.{last}" if whole else last


def _canvas_same(before: str, after: str) -> bool:
    if before == after or (before in ("", "-") and after in ("", "-")):
        return True
    if not before or not after or "EX" in (before.upper(), after.upper()):
        return False
    try:
        return round(Decimal(before), 2) == round(Decimal(after), 2)
    except InvalidOperation:
        return False


def moodle(
    content: bytes, stored: dict[str, str], language: dict[str, str], delimiter: str = ","
) -> dict[str, str]:
    """{participant's number: new grade} of what an upload would change, in the language of whoever uploads.

    language: grade, modified, participant and mark, as that language has them. Source: feedback/offline of
    mod_assign in moodle/moodle.
    """
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter))
    header = rows[0]
    assert all(len(row) == len(header) for row in rows), "csvfewcolumns"
    grade_at, modified_at = header.index(language["grade"]), header.index(language["modified"])
    changes = {}
    for row in rows[1:]:
        number = row[0][len(language["participant"]) :]
        assert row[modified_at], "the time of the last change is gone"
        maximum = _moodle_float(row[grade_at + 1], language["mark"])
        grade = _moodle_float(row[grade_at], language["mark"])
        before = _moodle_float(stored[number], language["mark"])
        if grade is None or grade == before or grade < 0 or grade > (maximum or 0):
            continue
        changes[number] = row[grade_at]
    return changes


def _moodle_float(cell: str, mark: str) -> float | None:
    """Spaces go, that language's mark becomes a dot, and what follows the number is dropped."""
    found = re.match(r"-?\d+(\.\d+)?", cell.replace(" ", "").replace(mark, "."))
    return float(found[0]) if found else None


def moodle_feedback(names: list[str], participants: set[str]) -> dict[str, str]:
    """{participant's number: the feedback file} of a zip's names; others are ignored without a word.

    Source: feedback/file/importziplib.php of mod_assign in moodle/moodle.
    """
    found = {}
    for name in names:
        parts = name.split("/")
        for at, part in enumerate(parts):
            fields = part.split("_", 4)
            if len(fields) > 3 and fields[1] in participants and fields[2:4] == ["assignsubmission", "file"]:
                rest = [*filter(None, fields[4:]), *parts[at + 1 :]]
                assert fields[1] not in found, "two files of one name"
                found[fields[1]] = "/".join(rest)
                break
    return found


def canvas_feedback(names: list[str], files: dict[str, str]) -> dict[str, str]:
    """{user: the name that the comment shows} of a zip's names; others are listed as ignored.

    files: {the number of a file: the user who handed it in}. Source: infer_comment_context_from_filename in
    app/models/abstract_assignment.rb of instructure/canvas-lms.
    """
    found = {}
    for name in names:
        words = [word for word in name.split("_") if word != "LATE"]
        numbers = [word for word in words if word.isdigit()][:2]
        user, file = words[1:3] if words[0] == "anon" else (numbers if len(numbers) == 2 else ("", ""))
        if files.get(file) == user:
            found[user] = name.partition(f"_{file}_")[2]
    return found
