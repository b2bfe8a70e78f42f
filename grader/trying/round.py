"""One look at a student's files, shown as it goes: fit, checks, mask, and what comes next."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from rich.console import Console
from rich.text import Text

from grader.errors import LabError
from grader.explain.forward import questions
from grader.implementations import Implementation, SubmissionFault
from grader.lab.plan import CORE
from grader.lab.version import VERSION
from grader.language import N_, _
from grader.outputs.found import NEXT_TO_NONE, is_next_to_none
from grader.outputs.report_lines import print_report
from grader.outputs.shortening import excerpt
from grader.outputs.terminal import named_work, print_warning
from grader.pictures.masks import mask_beside, open_mask
from grader.report.model import Masks, Report, Todo, first_wrong
from grader.text import clean
from grader.trying import picture
from grader.trying.attempt import Attempt
from grader.trying.memory import Memory
from grader.trying.picture import Drawn, Mask
from grader.trying.sizes import sizes_of
from grader.trying.steps import is_last, steps_of
from grader.trying.wishes import Wishes

UNTOUCHED = N_(
    "Nothing is wrong yet: every TODO is still to be written.\n"
    "Start with TODO 1 in student/unet.py, then run this again."
)


@dataclass
class Round:
    """What came of one state of the files."""

    todos: list[Todo] = field(default_factory=list)
    below: dict[str, list[str]] = field(default_factory=dict)  # {TODO: lines that stand below it}
    drawn: Drawn | None = None

    @property
    def is_untouched(self) -> bool:
        """Whether every TODO is still to be written."""
        return bool(self.todos) and all(todo.is_untouched for todo in self.todos)


def check(
    attempt: Attempt,
    todos: Sequence[str] | None,
    found: Round,
    is_in_haste: bool = False,
    checks: Sequence[str] | None = None,
) -> Round:
    """Check these TODOs, naming the check at work on a terminal; they take their places in `found`.

    is_in_haste: what depends on the other TODOs, too, and the sizes are left for later. checks: these alone,
    and what they need; the others of their TODO stay as they were.
    """
    with named_work(_("checking")) as name:
        fresh = attempt.check(todos, lambda one: name(one.title), is_in_haste, checks)
    known = {todo.id: todo for todo in found.todos}
    if checks is not None:
        fresh = [_brought_up_to_date(known[todo.id], todo) for todo in fresh]
    known |= {todo.id: todo for todo in fresh}
    found.todos = sorted(known.values(), key=lambda todo: CORE.index(todo.id))
    for todo in fresh:
        found.below[todo.id] = printed_in(attempt, todo)
        if not is_in_haste:
            found.below[todo.id] += sizes_in(attempt, todo)
    return found


def _brought_up_to_date(known: Todo, fresh: Todo) -> Todo:
    checks = {check.id: check for check in fresh.checks}
    return replace(known, checks=[checks.get(check.id, check) for check in known.checks])


def printed_in(attempt: Attempt, todo: Todo) -> list[str]:
    """What the code printed while the TODO was checked."""
    printed = attempt.printed.get(todo.id, "")
    return [_("your code printed:"), *(f"| {line}" for line in excerpt(printed))] if printed.strip() else []


def sizes_in(attempt: Attempt, todo: Todo) -> list[str]:
    """Where forward fails, the sizes in it."""
    fails = todo.id == "forward" and not todo.is_untouched and any(check.is_wrong for check in todo.checks)
    return sizes_of(attempt.student) if fails else []


def draw(attempt: Attempt, wishes: Wishes, console: Console) -> Drawn | None:
    """The mask, saved as a picture, with what is to be said about it."""
    with named_work(_("drawing the mask of {name}").format(name=wishes.car.name)):
        mask, why = attempt.mask(wishes.picture)
    printed = excerpt(attempt.printed.pop("mask", ""))
    if printed:
        console.print(_("While it drew the mask, your code printed:"), style="dim")
        for line in printed:
            console.print(Text(f"| {clean(line)}", style="dim"), no_wrap=True, overflow="ellipsis")
    if mask is None:
        console.print(why, markup=False)
        return None
    drawn = picture.draw(wishes.picture, mask, truth_of(wishes), wishes.output)
    console.print(drawn.said(wishes.car), markup=False)
    if is_next_to_none(drawn.share):
        console.print(_(NEXT_TO_NONE), style="yellow")
    console.print(_("Look at {output}").format(output=wishes.output), markup=False)
    return drawn


def truth_of(wishes: Wishes) -> Mask | None:
    """The mask beside the picture; None where there is none, or a warning says why it cannot be read."""
    path = mask_beside(wishes.car)
    if path is None:
        return None
    try:
        return open_mask(path, wishes.picture.size).astype(np.uint8)
    except LabError as error:
        print_warning(_("the mask is not compared: {error}").format(error=error))
        return None


def print_round(found: Round, wishes: Wishes, console: Console, gained: Mapping[str, str]) -> None:
    """The TODOs and the score."""
    report = Report("", {}, found.todos)
    print_report(report, console, short=True, in_full=wishes.in_full, gained=gained, below=found.below)


def print_help(found: Round, memory: Memory, console: Console) -> None:
    """One step more for the first failure, each time it is asked for."""
    wrong = first_wrong(found.todos)
    if wrong is None:
        console.print(_("There is nothing wrong to help with."))
        return
    todo, one = wrong
    steps = memory.one_step_more(f"{one.id}: {one.cause or one.message}")
    console.print(Text(_("Help with {todo}, {check}").format(todo=todo.title, check=one.title), style="bold"))
    for line in steps_of(todo, one, steps):
        console.print(Text(line, style="cyan"))
    if not is_last(todo, steps):
        console.print(_("With --hint once more: the next step."), style="dim")


def as_report(found: Round, attempt: Attempt, wishes: Wishes, reference: Implementation) -> Report:
    """For the feedback page."""
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in attempt.files.items()}
    report = Report(wishes.folder.resolve().name, digests, found.todos, lab=VERSION)
    report.output = "".join(attempt.worker.output)
    report.printed = dict(attempt.printed)
    report.wiring = _wiring(attempt.student, reference)
    if found.drawn is not None:
        expected = truth_of(wishes)
        if expected is not None:
            seen = found.drawn.mask
            report.masks = Masks(wishes.car, np.asarray(seen > 0), np.asarray(expected > 0))
            report.mask = {"image": wishes.car.name, "iou": found.drawn.iou}
    return report


def _wiring(student: Implementation, reference: Implementation) -> dict[str, Any] | None:
    """The graphs that both draw of forward; None where the student's cannot be had."""
    x, weights = questions()
    try:
        return {"seen": student.wiring(x, weights), "expected": reference.wiring(x, weights)}
    except SubmissionFault:
        return None
