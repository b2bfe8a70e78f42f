"""How these tests put a source to a sandbox, and look at its processes."""

import os
import signal
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from grader.sandbox.trusted import Answer, Limits, Sandbox, Worker, WorkerFailed

X = np.arange(6, dtype=np.float32).reshape(2, 3)
RIGHT = b"def f(x):\n    return 2 * x\n"


class Asked:
    """Puts sources to a sandbox, each in a worker of its own."""

    def __init__(self, sandbox: Sandbox):
        self.sandbox = sandbox

    def worker(self, source: str | bytes, **files: str | bytes) -> Worker:
        named = {"unet.py": source} | {f"{name}.py": text for name, text in files.items()}
        return self.sandbox.worker({name: _as_bytes(text) for name, text in named.items()})

    def answer(self, source: str | bytes, call: str = "apply", limit_s: float = 20.0, **files) -> Answer:
        with self.worker(source, **files) as worker:
            return worker.call(call, {}, {"x": X}, limit_s)

    def failure(self, source: str | bytes, limit_s: float = 20.0, **files) -> WorkerFailed:
        with pytest.raises(WorkerFailed) as caught:
            self.answer(source, limit_s=limit_s, **files)
        return caught.value

    @contextmanager
    def limited(self, **limits: int) -> Iterator[None]:
        """Workers that start meanwhile may use this much."""
        self.sandbox.limit(Limits(**limits))
        yield
        self.sandbox.limit(Limits())

    def works(self) -> bool:
        return (self.answer(RIGHT).tensors["y"] == 2 * X).all()


def _as_bytes(text: str | bytes) -> bytes:
    return textwrap.dedent(text).encode() if isinstance(text, str) else text


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def runs(pid: int) -> bool:
    """Whether there is such a process, zombies not counted."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def gone_within(limit_s: float, pids: list[int]) -> bool:
    deadline = time.monotonic() + limit_s
    while any(map(runs, pids)):
        if time.monotonic() > deadline:
            for pid in filter(runs, pids):
                os.kill(pid, signal.SIGKILL)
            return False
        time.sleep(0.02)
    return True
