"""One thing that was looked at, and what to do about it."""

import textwrap
from dataclasses import dataclass

GOOD, ODD, BAD = "ok", "!", "x"  # odd: it works, and should be known
WIDTH = 80
COLUMN = 14  # where what was found begins


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
        head = f"{self.status:>2} {self.what:{COLUMN}}"
        said = textwrap.wrap(
            self.found, WIDTH, initial_indent=head, subsequent_indent=indent, break_on_hyphens=False
        )
        arrow = f"{indent[:-3]}-> "
        return said + textwrap.wrap(
            self.remedy, WIDTH, initial_indent=arrow, subsequent_indent=indent, break_on_hyphens=False
        )
