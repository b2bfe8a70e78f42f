"""One run over a class, from the download to the table and the pages. Next files: run.py, table.py."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

from grader.batch.lateness import LateRule, read_more_time, read_time
from grader.batch.progress import progress
from grader.batch.pseudonyms import pseudonyms_of
from grader.batch.results import Results
from grader.batch.run import grade_class, plan_for, processors
from grader.batch.shards import part, take
from grader.batch.table import HUMAN, NOT_GRADABLE, ClassTable, table_of, write_table
from grader.collection.collect import collect
from grader.collection.hand_in import Collection
from grader.errors import LabError
from grader.grading import secret
from grader.grading.options import Options
from grader.grading.scoring import total_points
from grader.outputs.pages.overview import write_overview
from grader.outputs.terminal import print_notes
from grader.platforms.returning import Returning
from grader.report.folder import Gathered
from grader.report.model import CANNOT_BE_GRADED


@dataclass(frozen=True)
class Choices:
    """What an instructor says about the class, beside how it is graded.

    is_fresh: the secret in the options was drawn for this run; one that RESULTS keeps goes before it.
    """

    resume: bool = False
    layout: str | None = None
    name_pattern: str | None = None
    roster: Path | None = None
    deadline: str | None = None
    extra_time: Path | None = None
    late_factor: Decimal = Decimal(1)
    jobs: int | None = None
    pseudonyms: bool = False
    shard: tuple[int, int] | None = None
    others: tuple[Path, ...] = ()  # folders of results, to take from
    is_fresh: bool = True
    returning: Returning = field(default_factory=Returning)


@dataclass(frozen=True)
class Finished:
    """A run that came to its end."""

    table: ClassTable
    results: Results
    rule: LateRule
    returned: list[str]  # what to say of the files that go back

    @property
    def exit_status(self) -> int:
        """0 all are graded, 2 some need a human, 3 some cannot be graded."""
        if self.table.of_status(HUMAN):
            return 2
        return CANNOT_BE_GRADED if self.table.of_status(NOT_GRADABLE) else 0


def grade_download(download: Path, out: Path, options: Options, choices: Choices) -> Finished:
    """Grade a class. Raises LabError where that cannot be begun or cannot go on; what is graded stays."""
    if out.resolve() == download.resolve():
        raise LabError(f"{out} is the download itself: name another folder for the results")
    results = Results(out)
    with results.opened(choices.resume), tempfile.TemporaryDirectory(prefix="unet-lab-") as scratch:
        choices.returning.check(Decimal(sum(total_points().values())))
        collection = collect(
            download,
            scratch=Path(scratch),
            layout=choices.layout,
            name_pattern=choices.name_pattern,
            roster=choices.roster or choices.returning.fresh,  # it lists the class, too
            without=(out,),
        )
        print_notes(collection.notes)
        if choices.shard and choices.pseudonyms:
            raise LabError("--pseudonyms are for the whole class: give them where its parts are put together")
        if choices.shard:
            collection = _part(collection, choices.shard)
        rule = _rule(choices, collection)
        collection, shown = _named(collection, results, choices)
        options = _with_secret(options, results, choices)
        take(results, choices.others)
        plan = plan_for(options, results)
        jobs = choices.jobs or processors()
        with progress(len(collection.hand_ins)) as bar:
            pairs = [(one, shown[one.key]) for one in collection.hand_ins]
            outcomes = grade_class(pairs, plan, results, bar, jobs)
        table = table_of(collection, shown, outcomes, results, rule)
        reports = {results.report_file(row.key): row.report for row in table.rows if row.report}
        write_overview(Gathered(reports), out, results.index, table.page_notes(plan, results))
        returned = choices.returning.write(table.grades, collection.platform, out)
        write_table(table, plan, rule, results)  # last: it says that the run is complete
    return Finished(table, results, rule, returned)


def _rule(choices: Choices, collection: Collection) -> LateRule:
    deadline = read_time(choices.deadline) if choices.deadline else None
    more = {}
    if choices.extra_time:
        more = read_more_time(choices.extra_time, deadline, collection.hand_ins)
    return LateRule(deadline, choices.late_factor, more)


def _named(
    collection: Collection, results: Results, choices: Choices
) -> tuple[Collection, Mapping[str, str]]:
    """The collection, and {key: what reports call it}. Under pseudonyms folders have them as names, too."""
    if not choices.pseudonyms:
        return collection, {one.key: one.name for one in collection.hand_ins}
    names = pseudonyms_of(collection.hand_ins, results.folder)
    hand_ins = tuple(
        sorted((replace(one, key=names[one.key]) for one in collection.hand_ins), key=lambda o: o.key)
    )
    return replace(collection, hand_ins=hand_ins), {one.key: one.key for one in hand_ins}


def _with_secret(options: Options, results: Results, choices: Choices) -> Options:
    """The secret that is kept where none is given; and it is kept."""
    if options.hidden is None:
        return options
    kept = [one for one in (results, *map(Results, choices.others)) if one.secret.exists()]
    if choices.is_fresh and kept:
        options = replace(options, hidden=secret.read(kept[0].secret)[0])
    elif choices.is_fresh and choices.shard:
        raise LabError(
            "all parts of a class need one secret: give it with --hidden-file, --hidden - or --public"
        )
    secret.write(results.secret, str(options.hidden))
    return options


def _part(collection: Collection, shard: tuple[int, int]) -> Collection:
    """Who handed in nothing is missing where the parts are put together."""
    hand_ins = part(collection.hand_ins, shard)
    if not hand_ins:
        raise LabError(f"nobody is in part {shard[0]} of {shard[1]}: make fewer parts")
    return replace(collection, hand_ins=hand_ins, absent=())
