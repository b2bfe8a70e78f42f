"""What a terminal says at the end of a run over a class: how it went, and who needs a human."""

import statistics
from collections.abc import Iterable

from grader.batch.session import Finished
from grader.batch.table import GRADED, HUMAN, NOT_GRADABLE, ClassTable, Row
from grader.outputs.terminal import make_console
from grader.text import capped, clean, one_line

MOST = 20  # lines of one kind; the rest stands on the class page
PATIENCE = "grade again with --resume, or look yourself"


def print_summary(done: Finished) -> None:
    """To stdout, in 80 columns."""
    console = make_console()
    for line in _lines(done):
        console.print(clean(line), markup=False, soft_wrap=" " not in line.strip())


def _lines(done: Finished) -> Iterable[str]:
    table, results = done.table, done.results
    yield _counts(table)
    marks = [float(row.grade.score) for row in table.of_status(GRADED) if row.grade.score is not None]
    if marks:
        most = next(row.grade.max_score for row in table.of_status(GRADED))
        yield (
            f"mean {statistics.fmean(marks):.1f} of {most}, median {statistics.median(marks):g}, "
            f"{sum(mark == most for mark in marks)} with full marks"
        )
    late = sum(bool(row.grade.late) for row in table.rows)
    if late:
        yield f"{late} late" + (f", their points times {done.rule.factor}" if done.rule.factor != 1 else "")
    if table.redone:
        yield f"graded anew: {len(table.redone)}, of which {len(table.changed)} have another result"
        yield from _some(f"  {key}: {', '.join(why)}" for key, why in sorted(table.redone.items()))
    if table.gone:
        yield f"no longer in the download, and left out: {', '.join(table.gone)}"
    if rows := table.of_status(NOT_GRADABLE):
        yield "\ncannot be graded, because of what was handed in:"
        yield from _reasons(rows)
    if rows := table.of_status(HUMAN):
        yield f"\nneeds a human, and has no points ({PATIENCE}):"
        yield from _reasons(rows)
    yield f"\n{results.index}"
    yield from done.returned
    if results.secret.exists():
        yield f"The secret of the hidden inputs is in {results.secret}: keep it to grade again."


def _counts(table: ClassTable) -> str:
    said = [
        f"{len(table.rows)} hand-ins ({table.collection.platform}): {len(table.of_status(GRADED))} graded"
    ]
    for status, words in ((NOT_GRADABLE, "cannot be graded"), (HUMAN, "need a human")):
        if count := len(table.of_status(status)):
            said.append(f"{count} {words}")
    return ", ".join(said) + (f"; {len(table.absent)} handed in nothing" if table.absent else "")


def _reasons(rows: Iterable[Row]) -> Iterable[str]:
    return _some(f"  {one_line(row.shown)}: {capped(one_line(row.grade.reason), 300)}" for row in rows)


def _some(lines: Iterable[str]) -> Iterable[str]:
    for number, line in enumerate(lines):
        if number == MOST:
            yield "  and more: see the class page"
            return
        yield line
