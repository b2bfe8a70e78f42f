"""Builds a submission with one extension in it: the solution's text, with exact replacements."""

from dataclasses import dataclass

from corpus import solution

from grader.lab.paths import SOLUTION


@dataclass(frozen=True)
class Mistake:
    """A wrong answer; `cause` begins with the extension that it belongs to."""

    id: str
    cause: str
    edits: tuple[tuple[str, str], ...]

    @property
    def extension(self) -> str:
        return self.cause.partition(".")[0]


@dataclass(frozen=True)
class Answer:
    """A right answer in another style."""

    id: str
    extension: str
    edits: tuple[tuple[str, str], ...]


def build(made: Mistake | Answer) -> dict[str, str]:
    """{file: text}. Raises ValueError for an edit whose place is not there exactly once: a change of the
    solution cannot quietly turn a mistake into a right answer."""
    file = f"extensions/{made.extension}.py"
    text = (SOLUTION / file).read_text(encoding="utf-8")
    for old, new in made.edits:
        if text.count(old) != 1:
            raise ValueError(f"{made.id}: found {text.count(old)} times in {file}: {old!r}")
        text = text.replace(old, new)
    return solution() | {file: text}
