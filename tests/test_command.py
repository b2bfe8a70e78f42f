"""How a command line ends: in one line, with the status that it promises."""

from pathlib import Path
from typing import Annotated

import pytest
import typer

from grader.commands.start import start
from grader.errors import LabError
from grader.lab.paths import LAB, MODEL


def interrupted() -> None:
    raise KeyboardInterrupt


def wrong() -> None:
    raise LabError("the folder is empty: name another")


def fine() -> None:
    print("done")


@pytest.mark.parametrize(
    ("command", "stopped", "status", "out", "err"),
    [
        (interrupted, "stopped; --resume goes on", 130, "", "error: stopped; --resume goes on\n"),
        (interrupted, None, 130, "", "Stopped.\n"),
        (wrong, "stopped; --resume goes on", 2, "", "error: the folder is empty: name another\n"),
        (fine, "stopped; --resume goes on", 0, "done\n", ""),
    ],
)
def test_a_command_line_ends_in_one_line(monkeypatch, capsys, command, stopped, status, out, err):
    monkeypatch.setattr("sys.argv", ["command"])
    with pytest.raises(SystemExit) as end:
        start(command, stopped)
    assert (end.value.code or 0) == status
    assert capsys.readouterr() == (out, err)


def of_the_lab(
    model: Annotated[Path, typer.Option(help="The weights.")] = MODEL,
    other: Annotated[Path, typer.Option(help="Another.")] = Path("other.pth"),
) -> None:
    """Look at weights.

    One sentence that is wrapped for an
    editor, and goes on.

        python -m this --is
        python -m that --too
    """


def test_help_is_wrapped_for_the_terminal_and_names_no_place_of_this_machine(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["command", "--help"])
    with pytest.raises(SystemExit):
        start(of_the_lab)
    said = capsys.readouterr().out
    lines = [line.strip(" │") for line in said.splitlines()]
    assert "One sentence that is wrapped for an editor, and goes on." in lines
    assert {"python -m this --is", "python -m that --too"} <= set(lines)
    assert "assets/model.pth" in said
    assert "[default: other.pth]" in said
    assert str(LAB) not in "".join(lines)
