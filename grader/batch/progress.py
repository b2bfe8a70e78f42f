"""How far the grading of a class is: a bar on a terminal, and a line now and then anywhere else."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from grader.language import _, ngettext
from grader.outputs.terminal import make_console
from grader.text import clean

EVERY_S = 30.0  # between two lines where there is no terminal


class Shown:
    """What is done, how fast, how long it will take, and how many need a human."""

    def __init__(self, total: int, console: Console, bar: Progress):
        self._total, self._console, self._bar = total, console, bar
        self._task = bar.add_task(_("starting"), total=total)
        self._started = self._said = time.monotonic()
        self._done = self._graded = self._failed = 0

    def step(self, text: str) -> None:
        """What is done before the first hand-in."""
        self._bar.update(self._task, description=text)
        self._started = time.monotonic()

    def note(self, text: str) -> None:
        """Say something that a person should know, above the bar."""
        self._console.print(
            _("note: {text}").format(text=clean(text)), style="yellow", markup=False, soft_wrap=True
        )

    def one(self, was_graded: bool, failed: bool) -> None:
        """One more is done; was_graded: it took the time that grading takes."""
        self._done, self._graded, self._failed = (
            self._done + 1,
            self._graded + was_graded,
            self._failed + failed,
        )
        self.look()

    def look(self) -> None:
        """Show the clock's progress."""
        text = self._text()
        self._bar.update(self._task, completed=self._done, description=text)
        now = time.monotonic()
        if not self._console.is_terminal and now - self._said >= EVERY_S:
            self._said = now
            self._console.print(
                _("{done} of {total}: {text}").format(done=self._done, total=self._total, text=text),
                markup=False,
                soft_wrap=True,
            )

    def _text(self) -> str:
        seconds = time.monotonic() - self._started
        said = []
        if self._done and seconds > 0:
            said.append(_("{done:.0f} a minute").format(done=60 * self._done / seconds))
            left = _spelled(seconds * (self._total - self._done) / self._done)
            said.append(_("{time} left").format(time=left))
        if self._failed:
            human = ngettext("{count} needs a human", "{count} need a human", self._failed)
            said.append(human.format(count=self._failed))
        return _(", ").join(said) or _("grading")


@contextmanager
def progress(total: int) -> Iterator[Shown]:
    """On stderr."""
    console = make_console(stderr=True)
    columns = BarColumn(24), MofNCompleteColumn(), TextColumn("{task.description}")
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        yield Shown(total, console, bar)


def _spelled(seconds: float) -> str:
    if seconds < 60:
        return _("{seconds:.0f} s").format(seconds=seconds)
    minutes = round(seconds / 60)
    return (
        _("{hours} h {minutes} min").format(hours=minutes // 60, minutes=minutes % 60)
        if minutes >= 60
        else _("{minutes} min").format(minutes=minutes)
    )
