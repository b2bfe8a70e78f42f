"""What a submission may take in all, and not each of its processes: waiting, computing, answers, memory."""

import os
import time

import numpy as np
import pytest

from grader.implementations import InWorker
from grader.sandbox.trusted import Budget, Limits, Sandbox, WorkerFailed

SLEEPS = b"import time\ndef f():\n    time.sleep(57)\n    return {}"


@pytest.mark.trust
def test_sleeping_in_every_call_ends_within_one_total():
    budget, start = Budget(idle_s=4.0, late_calls=100), time.monotonic()
    with Sandbox(calls="tests.sandbox.asked") as sandbox:
        student = InWorker(sandbox, {"unet.py": SLEEPS}, budget)
        student.limit_s = lambda call: 0.5
        said = []
        for number in range(63):
            with pytest.raises(WorkerFailed) as failed:
                student("facts", {"number": number}, {})
            said.append(failed.value)
        student.close()
    assert time.monotonic() - start < 15
    assert {failed.kind for failed in said} == {"timeout"}
    assert said[0].message.startswith("it waited, without computing, for 1.5")  # LATER: half, and one
    assert said[-1].message == "it has waited, without computing, for 4 seconds in all"


@pytest.mark.trust
def test_computing_without_end_ends_within_one_total_and_by_the_call_s_name():
    with Sandbox(calls="tests.sandbox.asked") as sandbox:
        student = InWorker(sandbox, {"unet.py": b"def f():\n    while True: pass"}, Budget(cpu_s=4.0))
        student.limit_s = lambda call: 0.4
        said = []
        for number in range(20):
            with pytest.raises(WorkerFailed) as failed:
                student("facts", {"number": number}, {})
            said.append(failed.value.message)
        assert student.budget.spent_cpu_s < 6
        assert said[0].startswith("it used more than 1.4")  # LATER: 0.4, and one
        assert said[-1] == "its 4 seconds of processor time for all calls are used up"
        student.close()

        late = InWorker(sandbox, {"unet.py": b"def f():\n    while True: pass"}, Budget(late_calls=2))
        late.limit_s = lambda call: 0.2
        for number in range(3):
            with pytest.raises(WorkerFailed) as failed:
                late("facts", {"number": number}, {})
        assert failed.value.message == "not tried: 2 calls like this one took too long"
        late("ping", {}, {})  # another question is another matter
        late.close()


FLOODS = b"""
import torch
from grader.sandbox.untrusted import serve
pack = serve.pack
def more(info, tensors=None):
    extra = {f"extra{number}": torch.zeros(1_250_000) for number in range(4)}  # 20 MB
    return pack(info, {**(tensors or {}), **extra} if "data" in info else tensors)
serve.pack = more
def f(x): return x
"""


def test_tensors_that_nobody_asked_for_are_dropped_and_counted(monkeypatch):
    from grader.implementations import in_worker

    monkeypatch.setitem(in_worker.WANTED, "apply", frozenset({"y"}))
    with Sandbox(calls="tests.sandbox.asked") as sandbox:
        student = InWorker(sandbox, {"unet.py": FLOODS}, Budget(answers_mb=100))
        before = resident_mb()
        for number in range(6):  # 120 MB
            _, tensors = student("apply", {}, {"x": np.full((2, 2), number, np.float32)})
            assert set(tensors) == {"y"}
        with pytest.raises(WorkerFailed, match="its answers have more than 100 MB in all") as failed:
            student("apply", {}, {"x": np.full((2, 2), 7, np.float32)})
        assert failed.value.kind == "too_large"
        assert resident_mb() - before < 60
        student.close()


def resident_mb() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") >> 20


def test_memory_is_limited_for_the_submission_as_a_whole():
    source = b"def f():\n    kept = []\n    while True: kept.append(bytearray(1 << 20))"
    with (
        Sandbox(calls="tests.sandbox.asked", limits=Limits(memory_mb=300)) as sandbox,
        sandbox.worker({"unet.py": source}) as worker,
        pytest.raises(WorkerFailed, match="more memory"),
    ):
        worker.call("facts")
