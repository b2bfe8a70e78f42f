"""Short texts about a student's files: which were looked at, what Python cannot read, what comes next."""

import os
import time
from collections.abc import Iterable
from pathlib import Path

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from grader.lab.plan import CORE_TODOS
from grader.language import _, ngettext
from grader.outputs.shortening import cut
from grader.report.model import Todo, first_wrong, next_untouched
from grader.source import Trouble, at_line
from grader.text import clean, one_line

DAY_S = 24 * 3600
NUMBERS = {todo.id: todo.number for todo in CORE_TODOS}
FILES = {todo.id: todo.file for todo in CORE_TODOS}


def looked_at(folder: Path, files: Iterable[str]) -> str:
    """Which of the files were read, and when each was saved."""
    names = list(files)
    first = [f"{_shown(folder, name)}{_saved(folder, name)}" for name in names[:1]]
    every = [*first, *(f"{name}{_saved(folder, name)}" for name in names[1:])]
    return _("Looked at {files}").format(files=_(", ").join(every))


def print_trouble(
    troubles: list[Trouble], folder: Path, console: Console, was_to_be_packed: bool = False
) -> None:
    """What Python cannot read: place, reason, and the line with a caret; then what was not done."""
    for trouble in troubles:
        place = f"{_shown(folder, trouble.file)}{_saved(folder, trouble.file)}"
        said = f"{at_line(place, trouble.line)}: {trouble.message}"
        console.print(Text(clean(said), style="bold red"))
        print_source(trouble, console)
    console.print(_nothing_was_done(len(troubles), was_to_be_packed), markup=False)


def _nothing_was_done(count: int, was_to_be_packed: bool) -> str:
    if was_to_be_packed:
        return ngettext(
            "Python cannot read this file, so nothing was packed.",
            "Python cannot read these files, so nothing was packed.",
            count,
        )
    return ngettext(
        "Python cannot read this file, so nothing was checked.",
        "Python cannot read these files, so nothing was checked.",
        count,
    )


def print_source(trouble: Trouble, console: Console) -> None:
    """The line of the student's, with a caret below the column; a long one around that column."""
    source = clean(trouble.source).replace("\t", " ")
    stripped = source.lstrip()
    if not stripped.strip():
        return
    room = console.width - 8
    at = None if trouble.column is None else max(0, trouble.column - (len(source) - len(stripped)))
    start = 0 if at is None or at < room - 4 else at - room // 2
    shown = ("… " if start else "") + stripped[start : start + room]
    console.print(Text(f"    {shown}"), no_wrap=True, overflow="ellipsis")
    if at is not None:
        before = shown[: at - start + (2 if start else 0)]
        console.print(Text(" " * (4 + cell_len(before)) + "^", style="bold red"))


def next_line(todos: list[Todo]) -> str:
    """What to do next; empty where all is done."""
    wrong = first_wrong(todos)
    if wrong:
        return _("next: TODO {number} in {file}: {title}").format(
            number=_number(wrong[0]), file=FILES.get(wrong[0].id, ""), title=one_line(wrong[1].title)
        )
    untouched = next_untouched(todos)
    if untouched:
        return _("next: {title}, in {file}").format(title=untouched.title, file=FILES.get(untouched.id, ""))
    return ""


def print_next(todos: list[Todo], console: Console) -> None:
    """The same, on one line."""
    line = next_line(todos)
    if line:
        console.print(Text(cut(line, console.width), style="bold"))


def _number(todo: Todo) -> str:
    return str(NUMBERS.get(todo.id, todo.id))


def _shown(folder: Path, name: str) -> str:
    """The file's path as one would type it here."""
    path = folder / name if folder.is_dir() else folder
    try:
        short = os.path.relpath(path)
    except ValueError:  # on another drive
        return str(path)
    return str(path) if short.startswith("..") else short


def _saved(folder: Path, name: str) -> str:
    path = folder / name if folder.is_dir() else folder
    try:
        saved = path.stat().st_mtime
    except OSError:
        return ""
    is_recent = abs(time.time() - saved) < DAY_S
    when = time.strftime("%H:%M:%S" if is_recent else "%Y-%m-%d %H:%M", time.localtime(saved))
    return _(" (saved {time})").format(time=when)
