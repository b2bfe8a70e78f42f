"""The grader's side of one worker: asks, waits, and says in the student's terms what went wrong."""

import signal
import time
from collections.abc import Callable
from typing import NoReturn

import numpy as np

from grader.sandbox.protocol import frames
from grader.sandbox.protocol.frames import BadFrame, Incoming, TooLarge
from grader.sandbox.protocol.limits import Limits
from grader.sandbox.protocol.printed import Printed
from grader.sandbox.trusted import answers
from grader.sandbox.trusted.answers import NONSENSE, Answer, SandboxLost, WorkerFailed
from grader.sandbox.trusted.channel import Channel, ZygoteLost

GRACE_S = 1.0  # for a process to be gone once it has closed its pipes
STRAY_LIMIT_S = 0.5  # for reading what a thread of the student's prints between calls
DEATHS = {"SIGSEGV": "a crash: bad memory access", "SIGABRT": "a crash: a library gave up",
          "SIGKILL": "perhaps the machine ran out of memory"}  # fmt: skip


class Worker:
    """One process that holds one submission. A call may be made while it is `alive`."""

    def __init__(self, start: Callable[[], Channel], files: dict[str, bytes], limits: Limits, threads: int):
        self._start, self._files, self._limits, self._threads = start, files, limits, threads
        self._channel: Channel | None = None
        self._calls = 0
        self.layers: dict = {}  # how the process confined itself, said before any student's code ran
        self._again(self._open)

    @property
    def alive(self) -> bool:
        return self._channel is not None

    def call(
        self,
        name: str,
        data: dict | None = None,
        tensors: dict[str, np.ndarray] | None = None,
        limit_s: float = 20.0,
    ) -> Answer:
        """Ask CALLS[name]. Raises WorkerFailed, the submission's fault, or SandboxLost, ours.

        After a "raised" the worker still lives, like after "too_large" and "nonsense" of its own finding.
        """
        if not self.alive:
            raise ValueError("this worker has ended; ask the sandbox for another one")

        def attempt() -> Answer:
            if not self.alive:
                self._open()
            return self._exchange(name, data or {}, tensors or {}, limit_s)

        return self._again(attempt)

    def close(self) -> None:
        """End the process and everything that it started."""
        if self._channel is not None:
            try:
                self._channel.finish(0)
            except ZygoteLost:
                pass
            finally:
                self._drop()

    def __enter__(self) -> "Worker":
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def _again(self, attempt):
        """The attempt; where the zygote was lost under it, once more in a new worker."""
        for _ in range(2):
            try:
                return attempt()
            except ZygoteLost:
                self._drop()
        raise SandboxLost("the sandbox's process was killed, and once more after a new start")

    def _drop(self) -> None:
        if self._channel is not None:
            self._channel.close()
            self._channel = None

    def _open(self) -> None:
        """Start the process and give it the submission's files. No student's code runs yet."""
        self._channel = self._start()
        self._incoming = Incoming(self._limits.answer_mb << 20)
        self._printed = Printed(self._limits.log_kb << 10)
        job = {"files": list(self._files), "threads": self._threads, "limits": vars(self._limits)}
        contents = {str(i): np.frombuffer(text, np.uint8) for i, text in enumerate(self._files.values())}
        self._channel.send(frames.pack(job, contents))
        try:
            info, _, _ = frames.unpack(self._receive(self._limits.start_s))
            self.layers = info["ready"]
        except (WorkerFailed, BadFrame, TooLarge, KeyError) as failed:
            self.close()
            raise SandboxLost(f"a worker did not start: {failed} {self._printed.text()[-300:]}") from None

    def _exchange(self, name: str, data: dict, tensors: dict, limit_s: float) -> Answer:
        self._calls += 1
        self._printed, start = Printed(self._limits.log_kb << 10), time.monotonic()
        try:
            self._expect_nothing()
            self._channel.send(frames.pack({"id": self._calls, "call": name, "data": data}, tensors))
            frame = self._receive(limit_s)
            seconds = time.monotonic() - start
            self._expect_nothing()
            return answers.read(frame, self._calls, self._printed.text(), seconds)
        except TooLarge as error:
            megabytes, cap = error.size >> 20, self._limits.answer_mb
            self._fail("too_large", f"the answer has {megabytes} MB; at most {cap} MB can be sent")
        except BadFrame:
            self._fail("nonsense", NONSENSE)
        except WorkerFailed as failed:
            if failed.kind == "memory":  # whatever could not be allocated may be missing
                self.close()
            raise

    def _receive(self, limit_s: float) -> bytes:
        """The next frame. Raises WorkerFailed, TooLarge, ZygoteLost."""
        deadline = time.monotonic() + limit_s
        while (frame := self._incoming.take()) is None:
            left_s = deadline - time.monotonic()
            if left_s <= 0 or not (events := self._channel.events(left_s)):
                self._fail("timeout", f"no answer within {limit_s:g} seconds")
            if not self._note(events):
                self._fail(*self._death())
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

    def _note(self, events: list) -> bool:
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
