"""How every command line of the lab starts and ends: never with a traceback."""

import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn

import typer

from grader.commands import typers_words
from grader.errors import LabError
from grader.lab.paths import LAB
from grader.language import OPTION, _, chosen, use
from grader.outputs.terminal import print_error

STOPPED = 130  # exit status after Ctrl-C, as shells have it


def start(command: Callable[..., None] | typer.Typer, stopped: str | None = None) -> None:
    """Run a function, or a typer app of several, as a command line.

    Exit status: 2 with one line for a LabError; 130 for Ctrl-C, with "Stopped.", or the line `stopped` as an
    error where there is something to say about it.
    """
    use(chosen(sys.argv[1:]))
    if isinstance(command, typer.Typer):
        app = command
    else:
        app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        app.command()(command)
    program = typer.main.get_command(app)
    teach(program)
    take_language(program)
    typers_words.translate()
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

    In the language that was chosen. A default within the lab is shown as a path within the lab.
    """
    if command.help:
        command.help = "\n\n".join(map(_, paragraphs(command.help)))
    typers_words.name_places(command)
    for option in command.params:
        if getattr(option, "help", None):
            option.help = _(option.help)
        if getattr(option, "rich_help_panel", None):
            option.rich_help_panel = _(option.rich_help_panel)
        if isinstance(option.default, Path) and option.default.is_relative_to(LAB) and option.show_default:
            option.show_default = option.default.relative_to(LAB).as_posix()
    of_typer = command.get_help_option

    def help_option(context: Any) -> Any:
        option = of_typer(context)
        if option is not None:
            option.help = _("Show this message and exit.")
        return option

    command.get_help_option = help_option
    for one in getattr(command, "commands", {}).values():
        teach(one)


def paragraphs(text: str) -> list[str]:
    """A docstring's, each on one line; indented ones are commands and stay as they are."""
    found = inspect.cleandoc(text).split("\n\n")
    return [one if one.startswith(" ") else " ".join(one.split("\n")) for one in found]


def take_language(command: Any) -> None:
    """Give a command, and those in it, the option `--lang`; `start` has read it before help was made."""
    app = typer.Typer(add_completion=False)
    app.command()(_language)
    option: Any = typer.main.get_command(app).params[0]
    option.expose_value, option.help = False, _(option.help)
    command.params.append(option)
    for one in getattr(command, "commands", {}).values():
        take_language(one)


def _language(
    lang: Annotated[
        Literal["en", "zh"] | None,
        typer.Option(OPTION, help="The language. By default that of UNET_LAB_LANG, or else of the system."),
    ] = None,
) -> None:
    """Only its option is used."""


def _end_stopped(line: str | None) -> NoReturn:
    if line:
        print_error(line)
    else:
        print(_("Stopped."), file=sys.stderr)
    sys.exit(STOPPED)
