"""One TODO on a terminal: a row for each check, one failure in full, no reason twice; 40 to 80 columns."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader.lab.plan import CHILDREN
from grader.language import _, ngettext
from grader.outputs.shortening import shortened
from grader.outputs.terminal import STYLES, mark
from grader.report.model import FAILED, PASSED, WAITING, WAITS, Check, Todo, first_wrong
from grader.text import clean

POINTS = 5  # columns
LAYER = re.compile(rf"\b({'|'.join(CHILDREN)})\b")
NUMBER = re.compile(r"-?\d[\d.,]*")


@dataclass
class Style:
    """How much is said. said: the reasons that stand above already."""

    short: bool = False  # one line for a TODO that is done
    in_full: bool = False  # every message and hint, and nothing gathered
    said: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Row:
    """One line of the table: a check, or several of one kind."""

    status: str
    text: Text
    checks: Sequence[Check]

    @property
    def points(self) -> str:
        """What they earned of what they are worth."""
        score, worth = sum(one.score for one in self.checks), sum(one.max_score for one in self.checks)
        return f"{score}/{worth}" if worth else ""


def print_todo(todo: Todo, console: Console, style: Style | None = None, gained: str = "") -> None:
    """One TODO; what is still to be written is one line, and no failure. gained: behind the points."""
    style = style or Style()
    points = _("{score} of {max_score} bonus") if todo.is_extension else _("{score} of {max_score}")
    points = "  " + points.format(score=todo.score, max_score=todo.max_score)
    apart = "\n " if cell_len(f"{todo.title}{points}") > console.width else ""
    console.print(Text.assemble((todo.title, "bold"), apart, points, (gained and f"  {gained}", "green")))
    if todo.is_untouched:
        console.print(Text(f"   {_('still to be written')}\n", style="dim"))
        return
    if style.short and todo.is_done:
        sign = mark(console, PASSED)
        every = _("all {count} checks").format(count=len(todo.checks))
        console.print(Text.assemble(" " * (2 - len(sign)), sign, f" {every}"))
        for check in todo.checks:
            if note := _note(check):
                console.print(Padding(Text(note, style="dim"), (0, 0, 0, 3)))
        console.print()
        return
    table = Table.grid(padding=(0, 1), expand=True)
    table.add_column(width=2, justify="right")
    table.add_column(ratio=1, overflow="fold")  # Chinese has no spaces to wrap at
    table.add_column(width=POINTS, justify="right")
    for row in rows(todo, console.width - POINTS - 4, style):
        table.add_row(mark(console, row.status), row.text, row.points)
    console.print(Padding(table, (0, 0, 1, 0)))


def rows(todo: Todo, room: int, style: Style) -> list[Row]:
    """The checks in order; those that fail or wait for one reason stand in one row behind its first."""
    if style.in_full:
        return [Row(check.status, _said(check, room, True), [check]) for check in todo.checks]
    wrong = [check for check in todo.checks if check.is_wrong]
    if wrong and all(reason(check) in style.said for check in wrong):
        return _all_said(todo, wrong)
    found: list[Row] = []
    first, seen = first_wrong([todo]), set[str]()
    blocks = [check for check in todo.checks if check.status == PASSED and _block_of(check)]
    groups = {
        key: [check for check in todo.checks if reason(check) == key] for key in map(reason, todo.checks)
    }
    for check in todo.checks:
        key = reason(check)
        alike = groups[key]
        if key in seen:
            continue
        if style.short and check in blocks and len(blocks) > 1:
            if check is blocks[0]:
                names = _(", ").join(map(_block_of, blocks))
                right = _("{names} compute what they should").format(names=names)
                found.append(Row(PASSED, Text(right), blocks))
            continue
        if check.status == WAITING and len(alike) > 1:
            seen.add(key)
            waiting = _("{count} checks wait for that").format(count=len(alike))
            found.append(Row(WAITING, Text(waiting, style="dim"), alike))
            continue
        status = WAITING if check.is_unfilled else check.status
        found.append(Row(status, _said(check, room, first is not None and check is first[1]), [check]))
        if check.is_wrong:
            seen.add(key)
            if len(alike) > 1:
                found.append(Row(status, Text(_of_several(alike[1:]), style="dim"), alike[1:]))
    style.said |= {key for key in seen if key}
    return found


def reason(check: Check) -> str:
    """The same for checks that fail for one reason; "" for those that passed."""
    if check.status == PASSED:
        return ""
    if check.status == WAITING:
        return WAITING
    if check.cause:
        return check.cause
    first = check.message.splitlines()[0] if check.message else ""
    return NUMBER.sub("0", LAYER.sub("layer", first))


def _all_said(todo: Todo, wrong: Collection[Check]) -> list[Row]:
    others = [check for check in todo.checks if check.status == PASSED and check.max_score]
    missed = [check for check in todo.checks if check.status != PASSED]
    text = Text(_("not right, for the reason that stands above"), style="dim")
    return [*(Row(PASSED, Text(check.title), [check]) for check in others), Row(FAILED, text, missed)]


def _of_several(checks: Sequence[Check]) -> str:
    blocks = [name for check in checks if (name := _block_of(check))]
    count, unfilled = len(checks), checks[0].is_unfilled
    if len(blocks) < count and unfilled:
        said = ngettext(
            "and {count} more check still to be written", "and {count} more checks still to be written", count
        )
    elif len(blocks) < count:
        said = ngettext(
            "and {count} more check for the same reason", "and {count} more checks for the same reason", count
        )
    elif unfilled:
        said = ngettext(
            "and {count} more block still to be written: {blocks}",
            "and {count} more blocks still to be written: {blocks}",
            count,
        )
    else:
        said = ngettext(
            "and {count} more block for the same reason: {blocks}",
            "and {count} more blocks for the same reason: {blocks}",
            count,
        )
    return said.format(count=count, blocks=_(", ").join(blocks))


def _block_of(check: Check) -> str:
    """The convolution block that a check is about, or nothing."""
    name = check.id.rpartition(".block_")[2]
    return name if name in CHILDREN else ""


def _said(check: Check, room: int, in_full: bool) -> Text:
    text = Text(check.title)
    if check.is_wrong and in_full:
        text.append(f"\n{clean(check.message)}", style="" if check.is_unfilled else STYLES[check.status])
        if check.hint:
            text.append(f"\n{clean(check.hint)}", style="cyan")
    elif check.is_wrong:
        text.append(f"\n{shortened(clean(check.message), 2 * room - 12)}", style="dim")
    elif note := _note(check):
        text.append(f"\n{note}", style="dim")
    return text


def _note(check: Check) -> str:
    """What is worth knowing of a check that passed; that it was not tried, its title says."""
    is_note = check.status == PASSED and not check.message.startswith(_(WAITS).partition("{")[0])
    return clean(check.message) if is_note else ""
