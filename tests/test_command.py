"""How a command line ends: in one line, with the status that it promises."""

import pytest

from grader.commands.start import start
from grader.errors import LabError


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
