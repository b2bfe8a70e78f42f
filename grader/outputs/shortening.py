"""Messages in little room: cut between words, with the value that was seen in front."""

import re
from collections.abc import Iterable

from rich.cells import cell_len, set_cell_size

from grader.language import _, ngettext

# A shape or a place in brackets is one word, and so is each character of a script that has no spaces.
WORD = re.compile(r"(?:\([^()]*\)|\[[^\[\]]*\]|[^\s\u2e80-\uffef])+|[\u2e80-\uffef]")
OBJECTION = re.compile(r"(?P<place>.*?)expected (?P<expected>.+), not (?P<seen>.+)")
MOST_LINES = 8  # of what a student's code printed


def shortened(message: str, room: int) -> str:
    """A message's first line in so many columns; a longer one names what was seen first, ends in …."""
    line = message.splitlines()[0] if message else ""
    if cell_len(line) <= room:
        return line
    objection = OBJECTION.fullmatch(line)
    if objection:
        line = _("{place}{seen}, where expected {expected}").format(
            place=objection["place"], seen=objection["seen"], expected=objection["expected"]
        )
    return cut(line, room)


def cut(line: str, room: int) -> str:
    """The whole words that fit, and an ellipsis where some do not."""
    if cell_len(line) <= room:
        return line
    kept = ""
    for found in WORD.finditer(line):
        if cell_len(line[: found.end()]) + 2 > room:
            break
        kept = line[: found.end()]
    if not kept:
        return f"{set_cell_size(line, room - 1)}…"
    return f"{kept}…" if cell_len(kept[-1]) > 1 else f"{kept} …"


def excerpt(printed: str, most: int = MOST_LINES) -> list[str]:
    """The first lines of what code printed, repeated ones once, and how many more there were."""
    lines = list(_counted(printed.strip("\n").splitlines()))
    left = len(lines) - most
    more = ngettext("… and {count} more line", "… and {count} more lines", left).format(count=left)
    return lines if left <= 0 else [*lines[:most], more]


def _counted(lines: Iterable[str]) -> Iterable[str]:
    last, times = None, 0
    for line in [*lines, None]:
        if line == last:
            times += 1
            continue
        if last is not None:
            yield last if times == 1 else _("{line}  ({times} times)").format(line=last, times=times)
        last, times = line, 1
