"""What a terminal says at the end of a run over a class: how it went, and who needs a human."""

import statistics
from collections.abc import Iterable

from grader.batch.session import Finished
from grader.batch.table import GRADED, HUMAN, NOT_GRADABLE, ClassTable, Row
from grader.language import N_, _
from grader.outputs.terminal import make_console
from grader.text import capped, clean, one_line

MOST = 20  # lines of one kind; the rest stands on the class page
PATIENCE = N_("grade again with --resume, or look yourself")


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
            _("mean {mean:.1f} of {most}, median {median:g}, {count} with full marks").format(
                mean=statistics.fmean(marks),
                most=most,
                median=statistics.median(marks),
                count=sum(mark == most for mark in marks),
            )
        )
    late = sum(bool(row.grade.late) for row in table.rows)
    if late:
        lowered, said = _("{count} late, their points times {factor}"), _("{count} late")
        yield (said if done.rule.factor == 1 else lowered).format(count=late, factor=done.rule.factor)
    if table.redone:
        yield _("graded anew: {count}, of which {changed} have another result").format(
            count=len(table.redone), changed=len(table.changed)
        )
        yield from _some(f"  {key}: {', '.join(map(_, why))}" for key, why in sorted(table.redone.items()))
    if table.gone:
        yield _("no longer in the download, and left out: {gone}").format(gone=", ".join(table.gone))
    if rows := table.of_status(NOT_GRADABLE):
        yield "\n" + _("cannot be graded, because of what was handed in:")
        yield from _reasons(rows)
    if rows := table.of_status(HUMAN):
        yield "\n" + _("needs a human, and has no points ({patience}):").format(patience=_(PATIENCE))
        yield from _reasons(rows)
    yield f"\n{results.index}"
    yield from done.returned
    if results.secret.exists():
        yield _("The secret of the hidden inputs is in {secret}: keep it to grade again.").format(
            secret=results.secret
        )


def _counts(table: ClassTable) -> str:
    said = [
        _("{count} hand-ins ({platform}): {graded} graded").format(
            count=len(table.rows), platform=table.collection.platform, graded=len(table.of_status(GRADED))
        )
    ]
    for status, words in (
        (NOT_GRADABLE, _("{count} cannot be graded")),
        (HUMAN, _("{count} need a human")),
    ):
        if count := len(table.of_status(status)):
            said.append(words.format(count=count))
    return _(", ").join(said) + (
        _("; {count} handed in nothing").format(count=len(table.absent)) if table.absent else ""
    )


def _reasons(rows: Iterable[Row]) -> Iterable[str]:
    return _some(f"  {one_line(row.shown)}: {capped(one_line(row.grade.reason), 300)}" for row in rows)


def _some(lines: Iterable[str]) -> Iterable[str]:
    for number, line in enumerate(lines):
        if number == MOST:
            yield "  " + _("and more: see the class page")
            return
        yield line
