"""What students read in the files that they edit, as texts to translate: docstrings, comments, paragraphs.

Code stays as it is, but for the words that a cell of the notebook prints, and with it the sentences that a
hole raises: so a file in any language is the same file to the grader, untouched or not, and a hole's sentence
is translated where it is shown.
"""

import ast
import inspect
import io
import json
import re
import tokenize
import unicodedata
from collections.abc import Callable, Iterator

WIDTH = 96  # columns
WORDS = re.compile(r"[A-Za-z]{2,} [A-Za-z]{2,}|\b(?:and|then|scores|figure|convolution)\b")  # or code alone
FACTS = re.compile(
    r"^(?:(?:Shapes|Units|Raises|Source|Given|Next file)\b|\* )"
)  # each begins a line of its own
PIECE = re.compile(r"[\u2e80-\uffef][，。：；、）”》！？]*\s*|[^\s\u2e80-\uffef]+[，。：；、）”》！？]*\s*")
Translate = Callable[[str], str]


def texts_in(name: str, text: str) -> list[str]:
    """Every text of a student's file, Python or notebook, once."""
    seen: dict[str, None] = {}
    (in_notebook if name.endswith(".ipynb") else in_python)(text, lambda one: seen.setdefault(one) or one)
    if name.endswith(".py"):
        seen |= dict.fromkeys(holes(text))
    return [one for one in seen if WORDS.search(one)]


def holes(text: str) -> Iterator[str]:
    """What each hole raises."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
            said = node.args[0]
            if node.func.id in ("todo", "NotImplementedError") and isinstance(said, ast.Constant):
                yield str(said.value)


def in_notebook(text: str, translate: Translate) -> str:
    """The notebook in another language; cells that nbgrader watches stay as they are."""
    notebook = json.loads(text)
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        if cell["metadata"].get("nbgrader"):
            continue
        if cell["cell_type"] == "markdown":
            source = "\n\n".join(_markdown(one, translate) for one in source.split("\n\n"))
        elif cell["cell_type"] == "code":
            source = _printed(in_python(source, translate), translate)
        cell["source"] = source.splitlines(keepends=True)
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def _printed(source: str, translate: Translate) -> str:
    """A cell with what it prints in another language; what stands in braces is code, and stays."""
    lines = source.split("\n")
    said = [
        argument
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
        for argument in node.args
        if isinstance(argument, ast.Constant | ast.JoinedStr) and argument.end_lineno == argument.lineno
    ]
    for one in said:
        line, whole = lines[one.lineno - 1], ast.get_source_segment(source, one) or ""
        text = whole.lstrip("f").strip('"')
        if WORDS.search(text):
            lines[one.lineno - 1] = line.replace(f'"{text}"', f'"{translate(text)}"')
    return "\n".join(lines)


def _markdown(block: str, translate: Translate) -> str:
    if block.lstrip().startswith("|"):
        return translate(block)
    said = translate(" ".join(block.split("\n")))
    heading = re.match(r"(#+) (.*)", block)
    if heading and said != block:  # links lead to the English heading
        anchor = re.sub(r"[^\w-]", "", heading[2].lower().replace(" ", "-"))
        return f'<a id="{anchor}"></a>\n\n{said}'
    return said


def in_python(text: str, translate: Translate) -> str:
    """The file with its docstrings and comments in another language."""
    lines = text.split("\n")
    edits = sorted([*_docstrings(text, translate), *_comments(text, lines, translate)], reverse=True)
    for first, last, new in edits:
        lines[first:last] = new
    return "\n".join(lines)


Edit = tuple[int, int, list[str]]  # lines from, up to but not including, and what stands there instead


def _docstrings(text: str, translate: Translate) -> Iterator[Edit]:
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) or not ast.get_docstring(node):
            continue
        at = node.body[0]
        said = inspect.cleandoc(ast.get_docstring(node, clean=False) or "")
        indent = " " * at.col_offset
        body = [line for one in said.split("\n\n") for line in (*_paragraph(one, indent, translate), "")][:-1]
        if body == [f"{indent}{line}".rstrip() for line in said.split("\n")]:
            continue
        body[0] = f'{indent}"""{body[0].lstrip()}'
        if len(body) > 1:
            body.append(f'{indent}"""')
        else:
            body[-1] += '"""'
        yield at.lineno - 1, at.end_lineno or at.lineno, body


def _paragraph(text: str, indent: str, translate: Translate) -> list[str]:
    """Its lines; what is indented is code, and stays as it is."""
    lines = [f"{indent}{line}".rstrip() for line in text.split("\n")]
    if all(line.startswith("  ") for line in text.split("\n")):
        return lines
    units = [*_units(text)]
    new = [translate(unit) for unit in units]
    return lines if new == units else _all_wrapped(new, indent)


def _units(paragraph: str) -> Iterator[str]:
    """A paragraph's sentences on one line; Shapes, Units, Raises and the like stand by themselves."""
    unit: list[str] = []
    for line in paragraph.split("\n"):
        if FACTS.match(line) and unit:
            yield " ".join(unit)
            unit = []
        unit.append(line.strip())
    yield " ".join(unit)


def _comments(text: str, lines: list[str], translate: Translate) -> Iterator[Edit]:
    block: list[tuple[int, int, str]] = []  # (line, column, words)
    found = [
        (token.start[0] - 1, token.start[1], token.string.lstrip("#").strip())
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type == tokenize.COMMENT
    ]
    for at, column, words in found:
        before = lines[at][:column]
        if before.strip():
            said = translate(words)
            if said != words:
                yield at, at + 1, [f"{before}# {said}"]
            continue
        goes_on = block and block[-1][0] == at - 1 and block[-1][1] == column
        if not goes_on or words.startswith("TODO"):
            yield from _of_block(block, translate)
            block = []
        block.append((at, column, words))
    yield from _of_block(block, translate)


def _of_block(block: list[tuple[int, int, str]], translate: Translate) -> Iterator[Edit]:
    if not block:
        return
    words = " ".join(words for _, _, words in block)
    said = translate(words)
    if said != words:
        yield block[0][0], block[-1][0] + 1, _wrapped(said, f"{' ' * block[0][1]}# ")


def _all_wrapped(units: list[str], indent: str) -> list[str]:
    return [line for unit in units for line in _wrapped(unit, indent)]


def _wrapped(text: str, indent: str) -> list[str]:
    lines = [indent]
    for piece in PIECE.findall(text):
        if _columns(lines[-1] + piece.rstrip()) > WIDTH and lines[-1] != indent:
            lines.append(indent)
        lines[-1] += piece
    return [line.rstrip() for line in lines]


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(one) in "FW" else 1 for one in text)
