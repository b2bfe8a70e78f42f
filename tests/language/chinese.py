"""What is said in Chinese: no English sentence is left in it, and nothing is wider than the terminal."""

import re
from contextlib import contextmanager

from rich.cells import cell_len

from grader import language

# Three words in a row. A word is of letters alone: names of files, layers and functions are none.
SENTENCE = re.compile(r"(?<![\w./`'-])[A-Za-z]{2,}(?:[ ,]+[A-Za-z]{2,}){2,}(?![\w./`'(-])")
# What Python, torch and the student's own lines say stays as it is.
QUOTED = re.compile(r"^ {4,}.*$|\b\w*(?:Error|Exception|Warning): .*$", re.MULTILINE)


@contextmanager
def spoken():
    """All that is said meanwhile is Chinese."""
    before = language.current()
    language.use("zh")
    try:
        yield
    finally:
        language.use(before)


def english_in(text: str) -> list[str]:
    """The sentences of English in a text."""
    return SENTENCE.findall(QUOTED.sub("", text))


def widest(text: str) -> int:
    """Columns of the longest line, as a terminal shows it."""
    return max(map(cell_len, text.splitlines()), default=0)
