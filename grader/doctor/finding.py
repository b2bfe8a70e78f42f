"""One thing that was looked at, and what to do about it."""

import re
import shutil
import textwrap
import unicodedata
from dataclasses import dataclass

GOOD, ODD, BAD = "ok", "!", "x"  # odd: it works, and should be known
WIDTH, NARROW = 80, 60  # columns, unless the terminal has fewer; where fewer, no columns side by side
COLUMN = 14  # where what was found begins
PIECE = re.compile(r"[\u2e80-\uffef]\s*|[^\s\u2e80-\uffef]+\s*")  # a line may end behind any of these


@dataclass(frozen=True)
class Finding:
    """remedy: what to do, or nothing."""

    what: str
    status: str
    found: str
    remedy: str = ""

    def lines(self) -> list[str]:
        """As a terminal shows it: in as many columns as it has, or COLUMNS says, and at most 80."""
        width = min(WIDTH, shutil.get_terminal_size((WIDTH, 24)).columns)
        column = COLUMN if width >= NARROW else 3
        indent = " " * (column + 3)
        head = f"{self.status:>2} {self.what}{' ' * max(2, column - _columns(self.what))}"
        return [
            *_wrapped(self.found, head, indent, width),
            *_wrapped(self.remedy, f"{indent[:-3]}-> ", indent, width),
        ]


def _wrapped(text: str, head: str, indent: str, width: int) -> list[str]:
    if _columns(head + text) == len(head + text):
        return textwrap.wrap(
            text, width, initial_indent=head, subsequent_indent=indent, break_on_hyphens=False
        )
    room = max(1, width - len(indent))
    pieces = [piece[at : at + room] for piece in PIECE.findall(text) for at in range(0, len(piece), room)]
    lines = [head]
    for piece in pieces:
        if _columns(lines[-1] + piece.rstrip()) > width:
            lines.append(indent)
        lines[-1] += piece
    return [line.rstrip() for line in lines]


def _columns(text: str) -> int:
    """How wide a terminal shows it: a Chinese character takes two columns. rich may not be installed yet."""
    return sum(2 if unicodedata.east_asian_width(one) in "FW" else 1 for one in text)
