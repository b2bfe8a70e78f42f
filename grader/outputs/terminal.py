"""What every command prints with: at most 80 columns, errors of one line, progress on a terminal only.

Colours and marks such as a tick only where the terminal has them; piped, plain ASCII. Next: report_lines.py.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn
from rich.text import Text

from grader.language import _
from grader.report.model import FAILED, GRADER_ERROR, PASSED, WAITING
from grader.text import clean

WIDTH = 80
NARROWEST = 30
MARKS = {PASSED: ("✓", "ok"), FAILED: ("✗", "x"), WAITING: ("…", "-"), GRADER_ERROR: ("!", "!")}
STYLES = {PASSED: "green", FAILED: "bold red", WAITING: "dim", GRADER_ERROR: "bold yellow"}


def make_console(stderr: bool = False) -> Console:
    """As wide as the terminal, or as COLUMNS says, and at most 80 columns."""
    console = Console(stderr=stderr, highlight=False, soft_wrap=False)
    is_known = console.is_terminal or os.environ.get("COLUMNS", "").isdecimal()
    console.width = max(NARROWEST, min(console.width if is_known else WIDTH, WIDTH))
    return console


def mark(console: Console, status: str) -> Text:
    """The sign of a check's status: a tick or a cross where the terminal can show it, else ASCII."""
    fancy = (
        console.is_terminal and not console.no_color and (console.encoding or "").lower().startswith("utf")
    )
    return Text(MARKS[status][0 if fancy else 1], style=STYLES[status])


def print_error(message: str) -> None:
    """One line on stderr, however long; never a traceback."""
    console = make_console(stderr=True)
    text = " ".join(clean(message).splitlines())
    console.print(_("error: {text}").format(text=text), style="red", markup=False, soft_wrap=True)


def print_warning(message: str) -> None:
    """One line on stderr; the work goes on."""
    console = make_console(stderr=True)
    console.print(
        _("warning: {text}").format(text=clean(message)), style="yellow", markup=False, soft_wrap=True
    )


def print_notes(notes: Iterable[str]) -> None:
    """What a person should know of the files that were found, one line of stderr each."""
    console = make_console(stderr=True)
    for note in notes:
        console.print(
            _("note: {text}").format(text=clean(note)), style="yellow", markup=False, soft_wrap=True
        )


@contextmanager
def named_work(what: str) -> Iterator[Callable[[str], None]]:
    """Show, on a terminal only, what is being done; yields a function that takes the next name."""
    console = make_console(stderr=True)
    columns = SpinnerColumn("line"), TextColumn("{task.description}")
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(what)
        yield lambda name: progress.update(task, description=name)


@contextmanager
def counted_work(what: str, total: int) -> Iterator[Callable[[], None]]:
    """Show a progress bar, on a terminal only; yields a function to call when one more is done."""
    console = make_console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(what, total=total)
        yield lambda: progress.advance(task)
