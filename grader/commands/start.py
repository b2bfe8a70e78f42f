"""How every command line of the lab starts and ends: never with a traceback."""

import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import typer

from grader.errors import LabError
from grader.lab.paths import LAB
from grader.outputs.terminal import print_error

STOPPED = 130  # exit status after Ctrl-C, as shells have it


def start(command: Callable[..., None] | typer.Typer, stopped: str | None = None) -> None:
    """Run a function, or a typer app of several, as a command line.

    Exit status: 2 with one line for a LabError; 130 for Ctrl-C, with "Stopped.", or the line `stopped` as an
    error where there is something to say about it.
    """
    if isinstance(command, typer.Typer):
        app = command
    else:
        app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        app.command()(command)
    program = typer.main.get_command(app)
    teach(program)
    try:
        program()
    except LabError as error:
        print_error(str(error))
        sys.exit(2)
    except KeyboardInterrupt:
        _end_stopped(stopped)
    except SystemExit as end:  # typer ends by itself where it sees Ctrl-C first
        if end.code != STOPPED:
            raise
        _end_stopped(stopped)


def teach(command: Any) -> None:
    """Lay out the help of a command and of those in it, for any width of terminal.

    Lines of a paragraph are joined, since docstrings are wrapped for editors; indented ones are commands and
    stay. A default within the lab is shown as a path within the lab.
    """
    if command.help:
        paragraphs = inspect.cleandoc(command.help).split("\n\n")
        command.help = "\n\n".join(
            one if one.startswith(" ") else " ".join(one.split("\n")) for one in paragraphs
        )
    for option in command.params:
        if isinstance(option.default, Path) and option.default.is_relative_to(LAB) and option.show_default:
            option.show_default = option.default.relative_to(LAB).as_posix()
    for one in getattr(command, "commands", {}).values():
        teach(one)


def _end_stopped(line: str | None) -> NoReturn:
    if line:
        print_error(line)
    else:
        print("Stopped.", file=sys.stderr)
    sys.exit(STOPPED)
