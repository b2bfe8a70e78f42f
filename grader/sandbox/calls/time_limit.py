"""An end to a call that does not come to one, in the line of the student's where it was.

The limit that counts is the grader's own, from outside (sandbox/trusted): it is a little higher, and ends the
process. What is raised here only says where the time went.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

AGAIN_S = 0.5  # where a bare `except:` of the student's swallowed it


class TimeIsUp(BaseException):
    """The limit of processor time is reached; no exception that a student's code would catch by accident."""


@contextmanager
def time_limit(seconds: float | None) -> Iterator[None]:
    """Within this context TimeIsUp is raised once so much processor time is used; None: never."""
    can = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    if seconds is None or not can:
        yield
        return
    before = signal.signal(signal.SIGPROF, _stop)
    signal.setitimer(signal.ITIMER_PROF, seconds, AGAIN_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    raise TimeIsUp
