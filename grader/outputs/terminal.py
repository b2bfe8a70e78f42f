"""The report on a terminal: a table for each TODO with its first failure in full, 80 columns.

Colours and marks such as a tick only where the terminal has them; piped, plain ASCII.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.padding import Padding
from rich.progress import Progress, SpinnerColumn, TextColumn
from rich.table import Table
from rich.text import Text

from grader.report.model import (
    FAILED,
    GRADER_ERROR,
    PASSED,
    PRACTICE,
    WAITING,
    Check,
    Report,
    Todo,
    first_wrong,
)
from grader.text import clean

WIDTH = 80
MARKS = {PASSED: ("✓", "ok"), FAILED: ("✗", "x"), WAITING: ("…", "-"), GRADER_ERROR: ("!", "!")}
STYLES = {PASSED: "green", FAILED: "bold red", WAITING: "dim", GRADER_ERROR: "bold yellow"}


def make_console(stderr: bool = False) -> Console:
    """At most 80 columns wide."""
    console = Console(stderr=stderr, highlight=False, soft_wrap=False)
    console.width = min(console.width if console.is_terminal else WIDTH, WIDTH)
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
    console.print(f"error: {text}", style="red", markup=False, soft_wrap=True)


def print_warning(message: str) -> None:
    """One line on stderr; the work goes on."""
    console = make_console(stderr=True)
    console.print(f"warning: {clean(message)}", style="yellow", markup=False, soft_wrap=True)


def print_notes(notes: Iterable[str]) -> None:
    """What a person should know of the files that were found, one line of stderr each."""
    console = make_console(stderr=True)
    for note in notes:
        console.print(f"note: {clean(note)}", style="yellow", markup=False, soft_wrap=True)


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


def print_report(report: Report, console: Console, short: bool = False) -> None:
    """Every TODO and check, then the score. Short: one line for a TODO that is done."""
    if not report.is_gradable:
        console.print(Text.assemble(("not gradable: ", "bold red"), clean(report.reason)))
        return
    todos = [todo for todo in report.todos if todo.checks]
    for todo in sorted(todos, key=lambda todo: todo.is_extension):
        print_todo(todo, console, short)
    console.print(_score_line(report), style="bold")
    if report.inputs:
        console.print(_inputs_line(report), style="dim")
    if report.why_no_mask:
        console.print(f"no mask of a picture (no points depend on it): {report.why_no_mask}", style="dim")


def print_todo(todo: Todo, console: Console, short: bool = False) -> None:
    """One TODO, its first failure in full; what is still to be written is one line, and no failure."""
    head = Text.assemble(
        (todo.title, "bold"), f"  {todo.score} of {todo.max_score}{' bonus' * todo.is_extension}"
    )
    console.print(head)
    if todo.is_untouched:
        console.print(Text("   still to be written\n", style="dim"))
        return
    if short and todo.is_done:
        sign = mark(console, PASSED)
        console.print(Text.assemble(" " * (2 - len(sign)), sign, f" all {len(todo.checks)} checks\n"))
        return
    wrong = first_wrong([todo])
    table = Table.grid(padding=(0, 1), expand=True)
    table.add_column(width=2, justify="right")
    table.add_column(ratio=1)
    table.add_column(width=5, justify="right")
    for check in todo.checks:
        points = f"{check.score}/{check.max_score}" if check.max_score else ""
        table.add_row(
            mark(console, check.status),
            _what(check, wrong is not None and check is wrong[1], console),
            points,
        )
    console.print(Padding(table, (0, 0, 1, 0)))


def _what(check: Check, in_full: bool, console: Console) -> Text:
    text = Text(check.title)
    if check.is_wrong:
        message = clean(check.message)
        if in_full:
            text.append(f"\n{message}", style=STYLES[check.status])
            if check.hint:
                text.append(f"\n{clean(check.hint)}", style="cyan")
        else:
            text.append(f"\n{message.splitlines()[0]}", style="dim")
            text.truncate(2 * (console.width - 12))
    return text


def _score_line(report: Report) -> str:
    line = f"{report.score} of {report.max_score} points"
    if any(todo.is_extension for todo in report.todos):
        line += f", and {report.bonus} bonus"
    if report.mask:
        line += (
            f"; the mask of {report.mask['image']} agrees with the expected one, IoU {report.mask['iou']:.3f}"
        )
    return line


def _inputs_line(report: Report) -> str:
    if report.is_practice:
        return PRACTICE
    return f"hidden inputs, secret {report.inputs.get('fingerprint')}; lab {report.lab}, {report.time}"
