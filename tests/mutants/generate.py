"""Makes the mutants: every place of a file where one small change can be made, and every such change."""

import ast
import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from corpus.build import SOLUTION, solution

from .swaps import KEYWORDS, SWAPS, TEXTS

FILES = ("unet.py", "infer.py")
GIVEN = {"plot_image_and_mask"}  # functions that no TODO asks for


@dataclass(frozen=True)
class Change:
    """A piece of the text, by its offsets in bytes, and what stands there instead."""

    kind: str
    where: str  # Class.function, with the attribute that __init__ assigns behind a colon
    start: int
    end: int
    new: str


@dataclass(frozen=True)
class Mutant:
    """The solution with one change."""

    id: str
    kind: str
    where: str
    file: str
    text: str  # of this file
    said: str  # the line before and after

    @property
    def files(self) -> dict[str, str]:
        """Both files of the submission."""
        return {**solution(), self.file: self.text}


def mutants(file: str, text: str | None = None) -> list[Mutant]:
    """Every mutant of a file of the solution, or of a text in its place; no two have the same text."""
    original = solution()[file] if text is None else text
    raw, found = original.encode(), dict[str, Mutant]()
    for change in Finder(original).changes:
        mutated = (raw[: change.start] + change.new.encode() + raw[change.end :]).decode()
        if mutated == original or mutated in found or not _parses(mutated):
            continue
        line = raw[: change.start].count(b"\n") + 1
        old = " ".join(raw[change.start : change.end].decode().split())
        said = f"{file}:{line} {old[:60]} -> {' '.join(change.new.split())[:60] or 'nothing'}"
        id = f"{file}:{line}:{change.kind}:{len(found)}"
        found[mutated] = Mutant(id, change.kind, change.where, file, mutated, said)
    return list(found.values())


def mutants_of_extension(file: str) -> list[Mutant]:
    """Those of an extension's file that change a place which students fill."""
    text = (SOLUTION / file).read_text(encoding="utf-8")
    places, is_place = set(), False
    for number, line in enumerate(text.splitlines(), 1):
        if "### BEGIN SOLUTION" in line or "### END SOLUTION" in line:
            is_place = "BEGIN" in line
        elif is_place:
            places.add(number)
    return [one for one in mutants(file, text) if int(one.id.split(":")[1]) in places]


