"""The grader's side of one worker: asks, waits, and says in the student's terms what went wrong."""

import signal
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, NoReturn, TypeVar

import numpy as np

from grader.sandbox.protocol import frames
from grader.sandbox.protocol.frames import BadFrame, Facts, Incoming, Tensors, TooLarge
from grader.sandbox.protocol.limits import Confinement, Limits
from grader.sandbox.protocol.printed import Printed
from grader.sandbox.trusted import answers
from grader.sandbox.trusted.answers import NONSENSE, Answer, SandboxLost, WorkerFailed
from grader.sandbox.trusted.budget import Budget
from grader.sandbox.trusted.channel import Channel, Event, ZygoteLost
from grader.sandbox.trusted.meter import TICK_S, Meter, slowness

GRACE_S = 1.0  # for a process to be gone once it has closed its pipes
STRAY_LIMIT_S = 0.5  # for reading what a thread of the student's prints between calls
DEATHS = {"SIGSEGV": "a crash: bad memory access", "SIGABRT": "a crash: a library gave up",
          "SIGKILL": "perhaps the machine ran out of memory"}  # fmt: skip
T = TypeVar("T")


class Worker:
    """One process that holds one submission. A call may be made while it is `alive`.

    probe: what trusted code is to try in it before anything else (isolation.py); `found` says how that went.
    """

    def __init__(
        self,
        start: Callable[[], Channel],
        files: dict[str, bytes],
        limits: Limits,
        threads: int,
        confinement: Confinement = Confinement(),  # noqa: B008 (frozen)
        budget: Budget | None = None,
        probe: dict[str, Any] | None = None,
    ):
        self._start, self._files, self._limits, self._threads = start, files, limits, threads
        self._confinement, self._probe = confinement, probe
        self.budget = budget or Budget()
        self._live: Channel | None = None
        self._calls = 0
        self._charged_cpu_s = 0.0  # of the present process
        self.layers: dict[
            str, Any
        ] = {}  # how the process confined itself, said before any student's code ran
        self.found: dict[str, str] = {}
        self._again(self._open)

    @property
    def alive(self) -> bool:
        """Whether it takes calls."""
        return self._live is not None

    def call(
        self,
        name: str,
        data: Facts | None = None,
        tensors: Tensors | None = None,
        limit_s: float = 20.0,
        wanted: frozenset[str] | None = None,
    ) -> Answer:
        """Ask CALLS[name]. limit_s: processor seconds, or seconds in which it only waits.

        wanted: the names of the tensors to keep, by default all. Raises WorkerFailed, the submission's fault
        unless its kind is "machine", or SandboxLost, ours. After a "raised" the worker still lives, like
        after "too_large" and "nonsense" of its own finding.
        """
        if not self.alive:
            raise ValueError("this worker has ended; ask the sandbox for another one")
        self.budget.admit(name)

        def attempt() -> Answer:
            if not self.alive:
                self._open()
            return self._exchange(name, data or {}, tensors or {}, limit_s, wanted)

        return self._again(attempt)

    def close(self) -> None:
        """End the process and everything that it started."""
        if self._live is not None:
            try:
                self._live.finish(0)
            except ZygoteLost:
                pass
            finally:
                self._drop()

    def __enter__(self) -> "Worker":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def _channel(self) -> Channel:
        if self._live is None:
            raise ZygoteLost
        return self._live

    def _again(self, attempt: Callable[[], T]) -> T:
        """The attempt; where the zygote was lost under it, once more in a new worker."""
        for _ in range(2):
            try:
                return attempt()
            except ZygoteLost:
                self._drop()
        raise SandboxLost("the sandbox's process was killed, and once more after a new start")

    def _drop(self) -> None:
        if self._live is not None:
            self._charge(self._live.total_cpu_s, 0.0, 0.0)
            self._live.close()
            self._live = None

    def _charge(self, total_cpu_s: float, idle_s: float, wall_s: float) -> None:
        """total_cpu_s: of this process, as far as is known."""
        self.budget.charge(max(0.0, total_cpu_s - self._charged_cpu_s), idle_s, wall_s)
        self._charged_cpu_s = max(total_cpu_s, self._charged_cpu_s)

    def _open(self) -> None:
        """Start the process and give it the submission's files. No student's code runs yet."""
        self._live = self._start()
        self._incoming = Incoming(self._limits.answer_mb << 20)
        self._printed = Printed(self._limits.log_kb << 10)
        job = {
            "files": list(self._files),
            "threads": self._threads,
            "limits": asdict(self._limits),
            "confinement": asdict(self._confinement),
            "probe": self._probe,
        }
        contents = {str(i): np.frombuffer(text, np.uint8) for i, text in enumerate(self._files.values())}
        self._channel.send(frames.pack(job, contents))
        try:
            info, _, _ = frames.unpack(self._first_frame())
            self.layers, self.found = dict(info["ready"]), dict(info.get("probe", {}))
            if failed := [name for name in self._confinement.required if not self.layers.get(name)]:
                raise BadFrame(f"not confined: {', '.join(failed)}")
        except (WorkerFailed, BadFrame, TooLarge, KeyError) as problem:
            self.close()
            raise SandboxLost(f"a worker did not start: {problem} {self._printed.text()[-300:]}") from None
        usage = self._channel.usage()
        self._charged_cpu_s = 0.0 if usage is None else usage.cpu_s

    def _exchange(
        self, name: str, data: Facts, tensors: Tensors, limit_s: float, wanted: frozenset[str] | None
    ) -> Answer:
        self._calls += 1
        self._printed, meter = Printed(self._limits.log_kb << 10), Meter(self._channel.usage)
        try:
            self._expect_nothing()
            self._channel.send(frames.pack({"id": self._calls, "call": name, "data": data}, tensors))
            frame = self._receive(meter, *self.budget.left(limit_s))
            self.budget.receive(len(frame), frames.facts_size(frame))
            self._expect_nothing()
            return answers.read(frame, self._calls, self._printed.text(), meter.wall_s, wanted)
        except TooLarge as error:
            megabytes, cap = error.size >> 20, self._limits.answer_mb
            self._fail("too_large", f"the answer has {megabytes} MB; at most {cap} MB can be sent")
        except BadFrame:
            self._fail("nonsense", NONSENSE)
        except WorkerFailed as failed:
            self.budget.late[name] += failed.kind == "timeout"
            if failed.kind == "memory":  # whatever could not be allocated may be missing
                self.close()
            raise
        finally:
            usage = None if self._live is None else self._live.usage()
            self._charge(0.0 if usage is None else usage.cpu_s, meter.idle_s, meter.wall_s)

    def _first_frame(self) -> bytes:
        """What the process says before any student's code runs. Raises WorkerFailed, TooLarge, ZygoteLost."""
        deadline = time.monotonic() + self._limits.start_s * slowness()
        while (frame := self._incoming.take()) is None:
            left_s = deadline - time.monotonic()
            if left_s <= 0 or not (events := self._channel.events(left_s)):
                self._fail("machine", f"no word within {self._limits.start_s:g} seconds")
            if not self._note(events):
                self._fail(*self._death())
        return frame

    def _receive(self, meter: Meter, cpu_limit_s: float, idle_limit_s: float) -> bytes:
        """The next frame. Raises WorkerFailed, TooLarge, ZygoteLost."""
        while (frame := self._incoming.take()) is None:
            events = self._channel.events(TICK_S)
            meter.look()
            self.budget.look()
            if events and not self._note(events):
                self._fail(*self._death())
            if not events and (verdict := meter.verdict(cpu_limit_s, idle_limit_s)) is not None:
                self._fail(*verdict)
            if (
                events
                and meter.wall_s > cpu_limit_s
                and (verdict := meter.verdict(cpu_limit_s, idle_limit_s))
            ):
                self._fail(*verdict)  # it prints without end
        return frame

    def _expect_nothing(self) -> None:
        """Take what was printed. Raises BadFrame where bytes stand that no call asked for."""
        self._take_what_is_there()
        if self._incoming.bytes:
            raise BadFrame("bytes between two calls")

    def _take_what_is_there(self) -> None:
        until = time.monotonic() + STRAY_LIMIT_S
        while time.monotonic() < until and (events := self._channel.events(0.0)):
            self._note(events)
            if ("ended", b"") in events:
                break

    def _note(self, events: list[Event]) -> bool:
        """Keep what arrived; False at the end of the process or of its results."""
        for kind, chunk in events:
            if kind == "log":
                self._printed.add(chunk)
            self._incoming.bytes += chunk if kind == "results" else b""
        return not any(kind != "log" and not chunk for kind, chunk in events)

    def _death(self) -> tuple[str, str]:
        """(kind, message) for a process that closed its end without an answer."""
        code = self._channel.finish(GRACE_S)
        if code is None:
            return "died", "its code closed the connection to the grader"
        if code >= 0:
            return "died", f"the process ended itself before it answered (exit status {code}): os._exit?"
        if code == -getattr(signal, "SIGXCPU", 0):
            return "timeout", f"it used more than {self._limits.cpu_s} seconds of processor time"
        names = {member.value: member.name for member in signal.Signals}
        name = names.get(-code, f"signal {-code}")
        meaning = f" ({DEATHS[name]})" if name in DEATHS else ""
        return "died", f"the process was ended by {name} before it answered{meaning}"

    def _fail(self, kind: str, message: str) -> NoReturn:
        """End the process and raise."""
        try:
            self._channel.finish(0)
            self._take_what_is_there()  # the last words
        finally:
            self._drop()
        raise WorkerFailed(kind, message, self._printed.text())
