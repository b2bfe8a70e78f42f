"""solution/ -> student/: every answer becomes a hole that says which TODO it is.

An answer is what is between `### BEGIN SOLUTION` and `### END SOLUTION`, right below a comment
`# TODO n: ...` (or a line of code that ends in one). In its place the student finds

* `raise NotImplementedError("TODO n: ...")` where the answer was statements,
* `todo("TODO n: ...")`, which raises the same, where it was part of an expression.

Lines between `### BEGIN STUDENT` and `### END STUDENT`, right after an answer, are what the
student finds instead: each is commented out here, and uncommented there.

A notebook goes through nbgrader itself: see notebook.py. Next file: student_files.py.
"""

import ast
import re
from dataclasses import dataclass
from typing import NoReturn

from grader.errors import LabError
from grader.language import _

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
BEGIN_STUDENT, END_STUDENT = "### BEGIN STUDENT", "### END STUDENT"
TODO_COMMENT = re.compile(r"#\s*TODO (?P<number>E?\d+): (?P<text>.*)")
ASSIGNED = re.compile(r"\s*self\.(?P<name>\w+) = ")
HELPER = '''

def todo(what: str):
    """Marks a place to fill: put your own layers there instead of the call."""
    raise NotImplementedError(what)
'''


@dataclass(frozen=True)
class Region:
    """One answer: 0-based indices of its two marker lines, and of the student's block, if any."""

    begin: int
    end: int
    message: str
    student: tuple[int, int] | None = None


def find_regions(text: str, name: str) -> list[Region]:
    """The answers of one file, in order. Raises LabError, with file and line, for a marker out of place."""
    lines = text.splitlines()
    regions: list[Region] = []
    opened: dict[str, int] = {}  # marker -> its line

    def refuse(at: int, what: str) -> NoReturn:
        raise LabError(f"{name}:{at + 1}: {what}")

    for at, line in enumerate(lines):
        marker = line.strip()
        if marker in (BEGIN, BEGIN_STUDENT):
            if opened:
                refuse(
                    at,
                    _("{marker} inside the region that line {values} opens").format(
                        marker=marker, values=next(iter(opened.values())) + 1
                    ),
                )
            if marker == BEGIN_STUDENT and not (regions and regions[-1].end == at - 1):
                refuse(at, _("{marker} must follow an {end} directly").format(marker=marker, end=END))
            opened[marker] = at
        elif marker in (END, END_STUDENT):
            begin = opened.pop(marker.replace("END", "BEGIN"), None)
            if begin is None:
                refuse(at, _("{marker} without its beginning").format(marker=marker))
            if marker == END:
                regions.append(
                    Region(begin, at, _message(lines, begin) or refuse(begin, _("no TODO number above")))
                )
            else:
                last = regions.pop()
                regions.append(Region(last.begin, last.end, last.message, (begin, at)))
        elif re.search(r"#\s*(BEGIN|END) (SOLUTION|STUDENT)", line, re.IGNORECASE):
            refuse(at, _("write the marker exactly as {begin!r}, alone on its line").format(begin=BEGIN))
    for marker, at in opened.items():
        refuse(at, _("{marker} is never closed").format(marker=marker))
    return regions


def _message(lines: list[str], begin: int) -> str | None:
    """The TODO right above line `begin`, in the comment there or at the end of that line of code.

    Its number, what is assigned there, and its first sentence. None if there is none.
    """
    code = lines[begin - 1] if begin else ""
    comment: list[str] = []
    for line in reversed(lines[:begin]):
        found = TODO_COMMENT.search(line)
        if found:
            sentence = " ".join([found["text"], *comment]).split(". ")[0].rstrip(".:")
            target = ASSIGNED.match(code)
            return f"TODO {found['number']}: " + (f"{target['name']}, " if target else "") + sentence
        if not line.strip().startswith("#"):
            return None
        comment.insert(0, line.strip("# "))
    return None


def student_version(text: str, name: str) -> str:
    """What the student gets of one solution file. Raises LabError as find_regions does."""
    regions = find_regions(text, name)
    lines, out, after, uses_helper = text.splitlines(), [], 0, False
    for region in regions:
        out += lines[after : region.begin]
        marker = lines[region.begin]
        indent = marker[: len(marker) - len(marker.lstrip())]
        message = region.message.replace('"', "'")
        if region.student:
            out += [_uncomment(line) for line in lines[region.student[0] + 1 : region.student[1]]]
        elif _is_expression(text, region):
            out.append(f'{indent}todo("{message}"),')
            uses_helper = True
        else:
            out.append(f'{indent}raise NotImplementedError("{message}")')
        after = (region.student or (region.begin, region.end))[1] + 1
    result = "\n".join([*out, *lines[after:]]) + "\n"
    if uses_helper:
        last_import = max(
            node.end_lineno or node.lineno
            for node in ast.parse(text).body
            if isinstance(node, ast.Import | ast.ImportFrom)
        )
        head = result.splitlines(keepends=True)
        result = "".join(head[:last_import]) + HELPER + "".join(head[last_import:])
    ast.parse(result)
    return result


def _uncomment(line: str) -> str:
    return re.sub(r"^(\s*)# ?", r"\1", line).rstrip()


def _is_expression(text: str, region: Region) -> bool:
    """Whether the region is inside one simple statement, such as a call that spans lines."""
    compound = (
        ast.FunctionDef
        | ast.AsyncFunctionDef
        | ast.ClassDef
        | ast.If
        | ast.For
        | ast.While
        | ast.With
        | ast.Try
    )
    return any(
        isinstance(node, ast.stmt)
        and not isinstance(node, compound)
        and node.lineno <= region.begin
        and (node.end_lineno or node.lineno) >= region.end + 2
        for node in ast.walk(ast.parse(text))
    )


def answer_lines(text: str, name: str) -> set[str]:
    """The lines of code within one file's answers, stripped. Raises LabError as find_regions does."""
    lines = text.splitlines()
    answers = {
        line.strip() for region in find_regions(text, name) for line in lines[region.begin + 1 : region.end]
    }
    return {line for line in answers if not line.startswith("#")}


def answers_in(student_text: str, solution_text: str, name: str) -> list[str]:
    """The lines of answers that the student's text gives away (it must be none)."""
    answers = {line for line in answer_lines(solution_text, name) if len(line) > 3}
    return sorted(answers & {line.strip() for line in student_text.splitlines()})
