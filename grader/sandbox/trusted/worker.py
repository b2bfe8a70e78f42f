"""The grader's side of one worker: asks, and charges the budget. Next file: exchange.py."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any, TypeVar

import numpy as np

from grader.language import _
from grader.sandbox.protocol import frames
from grader.sandbox.protocol.frames import BadFrame, Facts, Tensors, TooLarge
from grader.sandbox.protocol.limits import Confinement, Limits
from grader.sandbox.trusted import answers
from grader.sandbox.trusted.answers import NONSENSE, Answer, SandboxLost, WorkerFailed
from grader.sandbox.trusted.budget import Budget
from grader.sandbox.trusted.channel import Channel, ZygoteLost
from grader.sandbox.trusted.exchange import Exchange
from grader.sandbox.trusted.meter import Meter

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
        self._live: Exchange | None = None
        self._calls = 0
        self._charged_cpu_s = 0.0  # of the present process
        # How the process confined itself, said before any student's code ran
        self.layers: dict[str, Any] = {}
        self.found: dict[str, str] = {}
        self._again(self._open)

    @property
    def alive(self) -> bool:
        """Whether it takes calls."""
        return self._live is not None

    @property
    def pid(self) -> int | None:
        """Of its process; None once that has ended."""
        return None if self._live is None else self._live.pid

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
            raise ValueError(_("this worker has ended; ask the sandbox for another one"))
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
                self._live.end()
            except ZygoteLost:
                pass
            finally:
                self._drop()

    def __enter__(self) -> "Worker":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _again(self, attempt: Callable[[], T]) -> T:
        """The attempt; where the zygote was lost under it, once more in a new worker."""
        for _attempt in range(2):
            try:
                return attempt()
            except ZygoteLost:
                self._drop()
        raise SandboxLost(_("the sandbox's process was killed, and once more after a new start"))

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
        live = self._live = Exchange(self._start(), self._limits)
        job = {
            "files": list(self._files),
            "threads": self._threads,
            "limits": asdict(self._limits),
            "confinement": asdict(self._confinement),
            "probe": self._probe,
        }
        contents = {str(i): np.frombuffer(text, np.uint8) for i, text in enumerate(self._files.values())}
        live.send(frames.pack(job, contents))
        try:
            info, _tensors, _unreadable = frames.unpack(live.first_frame())
            self.layers, self.found = dict(info["ready"]), dict(info.get("probe", {}))
            if failed := [name for name in self._confinement.required if not self.layers.get(name)]:
                raise BadFrame(_("not confined: {failed}").format(failed=", ".join(failed)))
        except (WorkerFailed, BadFrame, TooLarge, KeyError) as problem:
            self.close()
            raise SandboxLost(
                _("a worker did not start: {problem} {printed}").format(
                    problem=problem, printed=live.printed[-300:]
                )
            ) from None
        usage = live.usage()
        self._charged_cpu_s = 0.0 if usage is None else usage.cpu_s

    def _exchange(
        self, name: str, data: Facts, tensors: Tensors, limit_s: float, wanted: frozenset[str] | None
    ) -> Answer:
        live, self._calls = self._live, self._calls + 1
        if live is None:
            raise ZygoteLost
        meter = Meter(live.usage)
        request = frames.pack({"id": self._calls, "call": name, "data": data}, tensors)
        try:
            return self._ask(live, meter, request, limit_s, wanted)
        except WorkerFailed as failed:
            self.budget.late[name] += failed.kind == "timeout"
            if live.has_ended:
                self._drop()
            elif failed.kind == "memory":  # whatever could not be allocated may be missing
                self.close()
            raise
        finally:
            usage = None if self._live is None else self._live.usage()
            self._charge(0.0 if usage is None else usage.cpu_s, meter.idle_s, meter.wall_s)

    def _ask(
        self, live: Exchange, meter: Meter, request: bytes, limit_s: float, wanted: frozenset[str] | None
    ) -> Answer:
        try:
            live.begin()
            live.send(request)
            frame = live.frame(meter, self.budget.left(limit_s), self.budget.look)
            self.budget.receive(len(frame), frames.facts_size(frame))
            live.expect_nothing()
            return answers.read(frame, self._calls, live.printed, meter.wall_s, wanted)
        except TooLarge as error:
            megabytes, cap = error.size >> 20, self._limits.answer_mb
            live.fail(
                "too_large",
                _("the answer has {megabytes} MB; at most {cap} MB can be sent").format(
                    megabytes=megabytes, cap=cap
                ),
            )
        except BadFrame:
            live.fail("nonsense", _(NONSENSE))
