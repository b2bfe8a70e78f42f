"""A CSV that a spreadsheet or a platform wrote, as rows of text: its encoding and delimiter are found."""

import codecs
import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.errors import LabError
from grader.intake.decoding import encoding_of
from grader.intake.refusal import shown
from grader.language import _

MAX_BYTES = 64 << 20
DELIMITERS = ",;\t|"
_BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
WESTERN = "latin-1"  # decodes anything, and gives each byte back


@dataclass(frozen=True)
class Table:
    """Its cells, all of them text, and how they were written."""

    header: list[str]
    rows: list[list[str]]
    encoding: str
    delimiter: str

    def column(self, at: int) -> list[str]:
        """The cells of a column; empty ones where a row is too short."""
        return [row[at] if at < len(row) else "" for row in self.rows]


def read_table(path: Path) -> Table:
    """The table in a CSV file. Raises LabError where it cannot be read as one."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise LabError(
            _("{path} cannot be read: {reason}").format(path=shown(path), reason=error.strerror or error)
        ) from None
    return parse_table(content, shown(path))


def parse_table(content: bytes, where: str) -> Table:
    """The same, of what was read already."""
    if len(content) > MAX_BYTES:
        raise LabError(
            _("{where} is larger than {max_bytes} MB: that is no class's table").format(
                where=where, max_bytes=MAX_BYTES >> 20
            )
        )
    if content.startswith((b"PK\3\4", b"\xd0\xcf\x11\xe0")):
        raise LabError(_("{where} is a spreadsheet: save it as CSV (UTF-8)").format(where=where))
    encoding = encoding_in(content)
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        raise LabError(
            _("{where} is damaged: its text is not {encoding}").format(where=where, encoding=encoding)
        ) from None
    if "\0" in text:
        raise LabError(_("{where} is no table of text: save it as CSV (UTF-8)").format(where=where))
    delimiter = delimiter_in(text)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise LabError(
            _("{where} is no CSV ({error}): save it again as CSV (UTF-8)").format(where=where, error=error)
        ) from None
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    if not rows:
        raise LabError(_("{where} is empty").format(where=where))
    return Table([cell.strip() for cell in rows[0]], rows[1:], encoding, delimiter)


def encoding_in(content: bytes) -> str:
    """What its text is written in."""
    for mark, encoding in _BOMS.items():
        if content.startswith(mark):
            return encoding
    return encoding_of(content.splitlines(), western=WESTERN)


def delimiter_in(text: str) -> str:
    """What stands between the cells of the first line with any, outside quotes."""
    for line in text.splitlines():
        outside = "".join(line.split('"')[::2])
        count = {delimiter: outside.count(delimiter) for delimiter in DELIMITERS}
        if any(count.values()):
            return max(DELIMITERS, key=lambda delimiter: count[delimiter])
    return ","


def column_named(header: Sequence[str], names: Sequence[str]) -> int | None:
    """Where the first of these names stands in a header, whatever the case; None where none does."""
    lowered = [cell.casefold().strip() for cell in header]
    return next((lowered.index(name) for name in names if name in lowered), None)
