"""The files before anything is started: read, and compiled. Within a second, and without torch or numpy."""

from collections.abc import Collection, Sequence
from pathlib import Path

from rich.console import Console

from grader.intake.submission import Submission, read_submission
from grader.lab.plan import CORE_FILES, CORE_TODOS
from grader.outputs.terminal import print_notes
from grader.source import Trouble, trouble_in
from grader.trying.said import print_trouble


def first_look(folder: Path, todos: Sequence[str] | None, console: Console) -> Submission | None:
    """The submission, or None where Python cannot read it, which is said. Raises LabError."""
    submission = read_submission(folder)
    print_notes(submission.notes)
    troubles = troubles_in(submission.files, todos)
    if troubles:
        print_trouble(troubles, folder, console)
        return None
    return submission


def troubles_in(files: dict[str, bytes], todos: Sequence[str] | None = None) -> list[Trouble]:
    """What Python cannot read of the files that these TODOs, or all, are in."""
    found = (trouble_in(name, files[name]) for name in files_of(files, todos))
    return [trouble for trouble in found if trouble is not None]


def files_of(files: Collection[str], todos: Sequence[str] | None = None) -> list[str]:
    """Those of the core that these TODOs, or all, are in."""
    wanted = {todo.file for todo in CORE_TODOS if todos is None or todo.id in todos}
    return [name for name in CORE_FILES if name in wanted and name in files]
