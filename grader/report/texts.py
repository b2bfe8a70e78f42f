"""How long the texts of a report may be: they quote what a submission says, and it may say anything."""

import html
from collections.abc import Callable, Iterable
from typing import Protocol

from grader.text import capped, clean, one_line

MESSAGE_CAP = 1000  # characters of a message or a hint
NAME_CAP = 200  # characters of any other text: an id, a title, the name of a submission or a file
TEXTS_CAP = 24_000  # bytes of all messages and hints of one report, in HTML: so its page stays below 100 kB


class Speaking(Protocol):
    """What has a message and perhaps a hint."""

    message: str
    hint: str | None


def message(text: str) -> str:
    """A message or a hint, which may have several lines."""
    return _short(text, clean, MESSAGE_CAP)


def name(text: str) -> str:
    """Any other text, on one line."""
    return _short(text, one_line, NAME_CAP)


def _short(text: str, cleaned: Callable[[str], str], cap: int) -> str:
    """The cleaned beginning of a text: cleaning the whole of a very long one would take seconds."""
    start = cleaned(text[: 4 * cap])
    return capped(f"{start}…" if len(text) > 4 * cap else start, cap)


def shorten(checks: Iterable[Speaking]) -> None:
    """Cut the longest texts further where a submission has made every check speak at length."""
    checks = list(checks)
    for cap in (MESSAGE_CAP, 300, 200, 100, 30):
        for check in checks:
            check.message = capped(check.message, cap)
            check.hint = capped(check.hint, cap) if check.hint is not None else None
        said = [text for check in checks for text in (check.message, check.hint) if text]
        if sum(len(html.escape(text).encode()) for text in said) <= TEXTS_CAP:
            return
