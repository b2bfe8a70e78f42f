"""`python -m grader extensions`: checks extensions alone, without the core.

As for `try.py`, the student's code runs in a process of its own.
"""

from json import dumps
from pathlib import Path
from typing import Annotated

import typer

from grader.lab.paths import STUDENT
from grader.outputs.terminal import make_console
from grader.outputs.todo_table import Style, print_todo
from grader.report.model import GRADER_ERROR, Todo


def run(
    folder: Annotated[Path, typer.Argument(help="The folder with unet.py and extensions/.")] = STUDENT,
    extensions: Annotated[
        list[str] | None,
        typer.Argument(help="Some of them, such as elastic; without any, all that are begun."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", hidden=True, help="As JSON, for a notebook.")] = False,
) -> None:
    """Check the extensions that are begun, and nothing else.

    Exit status: 0 all of them are right, 1 points lost, 2 the grader could not do its work.
    """
    from grader.grading.extensions import check_extensions  # late, so that --help stays fast

    console, todos = make_console(), check_extensions(folder, extensions or [])
    checks = [check for todo in todos for check in todo.checks]
    if json:
        print(dumps({todo.id: _text(todo) for todo in todos}))
    for todo in todos if not json else []:
        print_todo(todo, console, Style(short=True))
    if any(check.status == GRADER_ERROR for check in checks):
        raise typer.Exit(2)
    raise typer.Exit(0 if all(todo.is_done for todo in todos) else 1)


def _text(todo: Todo) -> str:
    console = make_console()
    with console.capture() as said:
        print_todo(todo, console, Style(short=True))
    return said.get()
