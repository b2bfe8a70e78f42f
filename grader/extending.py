"""Checks extensions alone, without the core: `python -m grader.extending FOLDER elastic`.

As for `try.py`, the student's code runs in a process of its own. An exercise that is not begun is silence.
"""

from json import dumps
from pathlib import Path
from typing import Annotated

import typer

from grader.errors import LabError
from grader.explain import Explain
from grader.grading.intake import read_submission
from grader.grading.options import Options
from grader.grading.scoring import run_rubric
from grader.implementations import Frozen, Implementation, InWorker
from grader.lab.extensions import EXERCISES, begun
from grader.lab.paths import STUDENT
from grader.outputs.command import start
from grader.outputs.terminal import make_console, named_work, print_todo
from grader.report.model import GRADER_ERROR, Todo, first_wrong
from grader.sandbox.trusted import Sandbox


def check_extensions(folder: Path, names: list[str]) -> list[Todo]:
    """The public checks of those of these exercises that are begun. Raises LabError."""
    unknown = [name for name in names if name not in EXERCISES]
    if unknown:
        raise LabError(f"there is no extension {unknown[0]!r}; there are {', '.join(EXERCISES)}")
    submission = read_submission(folder)
    names = [name for name in begun(submission.files) if not names or name in names]
    if not names:
        return []
    with Sandbox() as sandbox, named_work("checking") as said:
        student, reference = InWorker(sandbox, submission.files), Implementation(Frozen())
        network = Implementation(student)
        options = Options(todos=tuple(names), on_check=lambda check: said(check.title))
        todos = run_rubric(network, reference, Explain(network, reference), options)
        student.close()
    return todos


def run(
    folder: Annotated[Path, typer.Argument(help="The folder with unet.py and extensions/.")] = STUDENT,
    exercises: Annotated[
        list[str] | None, typer.Argument(help=f"Some of {', '.join(EXERCISES)}; else all that are begun.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", hidden=True, help="{exercise: what is printed}")] = False,
) -> None:
    """Check the bonus exercises that are begun, and nothing else.

    Exit status: 0 all of them are right, 1 points lost, 2 the grader could not do its work.
    """
    console, todos = make_console(), check_extensions(folder, exercises or [])
    checks = [check for todo in todos for check in todo.checks]
    if json:
        print(dumps({todo.id: _text(todo) for todo in todos}))
    for todo in todos if not json else []:
        print_todo(todo, console, first_wrong([todo]), short=True)
    if any(check.status == GRADER_ERROR for check in checks):
        raise typer.Exit(2)
    raise typer.Exit(0 if all(todo.is_done for todo in todos) else 1)


def _text(todo: Todo) -> str:
    console = make_console()
    with console.capture() as said:
        print_todo(todo, console, first_wrong([todo]), short=True)
    return said.get()


def main() -> None:
    start(run)


if __name__ == "__main__":
    main()
