"""A second pool beside batch/pool.py: Dask's workers, each asked first, then given one hand-in after another.

Every task is bound to one worker, so that a death names the task in work. A result counts once, when it is
here. Next files: post.py, reading.py, members.py, worker.py.
"""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from grader.batch.cluster import worker
from grader.batch.cluster.connection import Cluster
from grader.batch.cluster.letter import Introduction, Letter, Reply
from grader.batch.cluster.likeness import likeness
from grader.batch.cluster.members import STRIKES, Member, Reasons, misfit, sealed_for
from grader.batch.cluster.parcel import pack
from grader.batch.cluster.post import Post
from grader.batch.cluster.reading import Arguments, ReadAhead, Task, Waiting
from grader.batch.pool import LOOK_S, Died, Pool
from grader.batch.work import Outcome, Plan
from grader.errors import LabError
from grader.language import N_, _

if TYPE_CHECKING:
    from grader.batch.cluster.post import DaskFuture

PATIENCE_S = 60.0  # for the first worker, and for another one where none is left
REFUSED_S = 30.0  # the same, where there are workers that cannot grade: others may still be starting
# Dask ends a worker that cannot unpack what it is sent.
ENDED = N_("it ended when it was first asked: start it in the lab's folder, and look into its log")

Found = tuple[Task, Any] | Waiting  # a result, or what has to go out again


