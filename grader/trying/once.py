"""One run of try.py: a look at the files, and an exit status. Next files: round.py, watch.py."""

from rich.console import Console

from grader.implementations import Frozen, Implementation
from grader.intake.submission import Submission
from grader.language import _
from grader.report.model import Report
from grader.sandbox.trusted import Sandbox
from grader.trying import page
from grader.trying.attempt import Attempt
from grader.trying.first_look import files_of
from grader.trying.loading import load
from grader.trying.memory import Memory
from grader.trying.round import UNTOUCHED, Round, as_report, check, draw, print_help, print_round
from grader.trying.said import looked_at, print_next
from grader.trying.wishes import Wishes


def run_once(sandbox: Sandbox, submission: Submission, wishes: Wishes, console: Console) -> int:
    """Look at the files once -> 0 all right, 1 points lost, 2 the grader failed. Raises LabError."""
    reference = Implementation(Frozen())
    load(sandbox, wishes, reference, console)
    attempt = Attempt(sandbox, submission.files, reference)
    try:
        return show(attempt, reference, wishes, console)
    finally:
        attempt.close()


def show(attempt: Attempt, reference: Implementation, wishes: Wishes, console: Console) -> int:
    """Everything after the first two lines; returns the exit status."""
    fits, said = attempt.fit(is_told_below=wishes.todos is None)
    if said:
        console.print(said, markup=False)
    console.print(looked_at(wishes.folder, files_of(attempt.files, wishes.todos)), markup=False)
    memory = Memory.of(wishes.folder)
    found = check(attempt, wishes.todos, Round())
    if found.is_untouched and wishes.todos is None:
        console.print(_(UNTOUCHED))
    else:
        print_round(found, wishes, console, memory.all_gained(found.todos))
        if fits and wishes.draws:
            found.drawn = draw(attempt, wishes, console)
        print_next(found.todos, console)
        if wishes.hint:
            print_help(found, memory, console)
    memory.keep(wishes.folder, found.todos)
    if wishes.opens:
        page.open_file(as_report(found, attempt, wishes, reference), console)
    return Report("", {}, found.todos).exit_status
