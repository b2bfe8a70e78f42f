"""The grader's side of one worker: asks, waits, and says in the student's terms what went wrong."""

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from grader.sandbox import frames
from grader.sandbox.channel import Channel, ZygoteLost
from grader.sandbox.frames import BadFrame, Incoming, TooLarge
from grader.sandbox.limits import Limits
from grader.sandbox.printed import Printed

KINDS = {"raised", "timeout", "memory", "died", "too_large", "nonsense"}
GRACE_S = 0.2  # for a process to be gone once it has closed its pipes
NONSENSE = "the submission's process sent something that is no answer"


class SandboxLost(Exception):
    """The sandbox's own process is gone and could not be started again: no fault of the submission's."""


class WorkerFailed(Exception):
    """The submission could not answer a call; kind is one of KINDS.

    Where it raised, `exception`, `text`, `file`, `line`, `source_line` and `todo` say what and where.
    """

    def __init__(self, kind: str, message: str, output: str = "", **place):
        super().__init__(kind, message)
        self.output = output
        self.exception: str | None = place.get("exception")
        self.text: str = place.get("text") or ""
        self.file: str | None = place.get("file")
        self.line: int | None = place.get("line")
        self.source_line: str | None = place.get("source_line")
        self.todo: bool = bool(place.get("todo"))

    @property
    def kind(self) -> str:
        return self.args[0]

    @property
    def message(self) -> str:
        return self.args[1]

    def __str__(self) -> str:
        return self.message


@dataclass
class Answer:
    """What a call gave; `output` is what the student's code printed, `seconds` the time on the wall."""

    data: dict
    tensors: dict[str, np.ndarray]
    output: str
    seconds: float


