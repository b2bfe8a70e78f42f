"""Changes a few cells of a CSV that a platform made, and leaves every other byte as it is.

The file is never written anew: the bytes of those cells are replaced, and the result is read again and
compared.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.collection.table import MAX_BYTES, delimiter_in, encoding_in
from grader.errors import LabError
from grader.intake.refusal import shown
from grader.lab.files import write_bytes
from grader.language import _


@dataclass(frozen=True)
class Cell:
    """What a cell says, and where it stands in the text, quotes included."""

    value: str
    start: int
    end: int
    is_quoted: bool


class Sheet:
    """A CSV by its cells. Raises LabError where it is none.

    rows: without empty lines; the header is the first.
    """

    def __init__(self, content: bytes, where: str):
        self.where = where
        if len(content) > MAX_BYTES:
            raise LabError(
                _("{where} is larger than {max_bytes} MB: that is no gradebook").format(
                    where=where, max_bytes=MAX_BYTES >> 20
                )
            )
        self.encoding = encoding_in(content)
        try:
            self._text = content.decode(self.encoding)
        except UnicodeDecodeError:
            raise LabError(
                _("{where} is damaged, it is not {encoding}: download it again").format(
                    where=where, encoding=self.encoding
                )
            ) from None
        # A byte order mark is no part of the text, and comes back with this encoding.
        if self._text.encode(self.encoding) != content or "\0" in self._text:
            raise LabError(
                _("{where} is no CSV as the platform makes it: download it again, and do not open it").format(
                    where=where
                )
            )
        self.delimiter = delimiter_in(self._text)
        self.rows = [row for row in _rows(self._text, self.delimiter) if len(row) > 1 or row[0].value]
        if not self.rows:
            raise LabError(_("{where} is empty: download it again").format(where=where))

    def value(self, row: int, column: int) -> str:
        """What a cell says; nothing where the row is too short."""
        cells = self.rows[row]
        return cells[column].value if column < len(cells) else ""

    def column(self, column: int) -> list[str]:
        """What a column says, without the header."""
        return [self.value(row, column) for row in range(1, len(self.rows))]

    @property
    def header(self) -> list[str]:
        """The titles."""
        return [cell.value.strip() for cell in self.rows[0]]

    def changed(self, changes: Mapping[tuple[int, int], str]) -> bytes:
        """The file with other values in these cells, {(row, column): value}.

        Raises LabError where anything else would differ.
        """
        pieces, at = [], 0
        for row, column in sorted(changes):
            cell = self.rows[row][column]
            pieces += [self._text[at : cell.start], self._written(changes[row, column], cell)]
            at = cell.end
        content = "".join([*pieces, self._text[at:]]).encode(self.encoding)
        self._prove(content, changes)
        return content

    def _written(self, value: str, cell: Cell) -> str:
        special = any(mark in value for mark in (self.delimiter, '"', "\r", "\n"))
        doubled = value.replace('"', '""')
        return f'"{doubled}"' if special or cell.is_quoted else value

    def _prove(self, content: bytes, changes: Mapping[tuple[int, int], str]) -> None:
        again = Sheet(content, self.where)
        before = [[cell.value for cell in row] for row in self.rows]
        for (row, column), value in changes.items():
            before[row][column] = value
        if before != [[cell.value for cell in row] for row in again.rows]:
            raise LabError(
                _("{where} cannot be changed safely: nothing was written").format(where=self.where)
            )


def read_sheet(path: Path) -> Sheet:
    """The CSV in a file. Raises LabError."""
    try:
        with path.open("rb") as file:
            return Sheet(file.read(MAX_BYTES + 1), shown(path))
    except OSError as error:
        raise LabError(
            _("{path} cannot be read: {reason}").format(path=shown(path), reason=error.strerror or error)
        ) from None


def write_sheet(sheet: Sheet, changes: Mapping[tuple[int, int], str], out: Path) -> None:
    """Write the changed file, and read it back. Raises LabError."""
    content = sheet.changed(changes)
    write_bytes(out, content)
    if out.read_bytes() != content:
        raise LabError(_("{out} was not written as it should be: is the disk sound?").format(out=shown(out)))


def _rows(text: str, delimiter: str) -> list[list[Cell]]:
    """As RFC 4180 has it, with any line ends."""
    rows: list[list[Cell]] = []
    row: list[Cell] = []
    at, size = 0, len(text)
    while True:
        cell = _cell(text, at, delimiter)
        row.append(cell)
        at = cell.end
        if at < size and text[at] == delimiter:
            at += 1
            continue
        rows.append(row)
        row = []
        at += 2 if text.startswith("\r\n", at) else 1
        if at >= size:
            return rows


def _cell(text: str, start: int, delimiter: str) -> Cell:
    at, size = start, len(text)
    value = []
    is_quoted = text.startswith('"', start)
    if is_quoted:
        at += 1
        while at < size:
            end = text.find('"', at)
            if end < 0:
                raise LabError(_("a quote in the file is never closed: download it again"))
            value.append(text[at:end])
            at = end + 1
            if not text.startswith('"', at):
                break
            value.append('"')
            at += 1
    end = at
    while end < size and text[end] != delimiter and text[end] not in "\r\n":
        end += 1
    value.append(text[at:end])
    return Cell("".join(value), start, end, is_quoted)
