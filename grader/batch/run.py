"""Grades every hand-in of a class, and keeps each result. Next files: work.py, pool.py, results.py."""

import os
from collections.abc import Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import replace

from grader.batch.cluster.connection import Cluster
from grader.batch.cluster.pool import ClusterPool
from grader.batch.pool import Died, Pool
from grader.batch.progress import Shown
from grader.batch.results import Results, write_privately
from grader.batch.work import Outcome, Plan, bench_for, grade_hand_in
from grader.collection.hand_in import HandIn
from grader.errors import LabError
from grader.grading import capacity
from grader.grading.options import Options
from grader.lab.digests import graded_by
from grader.language import N_, _, use
from grader.release.expected import record_in

DIED = N_("the process that graded it ended without a word, twice")


def processors() -> int:
    """How many processes to use: one for each processor that this machine lets us have."""
    return max(1, int(capacity.processors()))


def plan_for(options: Options, results: Results, pages: bool = True) -> Plan:
    """How this class is graded. Raises LabError."""
    # One thread each: the processes share the processors, and marks do not depend on how many there are.
    options = replace(options, threads=options.threads or 1)
    digests = tuple(sorted(graded_by(options.model, options.hidden_pictures).items()))
    plan = Plan(options, digests, pages=pages)
    return plan if options.hidden is None else replace(plan, expected=results.expected(plan))


def grade_class(
    hand_ins: Sequence[tuple[HandIn, str]],
    plan: Plan,
    results: Results,
    shown: Shown,
    jobs: int,
    cluster: Cluster | None = None,
) -> dict[str, Outcome]:
    """{key: what came of it}, each result written when it is there.

    hand_ins: each with what reports call it. jobs: processes here, where there is no cluster. Raises
    LabError where the grading cannot go on; what was written stays. Ctrl-C ends the processes.
    """
    outcomes: dict[str, Outcome] = {}
    if not hand_ins:
        return outcomes
    tasks = [(one.key, (plan, one, name, results.before(one.key))) for one, name in hand_ins]
    is_new = any(arguments[-1] is None for _, arguments in tasks)
    pool: Pool | ClusterPool
    if cluster is not None:
        pool = ClusterPool(cluster, plan, begin, shown.note)
    else:
        pool = Pool(min(jobs, len(hand_ins)), begin, (plan, is_new))
    try:
        _record_expected(pool, plan, results, shown)
        shown.step(_("grading"))
        for found in pool.each(grade_hand_in, tasks):
            if found is None:
                shown.look()
                continue
            key, outcome = found
            if isinstance(outcome, Died):
                outcome = Outcome(key, "needs a human", (_(DIED),))
            if outcome.kind == "graded":
                results.write(outcome)
            outcomes[key] = replace(outcome, report="", page="")  # of a thousand, this would be 200 MB
            shown.one(outcome.kind == "graded", outcome.kind == "needs a human")
    finally:
        pool.close()
    return outcomes


def begin(plan: Plan, is_new: bool) -> None:
    """In a process of the pool: start its sandbox in the background, where something is surely to be graded.

    Its first task says what is wrong.
    """
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    use(plan.options.language)
    if is_new:
        with suppress(LabError):
            bench_for(plan)


def expected_of(plan: Plan) -> bytes:
    """What the solution answers to the hidden checks. Raises LabError, also where it fails one itself."""
    bench = bench_for(plan)
    return record_in(bench.sandbox, replace(plan.options, todos=None)).as_bytes(small=False)


def _record_expected(pool: Pool | ClusterPool, plan: Plan, results: Results, shown: Shown) -> None:
    if plan.expected is None or plan.expected.is_file():
        return
    shown.step(_("asking the solution"))
    for old in results.folder.glob(".expected-*"):
        old.unlink(missing_ok=True)
    try:
        write_privately(plan.expected, pool.once(expected_of, plan))
    except BrokenProcessPool:
        raise LabError(_("the process that asks the solution ended without a word: try again")) from None
