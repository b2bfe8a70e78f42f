"""How every command line of the lab starts and ends: never with a traceback."""

import sys
from collections.abc import Callable
from typing import NoReturn

import typer

from grader.errors import LabError
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
    try:
        app()
    except LabError as error:
        print_error(str(error))
        sys.exit(2)
    except KeyboardInterrupt:
        _end_stopped(stopped)
    except SystemExit as end:  # typer ends by itself where it sees Ctrl-C first
        if end.code != STOPPED:
            raise
        _end_stopped(stopped)


def _end_stopped(line: str | None) -> NoReturn:
    if line:
        print_error(line)
    else:
        print("Stopped.", file=sys.stderr)
    sys.exit(STOPPED)
