"""Every command that README and documentation show is one that its program takes, as it is written."""

import importlib
import subprocess
from typing import Any

import pytest
import typer
from commands import PAGES, Command, commands_of

from grader.commands.line import app
from grader.commands.start import take_language
from grader.commands.try_ import run as try_
from grader.lab.paths import LAB

COMMANDS = [command for page in PAGES for command in commands_of(page)]
# Programs of others: their own tests, and ours of the course, of the set-up and of the site, run these.
REFUSED = typer.BadParameter.__base__  # what a command line raises for words that it does not take
OTHERS = {"nbgrader", "source", "cd", "py", "uv", "pip", "jupyter", "export"}


def takes(command: Any, words: list[str], parent: Any = None) -> None:
    """Let a command line parse the words, those of its sub-commands too. Raises what it raises."""
    try:
        context = command.make_context(command.name or "", list(words), parent)
    except typer.Exit:  # --help
        return
    if hasattr(command, "resolve_command"):
        _, inner, rest = command.resolve_command(context, [*context._protected_args, *context.args])
        assert inner is not None
        takes(inner, rest, context)


def of_function(function) -> Any:
    """A function as the command line that typer makes of it."""
    one = typer.Typer()
    one.command()(function)
    return typer.main.get_command(one)


def speaking(command: Any) -> Any:
    """As it is started: every command of the lab takes --lang."""
    take_language(command)
    return command


def check_python(words: list[str]) -> None:
    """`-m grader ...`, `-m assets.make...`, `try.py ...`, or another file that is there."""
    if words[:2] == ["-m", "grader"]:
        takes(speaking(typer.main.get_command(app)), words[2:])
    elif words[0] == "-m" and words[1].startswith("assets."):
        package = importlib.util.find_spec(words[1])
        assert package is not None
        name = f"{words[1]}.__main__" if package.submodule_search_locations else words[1]
        module = importlib.import_module(name)
        own = [getattr(module, name, None) for name in ("run", "main")]
        entry = next(one for one in own if one is not None and one.__module__ == module.__name__)
        if len(words) > 2:
            takes(of_function(entry), [word for word in words[2:] if word[0] not in "[."])
    elif words[0] == "try.py":
        takes(speaking(of_function(try_)), words[1:])
    elif words[0] != "-m":
        assert (LAB / words[0]).is_file()
    else:
        assert words[1] in ("pip", "venv", "pytest", "dask")


def test_there_are_commands():
    assert {command.page for command in COMMANDS} >= {
        "README.md",
        "docs/hidden-inputs.md",
        "docs/nbgrader.md",
    }
    assert len(COMMANDS) > 40


@pytest.mark.parametrize("command", COMMANDS, ids=str)
def test_its_program_takes_it(command: Command):
    words = list(command.words[1:])
    if command.program in ("python", "python3"):
        check_python(words)
    elif command.program == "make":
        done = subprocess.run(["make", "-n", *words], cwd=LAB, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    else:
        assert command.program in OTHERS


@pytest.mark.parametrize(
    "wrong", ["-m grader grade X --jason F", "-m grader grad X", "try.py --modle m", "none.py"]
)
def test_a_wrong_one_is_found(wrong):
    with pytest.raises((REFUSED, AssertionError)):
        check_python(wrong.split())