class Worker:
    """One process that holds one submission. `renew` starts another one in its place."""

    def __init__(self, start: Callable[[], Channel], files: dict[str, bytes], limits: Limits, threads: int):
        self._start, self._files, self._limits, self._threads = start, files, limits, threads
        self._channel: Channel | None = None
        self._calls = 0
        self.layers: dict = {}
        self._again(self._open)

    @property
    def alive(self) -> bool:
        """Whether another call may be made."""
        return self._channel is not None

    def call(self, name: str, data: dict | None = None, tensors: dict[str, np.ndarray] | None = None,
             limit_s: float = 20.0) -> Answer:  # fmt: skip
        """Ask CALLS[name]. Raises WorkerFailed, the submission's fault, or SandboxLost, ours."""
        if not self.alive:
            raise ValueError("this worker has ended; ask the sandbox for another one")
        return self._again(lambda: self._ask(name, data or {}, tensors or {}, limit_s))

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
        try:
            return attempt()
        except ZygoteLost:
            self._drop()
        try:
            if attempt != self._open:
                self._open()
            return attempt()
        except ZygoteLost:
            self._drop()
            raise SandboxLost("the sandbox's process was killed, and once more after a new start") from None

    def _drop(self) -> None:
        if self._channel is not None:
            self._channel.close()
            self._channel = None

    def _open(self) -> None:
        """Start the process and give it the submission's files. No student's code runs yet."""
        self._channel = self._start()
        self._incoming = Incoming(self._limits.answer_mb << 20)
        self._printed = Printed(self._limits.log_kb << 10)
        contents = {str(index): np.frombuffer(text, np.uint8) for index, text in enumerate(self._files.values())}
        job = {"files": list(self._files), "threads": self._threads, "answer_cap": self._limits.answer_mb << 20,
               "limits": vars(self._limits)}  # fmt: skip
        self._channel.send(frames.pack(job, contents))
        try:
            info, _, _ = frames.unpack(self._receive(self._limits.start_s))
            self.layers = info["ready"]
        except (WorkerFailed, BadFrame, TooLarge, KeyError) as failed:
            self.close()
            raise SandboxLost(f"a worker did not start: {failed} {self._printed.text()[-300:]}".rstrip()) from None

    def _ask(self, name: str, data: dict, tensors: dict, limit_s: float) -> Answer:
        self._calls += 1
        self._printed, start = Printed(self._limits.log_kb << 10), time.monotonic()
        try:
            self._take(0.0)
            if self._incoming.bytes:
                raise BadFrame("bytes before the question")
            self._channel.send(frames.pack({"id": self._calls, "call": name, "data": data}, tensors))
            frame = self._receive(limit_s)
            seconds = time.monotonic() - start
            info, arrays, unreadable = frames.unpack(frame)
            self._take(0.0)
            if info.get("id") != self._calls or self._incoming.bytes:
                raise BadFrame("another answer")
            return self._read(info, arrays, unreadable, seconds)
        except TooLarge as error:
            self._fail("too_large", f"the answer has {error.size >> 20} MB; at most {self._limits.answer_mb} MB can be sent")
        except BadFrame:
            self._fail("nonsense", NONSENSE)

    def _read(self, info: dict, arrays: dict, unreadable: dict, seconds: float) -> Answer:
        """The answer in a frame, or the failure that the worker reports, which is the student's word too."""
        failed = info.get("failed")
        if failed is None:
            if not isinstance(info.get("data"), dict):
                raise BadFrame("no data")
            if unreadable:
                info["data"]["unreadable"] = unreadable
            return Answer(info["data"], arrays, self._printed.text(), seconds)
        if not isinstance(failed, dict) or failed.get("kind") not in ("raised", "memory", "too_large", "nonsense"):
            raise BadFrame("no failure")
        text = {key: _line(failed.get(key), cap) for key, cap in
                (("message", 500), ("exception", 100), ("text", 500), ("file", 200), ("source_line", 200))}  # fmt: skip
        line = failed.get("line")
        place = text | {"line": line if type(line) is int and 0 < line < 1 << 31 else None, "todo": failed.get("todo") is True}
        message = place.pop("message")
        if failed["kind"] == "raised":
            message = f"{place['exception']}: {place['text']}"
        if failed["kind"] == "memory":
            self._fail("memory", f"it needs more memory than the {self._limits.memory_mb} MB that are allowed", **place)
        raise WorkerFailed(failed["kind"], message or NONSENSE, self._printed.text(), **place)

    def _receive(self, limit_s: float) -> bytes:
        """The next frame. Raises WorkerFailed, TooLarge, ZygoteLost."""
        deadline = time.monotonic() + limit_s
        while True:
            frame = self._incoming.take()
            if frame is not None:
                return frame
            left_s = deadline - time.monotonic()
            if left_s <= 0 or not (events := self._channel.events(left_s)):
                self._fail("timeout", f"no answer within {limit_s:g} seconds")
            for kind, chunk in events:
                if kind == "log":
                    self._printed.add(chunk)
                elif chunk:
                    self._incoming.bytes += chunk
                else:
                    self._fail_dead()

    def _take(self, limit_s: float) -> None:
        """What has arrived already: printed text, and bytes where none should be."""
        until = time.monotonic() + 0.5  # a thread of the student's may print for ever
        while time.monotonic() < until and not self._incoming.bytes:
            events = self._channel.events(limit_s)
            if not events or ("ended", b"") in events or ("results", b"") in events:
                return
            for kind, chunk in events:
                if kind == "log":
                    self._printed.add(chunk)
                else:
                    self._incoming.bytes += chunk

    def _fail_dead(self) -> None:
        """The process closed its end without an answer: say how it ended."""
        code = self._channel.finish(GRACE_S)
        if code is None:
            self._fail("died", "its code closed the connection to the grader")
        if code == -getattr(signal, "SIGXCPU", 0):
            self._fail("timeout", f"it used more than {self._limits.cpu_s} seconds of processor time")
        if code < 0:
            self._fail("died", f"the process crashed with {signal.Signals(-code).name}")
        self._fail("died", f"the process ended by itself (exit status {code}) before it answered: os._exit, exit or quit?")

    def _fail(self, kind: str, message: str, **place) -> None:
        """End the process and raise."""
        try:
            self._channel.finish(0)
            self._take(0.0)
        finally:
            self._drop()
        raise WorkerFailed(kind, message, self._printed.text(), **place)


def _line(value, cap: int) -> str | None:
    """A string from the student's process on one line, or None."""
    return " ".join(value[: 4 * cap].split())[:cap] if isinstance(value, str) else None
