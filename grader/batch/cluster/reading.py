"""Hand-ins are read where they lie, a few ahead of the workers: what travels is the files that are graded."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from grader.batch.cluster.letter import ReadHandIn
from grader.batch.pool import LIVES
from grader.batch.work import Outcome, Readable, Trouble, read_hand_in
from grader.grading import capacity
from grader.intake.refusal import NotGradable

AHEAD = 32

Task = str
Arguments = Sequence[Any]


@dataclass(eq=False)
class Waiting:
    """A task that has no result yet. arguments: without the plan, the hand-in first."""

    task: Task
    function: Callable[..., Any]
    arguments: Arguments
    lives: int = field(default=LIVES)
    shunned: str = ""  # a worker that could not do it


class ReadAhead:
    """False when everything was read and taken."""

    def __init__(self, tasks: Iterable[Waiting]):
        self._unread = deque(tasks)
        self._reading: deque[tuple[Waiting, Future[ReadHandIn | Outcome]]] = deque()
        self._readers = ThreadPoolExecutor(max(1, int(capacity.processors())), "reader")

    def take(self, already: int) -> Iterator[tuple[Waiting, Outcome | None]]:
        """What has been read by now, and the outcome of what could not be; already: how many wait outside."""
        while self._reading and self._reading[0][1].done():
            one, read = self._reading.popleft()
            found = read.result()
            one.arguments = found, *one.arguments[1:]
            yield one, found if isinstance(found, Outcome) else None
        while self._unread and len(self._reading) + already < AHEAD:
            one = self._unread.popleft()
            self._reading.append((one, self._readers.submit(_read, one.arguments[0])))

    def __bool__(self) -> bool:
        return bool(self._unread or self._reading)

    def __enter__(self) -> "ReadAhead":
        return self

    def __exit__(self, *_: object) -> None:
        self._readers.shutdown(wait=False, cancel_futures=True)


def _read(hand_in: Readable) -> ReadHandIn | Outcome:
    try:
        found = read_hand_in(hand_in)
    except Trouble as trouble:
        return Outcome(hand_in.key, "needs a human", (str(trouble),))
    if isinstance(found, NotGradable):
        return ReadHandIn(hand_in.key, None, str(found), hand_in.names)
    return ReadHandIn(hand_in.key, found, names=hand_in.names)