class ClusterPool:
    """As batch/pool.py's Pool, for functions that take a plan, a hand-in and more. Connects at once.

    begin: what a process here runs first, for `once`. say: told of every machine that gets no work. Raises
    LabError without a scheduler.
    """

    def __init__(self, cluster: Cluster, plan: Plan, begin: Callable[..., None], say: Callable[[str], None]):
        self._cluster, self._plan, self._begin = cluster, plan, begin
        self._post = Post(cluster)
        self._members: dict[str, Member] = {}
        self._reasons = Reasons(say)
        self._ours: dict[str, str] = {}
        self._packed = b""
        self._looked = self._had_some = 0.0

    def once(self, function: Callable[..., Any], plan: Plan) -> Any:
        """Run it here, in a process of its own: nothing but our own code runs, at any isolation."""
        plan = replace(plan, options=replace(plan.options, isolation=None))
        pool = Pool(1, self._begin, (plan, True))
        try:
            return pool.once(function, plan)
        finally:
            pool.close()

    def each(
        self, function: Callable[..., Any], tasks: Iterable[tuple[Task, Arguments]]
    ) -> Iterator[tuple[Task, Any] | None]:
        """As Pool.each. Raises LabError where no worker is left, or the scheduler is gone."""
        self._packed, self._ours = pack(self._plan), likeness()
        waiting = [Waiting(task, function, arguments[1:]) for task, arguments in tasks]
        ready: deque[Waiting] = deque()
        self._had_some = time.monotonic()
        with ReadAhead(waiting) as ahead:
            while ahead or ready or any(one.letters for one in self._members.values()):
                found: list[Found] = []
                for one, problem in ahead.take(len(ready)):
                    if problem is None:
                        ready.append(one)
                    else:
                        found.append((one.task, problem))
                found += self._look_around()
                self._send(ready)
                for key, member, answer in self._post.answers():
                    found += self._open(key, member, answer)
                ready.extendleft(one for one in found if isinstance(one, Waiting))
                done = [one for one in found if not isinstance(one, Waiting)]
                yield from done
                if not done:
                    yield None

    def close(self) -> None:
        """Take back what has not begun, and have every worker forget the run."""
        self._post.close(worker.leave, list(self._members.values()))

    def _look_around(self) -> Iterator[Found]:
        """Greet who has come, and take back what lay at those who have gone."""
        now = time.monotonic()
        if now - self._looked < LOOK_S:
            return
        self._looked = now
        there = self._post.workers()
        for address in set(self._members) - there:
            member = self._members.pop(address)
            if member.state == "asked":
                self._reasons.add(member.host, _(ENDED))
            yield from self._lose(member)
        for address in there - set(self._members):
            member = self._members[address] = Member(address)
            member.question = self._post.send(worker.introduce, None, member)
        if any(one.state != "out" for one in self._members.values()):
            self._had_some = now
        elif now - self._had_some > (REFUSED_S if self._members else PATIENCE_S):
            why = str(self._reasons) or _("none came within {patience_s:.0f} seconds").format(
                patience_s=PATIENCE_S
            )
            raise LabError(
                _("no worker of {scheduler} can grade: {why}").format(
                    scheduler=self._cluster.scheduler, why=why
                )
            )

    def _lose(self, member: Member) -> Iterator[Found]:
        """It is gone, and what it had in work may be the reason."""
        for number, one in enumerate(self._post.take_back(member)):
            yield self._again(one) if number == 0 else one

    def _again(self, one: Waiting) -> Found:
        """It cost a worker its life, or Dask the answer."""
        one.lives -= 1
        return one if one.lives else (one.task, Died())

    def _leave_out(self, member: Member, reason: str) -> list[Waiting]:
        """It gets no more; -> what lies there."""
        member.state = "out"
        self._reasons.add(member.host, reason)
        return self._post.take_back(member)

    def _send(self, ready: deque[Waiting]) -> None:
        """To whoever has room, those with most first."""
        able = sorted((one for one in self._members.values() if one.room), key=lambda one: -one.room)
        for member in able:
            fit = [one for one in ready if one.shunned != member.address or not self._others(member)]
            for one in fit[: member.room]:
                ready.remove(one)
                name = one.function.__module__, one.function.__name__
                letter = Letter(self._post.run, name, tuple(one.arguments))
                future = self._post.send(worker.answer, letter, member)
                member.letters[str(future.key)] = future, one

    def _others(self, member: Member) -> bool:
        return any(one.state == "in" and one is not member for one in self._members.values())

    def _open(self, key: str, member: Member, answer: "DaskFuture") -> Iterator[Found]:
        if answer.status == "error":
            _, one = member.letters.pop(key, (None, None))
            if one is not None:
                yield self._again(one)
            yield from self._leave_out(member, self._post.why(answer))
            return
        found = self._post.opened(answer)
        if found is None:
            return  # its worker is gone: `_look_around` will see that
        if isinstance(found, Introduction):
            self._admit(member, found)
        elif key in member.letters:
            yield from self._result(member, member.letters.pop(key)[1], found)
        else:
            member.state, member.question = "in", None  # with its future Dask forgets what was sent
            if found.problem:
                self._leave_out(member, found.problem)

    def _admit(self, member: Member, found: Introduction) -> None:
        if reason := misfit(found, self._ours):
            self._leave_out(member, reason)
            return
        member.state = "joining"
        sealed = sealed_for(found, self._post.run, self._packed)
        member.question = self._post.send(worker.join, sealed, member)

    def _result(self, member: Member, one: Waiting, reply: Reply) -> Iterator[Found]:
        result = reply.result
        if reply.is_stranger:  # another process at the same address: it is greeted anew
            self._members.pop(member.address, None)
            yield self._again(one)
            yield from self._post.take_back(member)
            return
        if reply.problem:
            yield one
            yield from self._leave_out(member, reply.problem)
            return
        failed = isinstance(result, Outcome) and result.kind == "needs a human"
        member.strikes = member.strikes + 1 if failed else 0
        one.lives -= failed
        if failed and one.lives and self._others(member):  # another machine may be in better health
            one.shunned = member.address
            yield one
        else:
            yield one.task, result
        if failed and member.strikes >= STRIKES:
            said = _("it could not grade {strikes} hand-ins in a row ({why})").format(
                strikes=STRIKES, why=_("; ").join(result.why)
            )
            yield from self._leave_out(member, said)
