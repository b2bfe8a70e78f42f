"""Cells of any CSV are changed in place: another reader sees the new values and no other difference."""

import csv
import io
import random

import pytest

from grader.errors import LabError
from grader.outputs.cells import Sheet

CELLS = [
    "",
    "8.50",
    "EX",
    "Doe, Jane",
    'say "hi"',
    "two\nlines",
    "李明",
    "a;b",
    " padded ",
    "=1+1",
    "\t",
    "N/A",
]


def random_csv(seed: int) -> tuple[bytes, str, str]:
    """(content, delimiter, encoding) of a table as some platform might write it."""
    rng = random.Random(seed)
    delimiter, ending = rng.choice(",;\t"), rng.choice(["\n", "\r\n"])
    text = io.StringIO(newline="")
    writer = csv.writer(
        text,
        delimiter=delimiter,
        lineterminator=ending,
        quoting=rng.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    )
    width = rng.randint(2, 6)
    writer.writerow([f"Title {number}" for number in range(width)])
    for _ in range(rng.randint(1, 8)):
        writer.writerow([rng.choice(CELLS) for _ in range(width)])
    content = text.getvalue()
    encoding = rng.choice(["utf-8", "utf-8-sig"])
    if rng.random() < 0.3:
        content = content.removesuffix(ending)
    return content.encode(encoding), delimiter, encoding


def seen(content: bytes, delimiter: str, encoding: str) -> list[list[str]]:
    """What Python's own reader sees."""
    return list(csv.reader(io.StringIO(content.decode(encoding), newline=""), delimiter=delimiter))


@pytest.mark.parametrize("seed", range(60))
def test_another_reader_sees_the_new_cells_and_no_other_difference(seed):
    content, delimiter, encoding = random_csv(seed)
    sheet = Sheet(content, "it")
    assert sheet.changed({}) == content
    expected = seen(content, delimiter, encoding)
    assert [[cell.value for cell in row] for row in sheet.rows] == expected
    rng = random.Random(seed)
    row, column = rng.randrange(1, len(expected)), rng.randrange(len(expected[0]))
    value = rng.choice(CELLS)
    expected[row][column] = value
    changed = sheet.changed({(row, column): value})
    assert seen(changed, delimiter, encoding) == expected
    cell = sheet.rows[row][column]
    before = content.decode(encoding)[: cell.start].encode(encoding)
    after = content.decode(encoding)[cell.end :].encode("utf-8")
    assert changed.startswith(before)
    assert changed.endswith(after)


def test_empty_lines_are_no_rows_and_stay():
    content = b"A,B\n\n1,2\n\n\n"
    assert Sheet(content, "it").changed({(1, 1): "3"}) == b"A,B\n\n1,3\n\n\n"


def test_a_cell_that_is_not_there_is_no_place_for_a_grade():
    with pytest.raises(LabError, match=r"cannot be changed safely|never closed"):
        Sheet(b'A,B\n"1,2\n', "it").changed({(1, 1): "3"})
