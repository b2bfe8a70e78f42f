"""`try.py --watch`: looks after every save, first at what the change can affect. Next file: saves.py."""

import time
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from grader.errors import LabError
from grader.implementations import Frozen, Implementation
from grader.lab.plan import CORE, CORE_TODOS
from grader.language import N_, _
from grader.outputs.report_lines import print_below
from grader.outputs.todo_table import Style, print_todo
from grader.report.model import Report, Todo
from grader.sandbox.trusted import GivenUp, Sandbox
from grader.text import clean
from grader.trying.attempt import Attempt
from grader.trying.changes import affected, changed_blocks
from grader.trying.first_look import files_of, troubles_in
from grader.trying.loading import load
from grader.trying.memory import Memory
from grader.trying.page import LivePage
from grader.trying.round import Round, as_report, check, draw, sizes_in
from grader.trying.said import looked_at, print_next, print_trouble
from grader.trying.saves import Content, Saves, read
from grader.trying.wishes import Wishes

WAITING = N_("Watching for the next save; Ctrl-C ends.")
FIRST = N_("Checking everything once; after a save, what it can change comes first.")


def run_watching(sandbox: Sandbox, wishes: Wishes, console: Console) -> int:
    """Look now and after every save, until Ctrl-C. Raises LabError, and KeyboardInterrupt at the end."""
    content = read(wishes.folder)
    if isinstance(content, str):
        raise LabError(content)
    if not (wishes.folder.is_dir() or wishes.folder.suffix == ".py"):
        raise LabError(
            _("{folder} cannot be watched: give the folder with unet.py").format(folder=wishes.folder)
        )
    with Saves(wishes.folder) as saves:
        watching = Watching(sandbox, saves, wishes, console)
        try:
            watching.look(content)
            while True:
                watching.look(saves.wait())
        except KeyboardInterrupt:
            watching.say_goodbye()
            raise
        finally:
            watching.close()


