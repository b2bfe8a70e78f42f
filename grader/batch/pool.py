"""Processes that work through a list of tasks: one that dies is replaced, and its task tried once more.

Each process is an executor of its own with a single worker, so that a death names the task in work.
"""

import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import wait as wait_for
from typing import Any, Generic, TypeVar

LIVES = 2  # how often a task may end its process
LOOK_S = 0.5  # between two looks at the clock, for who shows the progress

Task = TypeVar("Task")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Died:
    """A task's process has ended LIVES times without an answer."""


class Pool:
    """So many processes, started at once. `begin(*arguments)` runs first in each.

    Arguments, tasks and results are pickled and sent through pipes: none stands on a command line.
    """

    def __init__(self, jobs: int, begin: Callable[..., None], arguments: Sequence[Any]):
        self._begin, self._arguments = begin, tuple(arguments)
        self._idle: deque[ProcessPoolExecutor] = deque(self._start() for _ in range(jobs))

    def once(self, function: Callable[..., Result], *arguments: Any) -> Result:
        """Run it in one of the processes, and wait. Raises what it raises, and BrokenProcessPool."""
        executor = self._idle[0]
        return _submit(executor, function, arguments).result()

    def each(
        self, function: Callable[..., Result], tasks: Iterable[tuple[Task, Sequence[Any]]]
    ) -> Iterator[tuple[Task, Result | Died] | None]:
        """(task, function(*arguments)) as they are done; None now and then, when nothing was.

        tasks: (task, arguments). Raises what the function raises.
        """
        waiting = deque(_Waiting(task, arguments) for task, arguments in tasks)
        running: dict[Future[Result], tuple[ProcessPoolExecutor, _Waiting[Task]]] = {}
        while waiting or running:
            while waiting and self._idle:
                executor, one = self._idle.popleft(), waiting.popleft()
                running[_submit(executor, function, one.arguments)] = executor, one
            done, _ = wait(running, timeout=LOOK_S, return_when=FIRST_COMPLETED)
            if not done:
                yield None
            for future in done:
                executor, one = running.pop(future)
                try:
                    result = future.result()
                except BrokenProcessPool:
                    executor.shutdown(wait=False)
                    self._idle.append(self._start())
                    one.lives -= 1
                    if one.lives:
                        waiting.appendleft(one)
                    else:
                        yield one.task, Died()
                else:
                    self._idle.append(executor)
                    yield one.task, result

    def close(self) -> None:
        """End the processes, whatever they do."""
        for process in multiprocessing.active_children():
            process.kill()
        while self._idle:
            self._idle.popleft().shutdown(wait=False, cancel_futures=True)

    def _start(self) -> ProcessPoolExecutor:
        # Forking a process with threads, such as this one, may hang; and not every system has fork.
        context = multiprocessing.get_context("spawn")
        executor = ProcessPoolExecutor(1, context, _be_a_worker, (self._begin, self._arguments))
        _submit(executor, _nothing, ())  # starts the process now
        return executor


@dataclass
class _Waiting(Generic[Task]):
    task: Task
    arguments: Sequence[Any]
    lives: int = field(default=LIVES)


def _submit(
    executor: ProcessPoolExecutor, function: Callable[..., Result], arguments: Sequence[Any]
) -> Future[Result]:
    with _ctrl_c_blocked():  # a process that is started here leaves Ctrl-C to this one
        return executor.submit(function, *arguments)


@contextmanager
def _ctrl_c_blocked() -> Iterator[None]:
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _nothing() -> None:
    """Does nothing."""


def _be_a_worker(begin: Callable[..., None], arguments: Sequence[Any]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    begin(*arguments)


def _end_with_parent() -> None:
    """However it ends: nobody would take the results."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait_for([parent.sentinel])
        os._exit(1)
