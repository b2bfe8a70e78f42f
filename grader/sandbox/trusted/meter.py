"""Whose time passes while a worker is waited for: the submission's, or the machine's.

Measured from outside, in /proc (Linux): processor time, time spent runnable but waiting for a processor,
and whether a thread can run at all. Elsewhere only the wall clock can be read.
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass

from grader.language import _

TICK_S = 0.1  # between two looks
BACKSTOP = 10.0  # times the limit, by the wall clock, on a quiet machine
PATIENCE = 4.0  # the same where only the wall clock can be read
CAN_RUN = "RD"  # states of a thread: running or waiting for a processor; waiting for a disk


@dataclass(frozen=True)
class Usage:
    """Of one process, all its threads."""

    cpu_s: float
    queued_s: float  # runnable, and waiting for a processor; of the threads that are there now
    can_run: bool  # whether a thread computes, or waits for the machine


def usage_of(pid: int) -> Usage | None:
    """None where there is no such process, or no /proc."""
    try:
        fields = _stat(f"/proc/{pid}/stat")
        queued_ns, can_run = 0, False
        for thread in os.listdir(f"/proc/{pid}/task"):
            folder = f"/proc/{pid}/task/{thread}"
            try:
                can_run |= _stat(f"{folder}/stat")[0] in CAN_RUN
                with open(f"{folder}/schedstat") as file:
                    queued_ns += int(file.read().split()[1])
            except (FileNotFoundError, ProcessLookupError, IndexError):  # a thread has ended; no schedstat
                continue
        ticks = int(fields[11]) + int(fields[12])
        return Usage(ticks / os.sysconf("SC_CLK_TCK"), queued_ns / 1e9, can_run)
    except (OSError, ValueError, IndexError):
        return None


def _stat(path: str) -> list[str]:
    """The fields behind the name, which may hold anything: the state first."""
    with open(path) as file:
        return file.read().rpartition(")")[2].split()


def slowness() -> float:
    """How much slower than alone this machine runs a process now; at least 1."""
    try:
        busy = os.getloadavg()[0]
    except (OSError, AttributeError):
        return 1.0
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1.0, busy / cores)


class Meter:
    """Measures one wait. `usage` may give None at any time: the process has just ended, or cannot be read."""

    def __init__(self, usage: Callable[[], Usage | None]):
        self._usage, self._start = usage, time.monotonic()
        self._first = self._last = usage()
        self._looked = self._start
        self.idle_s = 0.0  # in which the process neither computed nor waited for the machine

    @property
    def wall_s(self) -> float:
        """Since the start."""
        return time.monotonic() - self._start

    @property
    def cpu_s(self) -> float | None:
        """Processor time of the process since the start; None where it cannot be read."""
        if self._first is None or self._last is None:
            return None
        return self._last.cpu_s - self._first.cpu_s

    def look(self) -> None:
        """Take another reading, unless the last is less than a tick old."""
        now = time.monotonic()
        if now - self._looked < TICK_S / 2:
            return
        usage, before = self._usage(), self._last
        if usage is not None and before is not None and not usage.can_run:
            busy_s = (usage.cpu_s - before.cpu_s) + max(0.0, usage.queued_s - before.queued_s)
            self.idle_s += max(0.0, now - self._looked - busy_s)
        if usage is not None:
            self._last = usage
        self._looked = now

    def verdict(self, cpu_limit_s: float, idle_limit_s: float) -> tuple[str, str] | None:
        """(kind, message) once a limit is reached: "timeout" is the submission's, "machine" is not."""
        cpu_s, wall_s = self.cpu_s, self.wall_s
        if cpu_s is None:
            if wall_s > cpu_limit_s * PATIENCE * slowness():
                return "timeout", _("no answer within {wall_s:.0f} seconds").format(wall_s=wall_s)
            return None
        if cpu_s >= cpu_limit_s:
            return "timeout", _("it used more than {cpu_limit_s:g} seconds of processor time").format(
                cpu_limit_s=cpu_limit_s
            )
        if self.idle_s >= idle_limit_s:
            return "timeout", _("it waited, without computing, for {idle_limit_s:g} seconds").format(
                idle_limit_s=idle_limit_s
            )
        if wall_s > max(cpu_limit_s, idle_limit_s) * BACKSTOP * slowness():
            if self.idle_s > wall_s / 2:
                return "timeout", _("it waited, without computing, for {idle_s:.0f} seconds").format(
                    idle_s=self.idle_s
                )
            return "machine", (
                _(
                    "the machine was too busy: in {wall_s:.0f} seconds it gave the submission {cpu_s:.0f} "
                    "seconds of processor time"
                ).format(wall_s=wall_s, cpu_s=cpu_s)
            )
        return None
