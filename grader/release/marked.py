"""Every text of the grader that is marked for translation, found in its source.

Marked are the arguments of `_`, `ngettext` and `N_`, a table in `N_` with all its values. Three kinds of text
need no mark, since one place translates them all: the docstrings of commands, their `help=`, and the titles
of checks and TODOs, which are docstrings of rubric/. Templates say `_("...")`.
"""

import ast
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.lab.paths import LAB, STUDENT
from grader.release.templates import texts_in as texts_of

GRADER = LAB / "grader"
# A text that several rooms say stands in the catalogue of the first one. Those for staff come last, since a
# student's copy lacks them.
STUDENTS = "student"
LAST = ("platforms", "batch", "collection", "release")
TEMPLATES = ("*.html", "*.js", "*.svg")
IN_TEMPLATE = re.compile(r"""\b_\(\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')\s*\)""")
COUNTED = re.compile(r'\bngettext\("([^"]*)", "([^"]*)"')
NOT_COMMANDS = (
    "start",
    "teach",
    "main",
    "add_to",
    "paragraphs",
    "take_language",
    "translate",
    "said",
    "name_places",
    "inputs",
)


@dataclass(frozen=True)
class Text:
    """One text, and the file that says it. several: where it has a form for more than one."""

    one: str
    several: str
    file: str


def rooms() -> list[str]:
    """Every room, in the order in which texts are given to them; a file beside the rooms is one, too."""
    found = {
        path.stem for path in GRADER.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()
    }
    return [*sorted(found - {"__init__", "__main__"} - set(LAST)), *LAST]


def marked() -> dict[str, list[Text]]:
    """{room: its texts, each once}."""
    seen = set[str]()
    found: dict[str, list[Text]] = {}
    for room in rooms():
        folder = GRADER / room
        files = sorted(folder.rglob("*.py")) if folder.is_dir() else [folder.with_suffix(".py")]
        files += sorted(path for pattern in TEMPLATES for path in folder.rglob(pattern))
        texts = [text for path in files for text in texts_in(path)]
        found[room] = [text for text in texts if not (text.one in seen or seen.add(text.one))]  # type: ignore[func-returns-value]
    found[STUDENTS] = [text for text in _of_students() if not (text.one in seen or seen.add(text.one))]  # type: ignore[func-returns-value]
    return {room: texts for room, texts in found.items() if texts}


def _of_students() -> Iterator[Text]:
    """What stands in the files that students edit; no room says it, but for the holes."""
    for path in sorted([*STUDENT.rglob("*.py"), *STUDENT.rglob("*.ipynb")]):
        if ".ipynb_checkpoints" not in path.parts:
            name = path.relative_to(LAB).as_posix()
            yield from (Text(one, "", name) for one in texts_of(name, path.read_text(encoding="utf-8")))


def texts_in(path: Path) -> Iterator[Text]:
    """Of one file. Raises ValueError for a mark that holds no plain text."""
    name = path.relative_to(LAB).as_posix()
    source = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        for found in IN_TEMPLATE.finditer(source):
            quoted = found[1] if found[1] is not None else found[2]
            yield Text(re.sub(r"\\(.)", r"\1", quoted), "", name)
        yield from (Text(one, several, name) for one, several in COUNTED.findall(source))
        return
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield from _of_mark(node, node.func.id, name)
    if path.is_relative_to(GRADER / "rubric") and any(_checks(tree)):
        yield Text(_title(tree), "", name)
        yield from (Text(_title(one), "", name) for one in _checks(tree))
    if path.is_relative_to(GRADER / "commands"):
        yield from (Text(one, "", name) for one in _of_commands(tree))


def _of_mark(call: ast.Call, mark: str, name: str) -> Iterator[Text]:
    if mark == "_" and isinstance(call.args[0], ast.Constant):
        yield Text(str(call.args[0].value), "", name)
    elif mark == "_" and isinstance(call.args[0], ast.JoinedStr):
        raise ValueError(f"{name}:{call.lineno}: _ wants a plain text, with .format behind it")
    elif mark == "ngettext":
        both = [str(argument.value) for argument in call.args[:2] if isinstance(argument, ast.Constant)]
        if len(both) == 2:
            yield Text(both[0], both[1], name)
    elif mark == "N_":
        yield from (Text(one, "", name) for one in values_of(call.args[0]))


def values_of(node: ast.expr) -> Iterator[str]:
    """The texts of a constant, or of a table or list of them. Keys of a table are for programs."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.Dict):
        for value in node.values:
            yield from values_of(value)
    elif isinstance(node, ast.Tuple | ast.List):
        for value in node.elts:
            yield from values_of(value)


def _checks(tree: ast.Module) -> list[ast.FunctionDef]:
    return [one for one in tree.body if isinstance(one, ast.FunctionDef) and one.name.startswith("test_")]


def _title(node: ast.Module | ast.FunctionDef) -> str:
    return (ast.get_docstring(node) or "").strip().splitlines()[0]


def _of_commands(tree: ast.Module) -> Iterator[str]:
    for one in tree.body:
        if not isinstance(one, ast.FunctionDef) or one.name.startswith("_"):
            continue
        if one.name not in NOT_COMMANDS:
            yield from (text for text in paragraphs(ast.get_docstring(one) or "") if not text.startswith(" "))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            for keyword in node.keywords:
                if keyword.arg == "help":
                    yield from values_of(keyword.value)


def paragraphs(text: str) -> list[str]:
    """A docstring's, each on one line; indented ones are commands and stay as they are."""
    found = inspect.cleandoc(text).split("\n\n")
    return [one if one.startswith(" ") else " ".join(one.split("\n")) for one in found]
