"""The place in the student's own files that a failed check is about."""

import re
from dataclasses import dataclass

from grader.lab.plan import CORE_TODOS
from grader.report.model import Check, Todo

TODO = re.compile(r"TODO (?P<number>E?\d+)")
BLOCK = re.compile(r"(?:down|up)_conv\d|(?:middle|final)_conv")
FILES = {todo.id: todo.file for todo in CORE_TODOS}


@dataclass(frozen=True)
class Place:
    """A line in one of the submission's files."""

    file: str  # as the submission names it
    line: int  # from 1


def place_of(todo: Todo, check: Check | None, files: dict[str, str]) -> Place | None:
    """The line on which the student's code failed, else the TODO's comment, else what the TODO defines.

    files: {name: text}. None where nothing of the kind is there.
    """
    if check and check.file and check.line and check.line <= len(files.get(check.file, "").splitlines()):
        return Place(check.file, check.line)
    number = TODO.match(todo.title)
    wanted = re.compile(rf"#\s*TODO {number['number']}\b") if number else None
    for name in [FILES[todo.id]] if todo.id in FILES else sorted(files):
        line = _line_in(files.get(name, "").splitlines(), _definitions(todo, check), wanted)
        if line is not None:
            return Place(name, line)
    return None


def _definitions(todo: Todo, check: Check | None) -> list[str]:
    """Patterns, each to be found below the one before."""
    name = check.id.rpartition(".")[2] if check else ""
    if todo.id == "conv_blocks":
        block = BLOCK.search(name)
        inside = [rf"self\.{block[0]}\s*="] if block else []
        return [r"\s*class UNet\b", r"\s*def __init__\b", *[rf"\s*{pattern}" for pattern in inside]]
    if todo.id == "crop_and_concat":
        return [r"\s*class CropAndConcat\b", r"\s*def forward\b"]
    if todo.id == "forward":
        return [r"\s*class UNet\b", r"\s*def forward\b"]
    if todo.id == "inference":
        return [rf"\s*def {'preprocess' if name.startswith('preprocess') else 'predict_mask'}\b"]
    return []


def _line_in(lines: list[str], definitions: list[str], wanted: re.Pattern[str] | None) -> int | None:
    start, found = 0, None
    for definition in definitions:
        at = next((at for at in range(start, len(lines)) if re.match(definition, lines[at])), None)
        if at is None:
            break
        start, found = at, at
    if wanted is None:
        return None if found is None else found + 1
    indent = 0 if found is None else len(lines[found]) - len(lines[found].lstrip())
    for at in range(start, len(lines)):
        if wanted.search(lines[at]):
            return at + 1
        outside = re.match(r"(\s*)(?:def|class)\b", lines[at])
        if found is not None and at > found and outside and len(outside[1]) <= indent:
            break
    return None if found is None else found + 1
