"""Whose time it was: a busy machine costs no submission anything, and a sleeper does not wait for ever."""

import os
import time

import pytest

from grader.implementations import Implementation, InWorker
from grader.implementations.in_worker import MachineTooBusy
from grader.sandbox.trusted import Budget, WorkerFailed, meter
from grader.sandbox.trusted.meter import BACKSTOP, Meter, Usage, usage_of


class Clock:
    """Time that passes when it is told to, and a process that spends it as it is told to."""

    def __init__(self, monkeypatch):
        self.now, self.usage = 0.0, Usage(0.0, 0.0, can_run=False)
        monkeypatch.setattr(meter.time, "monotonic", lambda: self.now)
        monkeypatch.setattr(meter, "slowness", lambda: 1.0)

    def spend(self, seconds: float, cpu: float = 0.0, queued: float = 0.0, can_run: bool = False) -> None:
        self.now += seconds
        before = self.usage
        self.usage = Usage(before.cpu_s + cpu, before.queued_s + queued, can_run)


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch)


def verdict_after(clock: Clock, steps: int, **spent) -> tuple[str, str] | None:
    measured = Meter(lambda: clock.usage)
    for _ in range(steps):
        clock.spend(1.0, **spent)
        measured.look()
        if (verdict := measured.verdict(10.0, 20.0)) is not None:
            return verdict
    return None


def test_processor_time_is_what_counts(clock):
    said = verdict_after(clock, 100, cpu=0.25, queued=0.75, can_run=True)
    assert said == ("timeout", "it used more than 10 seconds of processor time")
    assert clock.now == 40


def test_two_threads_use_it_twice_as_fast(clock):
    assert verdict_after(clock, 100, cpu=2.0, can_run=True)[0] == "timeout"
    assert clock.now == 5


def test_who_sleeps_has_waited(clock):
    assert verdict_after(clock, 100) == ("timeout", "it waited, without computing, for 20 seconds")
    assert clock.now == 20


def test_who_stands_in_the_queue_has_not_waited(clock):
    kind, message = verdict_after(clock, 1000, queued=0.99, cpu=0.001, can_run=True)
    assert kind == "machine"
    assert message.startswith("the machine was too busy: in 2")
    assert clock.now == pytest.approx(20 * BACKSTOP + 1)


def test_who_waits_for_the_disk_or_was_throttled_has_not_waited(clock):
    """Neither counts as queued everywhere, but the thread's state tells."""
    assert verdict_after(clock, 1000, can_run=True)[0] == "machine"


def test_queued_between_two_looks_at_a_sleeping_process_is_not_idle(clock):
    assert verdict_after(clock, 100, queued=0.9) is None


def test_the_backstop_grows_with_the_machine_s_slowness(clock, monkeypatch):
    monkeypatch.setattr(meter, "slowness", lambda: 20.0)
    assert verdict_after(clock, 1000, can_run=True) is None


def test_a_process_that_cannot_be_read_has_the_wall_clock_alone(clock):
    measured = Meter(lambda: None)
    clock.now = 39.0
    assert measured.verdict(10.0, 10.0) is None
    clock.now = 41.0
    assert measured.verdict(10.0, 10.0) == ("timeout", "no answer within 41 seconds")


def test_this_process_is_read_as_it_is():
    start, used = time.process_time(), usage_of(os.getpid())
    while time.process_time() - start < 0.2:
        pass
    later = usage_of(os.getpid())
    assert 0.15 < later.cpu_s - used.cpu_s < 1.0
    assert later.can_run
    assert usage_of(1 << 30) is None


class Busy:
    """A sandbox whose machine is too busy for the first calls."""

    def __init__(self, times: int):
        self.times, self.alive = times, True

    def worker(self, files, budget):
        return self

    def call(self, name, data, tensors, limit_s, wanted):
        self.times -= 1
        if self.times >= 0:
            raise WorkerFailed("machine", "the machine was too busy: in 90 seconds ...")
        raise WorkerFailed("died", "asked again")

    def close(self):
        pass


def test_a_busy_machine_is_asked_again_once_and_is_no_student_s_fault():
    with pytest.raises(WorkerFailed, match="asked again"):
        InWorker(Busy(1), {})("ping", {}, {})
    student = InWorker(Busy(2), {})
    with pytest.raises(
        MachineTooBusy, match=r"the machine was too busy: .*: grade again when less runs here"
    ):
        Implementation(student).keys()
    assert not student.was_late


def test_a_total_that_the_machine_used_up_is_its_own(monkeypatch):
    budget = Budget(wall_s=1.0)
    budget.charge(0.1, 0.0, 1e6)
    with pytest.raises(WorkerFailed) as failed:
        budget.admit("ping")
    assert failed.value.kind == "machine"
