"""Messages in little room: cut between words, with the value that was seen in front."""

import re
from collections.abc import Iterable

WORD = re.compile(r"(?:\([^()]*\)|\[[^\[\]]*\]|[^\s])+")  # a shape or a place in brackets is one word
OBJECTION = re.compile(r"(?P<place>.*?)expected (?P<expected>.+), not (?P<seen>.+)")
MOST_LINES = 8  # of what a student's code printed


def shortened(message: str, room: int) -> str:
    """A message's first line in so many characters; a longer one names what was seen first, ends in …."""
    line = message.splitlines()[0] if message else ""
    if len(line) <= room:
        return line
    objection = OBJECTION.fullmatch(line)
    if objection:
        line = f"{objection['place']}{objection['seen']}, where expected {objection['expected']}"
    return cut(line, room)


def cut(line: str, room: int) -> str:
    """The whole words that fit, and an ellipsis where some do not."""
    if len(line) <= room:
        return line
    words: list[str] = []
    used = 0
    for found in WORD.finditer(line):
        if used + len(found[0]) + bool(words) + 2 > room:
            break
        used += len(found[0]) + bool(words)
        words.append(found[0])
    return f"{' '.join(words)} …" if words else f"{line[: room - 1]}…"


def excerpt(printed: str, most: int = MOST_LINES) -> list[str]:
    """The first lines of what code printed, repeated ones once, and how many more there were."""
    lines = list(_counted(printed.strip("\n").splitlines()))
    left = len(lines) - most
    return lines if left <= 0 else [*lines[:most], f"… and {left} more line{'s' * (left > 1)}"]


def _counted(lines: Iterable[str]) -> Iterable[str]:
    last, times = None, 0
    for line in [*lines, None]:
        if line == last:
            times += 1
            continue
        if last is not None:
            yield last if times == 1 else f"{last}  ({times} times)"
        last, times = line, 1
