"""Letters to single workers, by way of Dask's scheduler, and their answers."""

import queue
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from grader.batch.cluster.connection import Cluster
from grader.batch.cluster.members import Member, unable
from grader.batch.pool import LOOK_S
from grader.errors import LabError
from grader.language import _

if TYPE_CHECKING:
    from distributed import Future as _Future

    DaskFuture = _Future[Any]

FETCH_S = 30.0  # for an answer that is ready


class Post:
    """Connects at once. run: the name of this run, of which workers may serve several.

    Every method but `close` raises LabError where the scheduler is gone.
    """

    def __init__(self, cluster: Cluster):
        self._cluster = cluster
        self._client = cluster.connect()
        self.run = secrets.token_hex(6)
        self._members: dict[str, Member] = {}  # {Dask's key: to whom it went}
        self._answered: queue.SimpleQueue[DaskFuture] = queue.SimpleQueue()
        self._number = 0

    def workers(self) -> set[str]:
        """The addresses of those that are there."""
        return set(self._cluster.asked(self._client.nthreads))

    def send(self, function: Callable[..., Any], argument: Any, to: Member) -> "DaskFuture":
        """Have this worker, and no other, call the function."""
        self._number += 1
        future = self._cluster.asked(
            self._client.submit,
            function,
            *([] if argument is None else [argument]),
            key=f"lab-{self.run}-{self._number}",  # the dashboard shows it: nobody's name
            workers=[to.address],
            allow_other_workers=False,
            retries=0,
            pure=False,
        )
        self._members[str(future.key)] = to
        future.add_done_callback(self._answered.put)
        return future

    def answers(self) -> Iterator[tuple[str, Member, "DaskFuture"]]:
        """(Dask's key, from whom, what) of all that have come; waits a little for the first."""
        with suppress(queue.Empty):
            future = self._answered.get(timeout=LOOK_S)
            while True:
                member = self._members.get(str(future.key))
                if member is not None and not future.cancelled():
                    yield str(future.key), member, future
                future = self._answered.get_nowait()

    def opened(self, future: "DaskFuture") -> Any:
        """An answer; None where its worker has ended with it."""
        try:
            found = self._cluster.asked(future.result, timeout=FETCH_S)
        except LabError:
            if self._client.status != "running":
                raise
            return None
        del self._members[str(future.key)]
        return found

    def why(self, future: "DaskFuture") -> str:
        """Why Dask could not have a letter answered. Raises LabError where the reason is the scheduler's."""
        error = future.exception()
        if "deserialization of the task graph" in str(error):
            raise LabError(
                _(
                    "the scheduler at {scheduler} cannot load the lab: start it in the lab's folder, with "
                    "its environment"
                ).format(scheduler=self._cluster.scheduler)
            )
        return unable(error)

    def take_back(self, member: Member) -> list[Any]:
        """The tasks that lie at a worker, the one in work first."""
        with suppress(Exception):  # a worker that is gone, or a scheduler
            self._client.cancel([future for future, _ in member.letters.values()])
        back = [task for _, task in member.letters.values()]
        for key in member.letters:
            self._members.pop(key, None)
        member.letters.clear()
        return back

    def close(self, farewell: Callable[[str], None], members: Iterable[Member]) -> None:
        """Take back what has not begun, have these workers call the function with the run, and hang up."""
        from distributed import fire_and_forget, wait

        with suppress(Exception):  # the scheduler may be gone
            for one in members:
                self.take_back(one)
            left = [self.send(farewell, self.run, one) for one in members]
            fire_and_forget(left)
            wait(left, timeout=2)
        with suppress(Exception):
            self._client.close(timeout=5)
