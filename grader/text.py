"""The one rule for text of any origin: what steers a terminal, reverses the reading direction or hides goes.

It is applied where text comes in (from a student's process, a file's name, a report's file) and once more
where it goes out. Escaping for HTML, Markdown and the like is up to whoever writes them.
"""

import os
import re
import sys
import unicodedata
from functools import cache
from typing import Any

_ESCAPE_SEQUENCE = re.compile(r"\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)?|[@-Z\\-_])")
_SUSPECT = re.compile(r"[^\x20-\x7e\n\t]")  # ASCII, most of all text, needs no look at a table
# Controls, formats such as U+200B or U+202E, half surrogate pairs, line and paragraph separators
_REMOVED = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_JOINERS = "\u200c\u200d"  # some scripts, and composed emoji, are not written without them
_NO_CHARACTERS = "\ufffe\uffff"  # XML refuses them


def clean(text: str) -> str:
    """The text without escape sequences and invisible characters that act; lines end in a newline."""
    text = _ESCAPE_SEQUENCE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _SUSPECT.sub(lambda found: _kept(found[0]), text)


@cache
def _kept(char: str) -> str:
    acts = unicodedata.category(char) in _REMOVED and char not in _JOINERS
    return "" if acts or char in _NO_CHARACTERS else char


def cleaned(value: Any) -> Any:
    """Plain data in which every string is cleaned."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [cleaned(item) for item in value]
    if isinstance(value, dict):
        return {clean(key): cleaned(item) for key, item in value.items()}
    return value


def without_places(text: str) -> str:
    """The text with the files of Python, of its packages and of the lab named as they are from there on.

    Where they lie on this machine tells a student nothing, and others something.
    """
    for root in _roots(tuple(sys.path)):
        text = text.replace(root, "")
    return text


@cache
def _roots(places: tuple[object, ...]) -> list[str]:
    """Folders that modules are found in, the longest first; each with a separator behind it."""
    named = [place for place in places if isinstance(place, str) and os.path.isabs(place)]
    found = {one.rstrip("/\\") + os.sep for place in named for one in (place, os.path.realpath(place))}
    return sorted(found - {os.sep}, key=len, reverse=True)


def one_line(text: str) -> str:
    """The text, cleaned, on one line."""
    return " ".join(clean(text).split())


def capped(text: str, most: int) -> str:
    """The text, or where it is longer its beginning and an ellipsis: at most so many characters."""
    return text if len(text) <= most else text[: most - 1] + "…"
