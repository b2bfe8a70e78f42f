"""Builds a submission: the solution's text with its markers removed, then one edit after the other.

An edit that does not find its place raises EditError, so a change of the solution cannot quietly
turn a mistake into a right answer. Write the texts with `encoding="utf-8", newline=""`: some hold
a byte order mark or CRLF.
"""

import ast
import re
import textwrap
from dataclasses import dataclass
from pathlib import Path

SOLUTION = Path(__file__).resolve().parents[2] / "solution"
FILES = ("unet.py", "infer.py")
MARKER = re.compile(r"^[ \t]*### (?:BEGIN|END) SOLUTION[^\n]*\n", re.MULTILINE)


class EditError(Exception):
    """An edit does not fit the solution's text."""


@dataclass(frozen=True)
class Replace:
    """Exchange `old` for `new`; `old` must occur `count` times (None: at least once)."""

    file: str
    old: str
    new: str
    count: int | None = 1

    def apply(self, text: str) -> str:
        found = text.count(self.old)
        if found == 0 or (self.count is not None and found != self.count):
            raise EditError(f"{self.file}: expected {self.count or 'some'}, found {found}: {self.old!r}")
        return text.replace(self.old, self.new)


@dataclass(frozen=True)
class Body:
    """Exchange everything below the signature and docstring of a function such as "UNet.forward"."""

    file: str
    function: str
    new: str

    def apply(self, text: str) -> str:
        node = find(text, self.function)
        first = node.body[0]
        above = first.end_lineno if ast.get_docstring(node) is not None else first.lineno - 1
        return splice(text, above, node.end_lineno, self.new, first.col_offset)


@dataclass(frozen=True)
class Child:
    """Exchange what `UNet.__init__` assigns to `self.name`."""

    name: str
    new: str
    file: str = "unet.py"

    def apply(self, text: str) -> str:
        init = find(text, "UNet.__init__")
        target = f"self.{self.name}"
        found = [s for s in init.body if isinstance(s, ast.Assign) and ast.unparse(s.targets[0]) == target]
        if len(found) != 1:
            raise EditError(f"{self.file}: {target} is assigned {len(found)} times")
        new = f"{target} = {textwrap.dedent(self.new).strip()}"
        return splice(text, found[0].lineno - 1, found[0].end_lineno, new, found[0].col_offset)


@dataclass(frozen=True)
class Remove:
    """Delete a class or a function."""

    file: str
    name: str

    def apply(self, text: str) -> str:
        node = find(text, self.name)
        return splice(text, node.lineno - 1, node.end_lineno, "", 0)


@dataclass(frozen=True)
class Append:
    """Write `new` below the last line."""

    file: str
    new: str

    def apply(self, text: str) -> str:
        return text + textwrap.dedent(self.new)


Edit = Replace | Body | Child | Remove | Append


@dataclass(frozen=True)
class Mistake:
    """A submission that must lose points in each of `todos`, and in no other TODO.

    `cause` is what the grader must call it; a combined mistake gives its further causes in `also`. `keeps`:
    the points of its TODO that it must not cost, where that is the mistake's point.
    """

    id: str
    todos: tuple[str, ...]
    cause: str
    edits: tuple[Edit, ...]
    also: tuple[str, ...] = ()
    keeps: int | None = None


@dataclass(frozen=True)
class Answer:
    """A submission that must earn full marks."""

    id: str
    edits: tuple[Edit, ...]


def build(made: Mistake | Answer) -> dict[str, str]:
    """The texts of unet.py and infer.py."""
    texts = solution()
    for edit in made.edits:
        texts[edit.file] = edit.apply(texts[edit.file])
    return texts


def solution() -> dict[str, str]:
    """The solution's own texts, without the markers."""
    return {name: MARKER.sub("", (SOLUTION / name).read_text(encoding="utf-8")) for name in FILES}


def find(text: str, dotted: str) -> ast.ClassDef | ast.FunctionDef:
    node = ast.parse(text)
    for name in dotted.split("."):
        inside = [n for n in node.body if getattr(n, "name", None) == name]
        if len(inside) != 1:
            raise EditError(f"{dotted}: found {len(inside)} times")
        node = inside[0]
    return node


def splice(text: str, above: int, below: int, new: str, indent: int) -> str:
    """Put `new` in the place of the lines between the first `above` and those after `below`."""
    lines = text.splitlines(keepends=True)
    block = textwrap.indent(textwrap.dedent(new).strip("\n"), " " * indent)
    return "".join([*lines[:above], block + "\n", *lines[below:]])