class Watching:
    """What is known between two saves."""

    def __init__(self, sandbox: Sandbox, saves: Saves, wishes: Wishes, console: Console):
        self.reference = Implementation(Frozen())
        self._sandbox, self._saves, self._wishes, self._console = sandbox, saves, wishes, console
        self._memory = Memory.of(wishes.folder)
        self._page = LivePage() if wishes.opens else None
        self._is_loaded = False
        self._wanted = list(wishes.todos or CORE)
        self._due: list[str] = list(self._wanted)  # to be checked, also if nothing changes any more
        self._files: dict[str, bytes] = {}  # that `_found` is about
        self._found = Round()
        self._drawn_at = ""

    def look(self, content: Content) -> None:
        """At the files after a save, until they change again."""
        if isinstance(content, str):
            self._console.print(
                Text(
                    _("{content}. Waiting for it to come back.").format(content=clean(content)),
                    style="yellow",
                )
            )
            return
        troubles = troubles_in(content, self._wishes.todos)
        if troubles:
            self._clear()
            print_trouble(troubles, self._wishes.folder, self._console)
            self._console.print(f"{_(WAITING)}\n", style="dim")
            return
        changed = [todo for todo in affected(self._files, content) if todo in self._wanted]
        is_first, before, self._files = not self._files, self._files, content
        blocks = changed_blocks(before, content) if not self._due else []
        self._due = [todo for todo in self._wanted if todo in changed or todo in self._due]
        if not self._due:
            self._console.print(
                _("Only layout or comments have changed. {waiting}").format(waiting=_(WAITING)) + "\n",
                style="dim",
            )
            return
        if not self._is_loaded:
            load(self._sandbox, self._wishes, self.reference, self._console)
            self._is_loaded = True
        attempt = Attempt(self._sandbox, content, self.reference, self._saves.has_changed)
        try:
            if is_first:
                self._console.print(_(FIRST), style="dim")
            self._check(attempt, self._due, is_first, [f"conv_blocks.block_{name}" for name in blocks])
        except GivenUp:
            self._console.print(_("Saved again: starting over."), style="dim")
        finally:
            attempt.close()

    def say_goodbye(self) -> None:
        """Where things stand, and where the picture is."""
        report = Report("", {}, self._found.todos)
        if self._found.todos:
            self._console.print(
                "\n",
                _("{score} of {max_score} points.").format(score=report.score, max_score=report.max_score),
                self._last_picture(),
                sep="",
                markup=False,
            )

    def close(self) -> None:
        """Stop serving the page."""
        if self._page is not None:
            self._page.close()

    def _check(
        self, attempt: Attempt, first: Sequence[str], is_first: bool, checks: Sequence[str] = ()
    ) -> None:
        """First what the change can affect (of its TODO these checks, or all), then the rest; the picture."""
        started, before = time.monotonic(), {todo.id: todo for todo in self._found.todos}
        check(attempt, first, self._found, not is_first, checks or None)
        put_off: set[str] = set() if is_first else {todo.id for todo in self._found.todos if todo.is_held_up}
        put_off |= set(first) if checks else set()
        rest = [todo for todo in self._wanted if todo not in first or todo in put_off]
        self._show([todo for todo in self._found.todos if todo.id in first], rest)
        took = f"{', '.join(_numbered(first))}: {time.monotonic() - started:.1f} s"
        if rest:
            self._console.print(
                _("Checked {took}. Now the rest.").format(took=took), style="dim", markup=False
            )
            check(attempt, rest, self._found)
            fresh = [todo for todo in self._found.todos if todo.id in rest]
            self._show([todo for todo in fresh if todo.id in first or _differs(todo, before)], [])
        if not is_first:
            self._add_sizes(attempt, [todo for todo in self._found.todos if todo.id not in rest])
        self._due = []
        report = Report("", {}, self._found.todos)
        self._console.print(
            _("{score} of {max_score} points").format(score=report.score, max_score=report.max_score),
            style="bold",
        )
        self._memory.keep(self._wishes.folder, self._found.todos)
        self._draw(attempt)
        if self._page is not None:
            self._page.show(as_report(self._found, attempt, self._wishes, self.reference), self._console)
        if report.exit_status == 0:
            self._console.print(_("Everything is right."), style="bold green")
        print_next(self._found.todos, self._console)
        self._console.print(f"{_(WAITING)}\n", style="dim")

    def _add_sizes(self, attempt: Attempt, todos: Sequence[Todo]) -> None:
        """What there was no time for before the first verdict."""
        for todo in todos:
            lines = sizes_in(attempt, todo)
            self._found.below[todo.id] += lines
            if lines and self._console.is_terminal:
                self._show([], [])
            else:
                print_below(lines, self._console)

    def _draw(self, attempt: Attempt) -> None:
        if not self._wishes.draws or self._found.is_untouched:
            return
        drawn = draw(attempt, self._wishes, self._console) if attempt.fit()[0] else None
        if drawn is not None:
            self._found.drawn, self._drawn_at = drawn, time.strftime("%H:%M:%S")
        elif self._drawn_at:
            self._console.print(self._last_picture().strip(), markup=False)

    def _last_picture(self) -> str:
        if not self._drawn_at:
            return ""
        said = _("The last picture is {output}, of {time}.")
        return " " + said.format(output=self._wishes.output, time=self._drawn_at)

    def _show(self, todos: Sequence[Todo], pending: Sequence[str]) -> None:
        """On a terminal all that is known; piped, these TODOs."""
        self._clear()
        where = looked_at(self._wishes.folder, files_of(self._files, self._wishes.todos))
        self._console.print(where, style="dim", markup=False)
        style = Style(short=True, in_full=self._wishes.in_full)
        for todo in self._found.todos if self._console.is_terminal else todos:
            behind = _("to be checked again") if todo.id in pending else self._memory.gained(todo)
            print_todo(todo, self._console, style, behind)
            print_below(self._found.below.get(todo.id, ()), self._console)

    def _clear(self) -> None:
        if self._console.is_terminal:
            self._console.clear()


def _numbered(ids: Sequence[str]) -> list[str]:
    return [f"TODO {todo.number}" for todo in CORE_TODOS if todo.id in ids]


def _differs(todo: Todo, before: dict[str, Todo]) -> bool:
    known = before.get(todo.id)
    return known is None or [one.status for one in known.checks] != [one.status for one in todo.checks]
