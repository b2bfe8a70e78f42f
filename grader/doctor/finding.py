"""One thing that was looked at, and what to do about it."""

import re
import textwrap
import unicodedata
from dataclasses import dataclass

GOOD, ODD, BAD = "ok", "!", "x"  # odd: it works, and should be known
WIDTH = 80
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
        """As a terminal shows it, in 80 columns."""
        indent = " " * (COLUMN + 3)
        head = f"{self.status:>2} {self.what}{' ' * (COLUMN - _columns(self.what))}"
        return _wrapped(self.found, head, indent) + _wrapped(self.remedy, f"{indent[:-3]}-> ", indent)


def _wrapped(text: str, head: str, indent: str) -> list[str]:
    if _columns(text) == len(text):
        return textwrap.wrap(
            text, WIDTH, initial_indent=head, subsequent_indent=indent, break_on_hyphens=False
        )
    lines = [head]
    for piece in PIECE.findall(text):
        if _columns(lines[-1] + piece.rstrip()) > WIDTH:
            lines.append(indent)
        lines[-1] += piece
    return [line.rstrip() for line in lines]


def _columns(text: str) -> int:
    """How wide a terminal shows it: a Chinese character takes two columns. rich may not be installed yet."""
    return sum(2 if unicodedata.east_asian_width(one) in "FW" else 1 for one in text)
