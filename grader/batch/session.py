"""One run over a class, from the download to the table and the pages. Next files: run.py, table.py."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

from grader.batch.cluster.connection import Cluster
from grader.batch.lateness import LateRule, read_more_time, read_time
from grader.batch.progress import progress
from grader.batch.pseudonyms import pseudonyms_of
from grader.batch.results import Results
from grader.batch.run import grade_class, plan_for, processors
from grader.batch.shards import Part, Shard, digest, troubles_of, write_part
from grader.batch.table import HUMAN, NOT_GRADABLE, ClassTable, Terms, table_of, write_table
from grader.batch.work import Outcome
from grader.collection.collect import collect
from grader.collection.hand_in import Collection
from grader.errors import LabError
from grader.grading import secret
from grader.grading.options import Options
from grader.grading.run import inputs_of
from grader.grading.scoring import total_points
from grader.lab.version import VERSION
from grader.language import _
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
    cluster: Cluster | None = None
    shard: Shard | None = None
    pseudonyms: bool = False
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
        raise LabError(_("{out} is the download itself: name another folder for the results").format(out=out))
    results = Results(out)
    if choices.shard is not None:
        _refuse_own_secrets(options, results, choices)
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
        rule = _rule(choices, collection)
        whole = collection
        if choices.shard is not None:
            collection = _part(collection, choices.shard)
        collection, shown = _named(collection, results, choices)
        options = _with_secret(options, results, choices)
        plan = plan_for(options, results)
        terms = Terms(inputs_of(options), dict(plan.graded_by))
        with progress(len(collection.hand_ins)) as bar:
            pairs = [(one, shown[one.key]) for one in collection.hand_ins]
            jobs = choices.jobs or processors()
            outcomes = grade_class(pairs, plan, results, bar, jobs, choices.cluster)
        done = finish(collection, shown, outcomes, results, rule, terms, choices.returning)
        if choices.shard is not None:
            keys, troubles = digest(whole.hand_ins), troubles_of(outcomes)
            part = Part(choices.shard, keys, collection, rule, troubles, terms, VERSION, options.language)
            write_part(part, out)
    return done


def finish(
    collection: Collection,
    shown: Mapping[str, str],
    outcomes: Mapping[str, Outcome],
    results: Results,
    rule: LateRule,
    terms: Terms,
    returning: Returning,
) -> Finished:
    """The table, the pages and the files that go back, once all reports are there. Raises LabError."""
    last = results.last_table()
    late_before = {one["key"] for one in last.get("hand_ins", []) if one.get("late")}
    table = table_of(collection, shown, outcomes, results, rule, last)
    for row in table.rows:
        if row.report and (row.grade.late or row.key in late_before):
            results.tell_lateness(row.key, row.grade.lateness)
    reports = {results.report_file(row.key): row.report for row in table.rows if row.report}
    write_overview(Gathered(reports), results.folder, results.index, table.page_notes(terms, results))
    returned = returning.write(table.grades, collection.platform, results.folder)
    write_table(table, terms, rule, results)  # last: it says that the run is complete
    return Finished(table, results, rule, returned)


def _part(collection: Collection, shard: Shard) -> Collection:
    """Who handed in nothing belongs to the first."""
    absent = collection.absent if shard.number == 1 else ()
    hand_ins = shard.part(collection.hand_ins)
    if not hand_ins:
        raise LabError(_("nobody is in shard {shard}: make fewer of them").format(shard=shard))
    return replace(collection, hand_ins=hand_ins, absent=absent)


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


def _refuse_own_secrets(options: Options, results: Results, choices: Choices) -> None:
    """What every shard would draw anew must be the same for all of them."""
    if options.hidden is not None and choices.is_fresh and not results.secret.exists():
        raise LabError(
            _(
                "each shard would draw a secret of its own: give all of them the same one, with "
                "--hidden-file FILE or UNET_LAB_SECRET"
            )
        )
    if choices.pseudonyms:
        raise LabError(_("--pseudonyms is for a class in one piece: shards would invent different ones"))


def _with_secret(options: Options, results: Results, choices: Choices) -> Options:
    """The secret that is kept where none is given; and it is kept."""
    if options.hidden is None:
        return options
    if choices.is_fresh and results.secret.exists():
        return replace(options, hidden=secret.read(results.secret)[0])
    secret.write(results.secret, options.hidden)
    return options