def _parses(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


class Finder(ast.NodeVisitor):
    """Walks the tree of a file and notes every change."""

    def __init__(self, text: str):
        self.changes: list[Change] = []
        self._raw = text.encode()
        lines = self._raw.splitlines(keepends=True)
        self._line_starts = [sum(map(len, lines[:i])) for i in range(len(lines) + 1)]
        self._where: list[str] = []
        self._names: list[str] = []  # local ones of the function that is being read
        self.visit(ast.parse(text))

    def _span(self, node: ast.AST) -> tuple[int, int]:
        return (
            self._line_starts[node.lineno - 1] + node.col_offset,
            self._line_starts[node.end_lineno - 1] + node.end_col_offset,
        )

    def _text(self, node: ast.AST) -> str:
        start, end = self._span(node)
        return self._raw[start:end].decode()

    def _note(self, kind: str, node: ast.AST, new: str) -> None:
        self.changes.append(Change(kind, ".".join(self._where), *self._span(node), new))

    def _swap(self, kind: str, one: ast.AST, other: ast.AST) -> None:
        (a, b), (c, d) = self._span(one), self._span(other)
        between = self._raw[b:c].decode()
        new = self._text(other) + between + self._text(one)
        self.changes.append(Change(kind, ".".join(self._where), a, d, new))

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._where.append(node.name)
        self._read_body(node)
        self._where.pop()

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        if node.name in GIVEN:
            return
        self._where.append(node.name)
        stored = [n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
        arguments = [one.arg for one in node.args.args if one.arg != "self"]
        self._names = list(dict.fromkeys(arguments + stored))
        for default in node.args.defaults:
            self.visit(default)
        self._read_body(node)
        self._where.pop()

    def _read_body(self, node: ast.ClassDef | ast.FunctionDef | ast.With) -> None:
        has_docstring = not isinstance(node, ast.With) and ast.get_docstring(node) is not None
        statements = node.body[1:] if has_docstring else node.body
        for statement in statements:
            target = statement.targets[0] if isinstance(statement, ast.Assign) else None
            inside = node.name == "__init__" if isinstance(node, ast.FunctionDef) else False
            name = target.attr if inside and isinstance(target, ast.Attribute) else ""
            self._where.append(name) if name else None
            if not isinstance(node, ast.ClassDef):
                self._note("statement dropped", statement, "pass")
            self.visit(statement)
            self._where.pop() if name else None
        if not isinstance(node, ast.ClassDef):
            for one, other in itertools.pairwise(statements):
                self._swap("statements exchanged", one, other)

    def visit_With(self, node: ast.With) -> None:
        inner = "".join(self._text(one) + "\n" + " " * node.col_offset for one in node.body).rstrip()
        self._note("with dropped", node, inner)
        for item in node.items:
            self.visit(item)
        self._read_body(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    def visit_Assign(self, node: ast.Assign) -> None:
        target = node.targets[0]
        if isinstance(target, ast.Attribute):
            self._note("layer a number", node.value, "2")
            self._note("layer renamed", target, self._text(target) + "_")
        if isinstance(target, ast.Tuple):
            for one, other in itertools.pairwise(target.elts):
                self._swap("targets exchanged", one, other)
        elif isinstance(target, ast.Name):
            for name in self._names:
                self._note("name", target, name)
        self.visit(node.value)

    def visit_Return(self, node: ast.Return) -> None:
        self._note("return dropped", node, self._text(node).removeprefix("return "))
        self.visit(node.value)

    def visit_Constant(self, node: ast.Constant) -> None:
        value = node.value
        if isinstance(value, bool):
            self._note("constant", node, str(not value))
        elif isinstance(value, int):
            for new in (value + 1, value - 1, 2 * value, 0):
                self._note("constant", node, str(new))
        elif isinstance(value, float):
            for new in (0.0, 1.0, value / 2, value + 0.1, -value):
                self._note("constant", node, str(new))
        elif isinstance(value, str):
            for new in TEXTS.get(value, ()):
                self._note("constant", node, repr(new))

    def visit_Name(self, node: ast.Name) -> None:
        for name in self._names if node.id in self._names else ():
            self._note("name", node, name)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        stem = node.attr.rstrip("1234")
        if stem != node.attr:
            for level in "1234":
                self._note("level", node, f"{self._text(node.value)}.{stem}{level}")
        for new in SWAPS.get(node.attr, ()):
            self._note("call", node, f"{self._text(node.value)}.{new}")
        self.visit(node.value)

    def visit_Compare(self, node: ast.Compare) -> None:
        left, right = self._text(node.left), self._text(node.comparators[0])
        for sign in (">", ">=", "<", "<=", "=="):
            self._note("operator", node, f"{left} {sign} {right}")
        self._note("operator", node, f"{right} > {left}")
        self.generic_visit(node)

    def visit_List(self, node: ast.List) -> None:
        self._read_elements(node, "element")

    def visit_Tuple(self, node: ast.Tuple) -> None:
        self._read_elements(node, "element")

    def _read_elements(self, node: ast.List | ast.Tuple, kind: str) -> None:
        for i, one in enumerate(node.elts):
            rest = [self._text(other) for other in node.elts[:i] + node.elts[i + 1 :]]
            is_list = isinstance(node, ast.List)
            inner = ", ".join(rest) + ("" if is_list or len(rest) != 1 else ",")
            self._note(f"{kind} dropped", node, f"[{inner}]" if is_list else f"({inner})")
            self._note(f"{kind} doubled", one, f"{self._text(one)}, {self._text(one)}")
            self.visit(one)
        for one, other in itertools.pairwise(node.elts):
            self._swap(f"{kind}s exchanged", one, other)

    def visit_Call(self, node: ast.Call) -> None:
        everything = [*node.args, *node.keywords]
        called, texts = self._text(node.func), [self._text(one) for one in everything]
        for i, one in enumerate(everything):
            kept = ", ".join(texts[:i] + texts[i + 1 :])
            self._note("argument dropped", node, f"{called}({kept})")
            if called.endswith("Sequential"):
                self._note("layer doubled", one, f"{texts[i]}, {texts[i]}")
        for i, (one, other) in enumerate(itertools.pairwise(everything)):
            if isinstance(one, ast.keyword) == isinstance(other, ast.keyword):
                self._swap("arguments exchanged", one, other)
            elif isinstance(other, ast.keyword):  # the values: f(a, k=b) -> f(b, k=a)
                new = [*texts[:i], self._text(other.value), f"{other.arg}={texts[i]}", *texts[i + 2 :]]
                self._note("arguments exchanged", node, f"{called}({', '.join(new)})")
        if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Call | ast.Name):
            self._note("call dropped", node, self._text(node.func.value))
        elif node.args:
            self._note("call dropped", node, texts[0])
        for keyword in KEYWORDS.get(called.rpartition(".")[2], ()):
            self._note("argument added", node, f"{called}({', '.join([*texts, keyword])})")
        self.visit(node.func)
        for one in everything:
            self.visit(one.value if isinstance(one, ast.keyword) else one)


def every_mutant() -> Iterator[Mutant]:
    """Those of both files of the core."""
    for file in FILES:
        yield from mutants(file)
