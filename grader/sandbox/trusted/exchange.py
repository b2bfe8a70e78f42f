"""What goes through one worker's pipes: requests out, frames in, what was printed, and how it ended."""

import signal
import time
from collections.abc import Callable
from typing import NoReturn

from grader.language import N_, _
from grader.sandbox.protocol.frames import BadFrame, Incoming
from grader.sandbox.protocol.limits import Limits
from grader.sandbox.protocol.printed import Printed
from grader.sandbox.trusted.answers import WorkerFailed
from grader.sandbox.trusted.channel import Channel, Event
from grader.sandbox.trusted.meter import TICK_S, Meter, Usage, slowness

GRACE_S = 1.0  # for a process to be gone once it has closed its pipes
STRAY_LIMIT_S = 0.5  # for reading what a thread of the student's prints between calls
DEATHS = N_({"SIGSEGV": "a crash: bad memory access", "SIGABRT": "a crash: a library gave up",
             "SIGKILL": "perhaps the machine ran out of memory"})  # fmt: skip


class Exchange:
    """With one process. Whatever fails ends the process, and raises WorkerFailed or ZygoteLost."""

    def __init__(self, channel: Channel, limits: Limits):
        self._channel, self._limits = channel, limits
        self._incoming = Incoming(limits.answer_mb << 20)
        self._printed = self._nothing_printed()
        self.has_ended = False  # by a failure

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._channel.pid

    @property
    def printed(self) -> str:
        """What the process has printed since the last request."""
        return self._printed.text()

    @property
    def total_cpu_s(self) -> float:
        """Processor seconds of the process in all, once it has ended."""
        return self._channel.total_cpu_s

    def usage(self) -> Usage | None:
        """What the process has used up to now."""
        return self._channel.usage()

    def begin(self) -> None:
        """Before a request: forget what was printed. Raises BadFrame as `expect_nothing` does."""
        self._printed = self._nothing_printed()
        self.expect_nothing()

    def send(self, request: bytes) -> None:
        """Hand over a request."""
        self._channel.send(request)

    def first_frame(self) -> bytes:
        """What the process says before any student's code runs. Raises TooLarge, too."""
        deadline = time.monotonic() + self._limits.start_s * slowness()
        while (frame := self._incoming.take()) is None:
            left_s = deadline - time.monotonic()
            if left_s <= 0 or not (events := self._channel.events(left_s)):
                self.fail(
                    "machine", _("no word within {start_s:g} seconds").format(start_s=self._limits.start_s)
                )
            if not self._note(events):
                self.fail(*self._death())
        return frame

    def frame(self, meter: Meter, limits_s: tuple[float, float], look: Callable[[], None]) -> bytes:
        """The next frame. Raises TooLarge, too, and what `look` does, which is called now and then.

        limits_s: of processor time, and of time in which it only waits.
        """
        while (frame := self._incoming.take()) is None:
            events = self._channel.events(TICK_S)
            meter.look()
            look()
            if events and not self._note(events):
                self.fail(*self._death())
            is_late = not events or meter.wall_s > limits_s[0]  # the latter: it prints without end
            if is_late and (verdict := meter.verdict(*limits_s)) is not None:
                self.fail(*verdict)
        return frame

    def expect_nothing(self) -> None:
        """Take what was printed. Raises BadFrame where bytes stand that no call asked for."""
        self._take_what_is_there()
        if self._incoming.bytes:
            raise BadFrame("bytes between two calls")

    def fail(self, kind: str, message: str) -> NoReturn:
        """End the process and raise."""
        self.has_ended = True
        self._channel.finish(0)
        self._take_what_is_there()  # the last words
        raise WorkerFailed(kind, message, self._printed.text())

    def end(self) -> None:
        """End the process and everything that it started."""
        self._channel.finish(0)

    def close(self) -> None:
        """Give the pipes back."""
        self._channel.close()

    def _nothing_printed(self) -> Printed:
        return Printed(self._limits.log_kb << 10)

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
            return "died", _("its code closed the connection to the grader")
        if code >= 0:
            return "died", _(
                "the process ended itself before it answered (exit status {code}): os._exit?"
            ).format(code=code)
        if code == -getattr(signal, "SIGXCPU", 0):
            return "timeout", _("it used more than {cpu_s} seconds of processor time").format(
                cpu_s=self._limits.cpu_s
            )
        names = {member.value: member.name for member in signal.Signals}
        name = names.get(-code, _("signal {number}").format(number=-code))
        meaning = f" ({_(DEATHS[name])})" if name in DEATHS else ""
        return "died", _("the process was ended by {name} before it answered{meaning}").format(
            name=name, meaning=meaning
        )
