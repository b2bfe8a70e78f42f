"""A warm process that holds torch and the weights, and forks a worker for each submission.

Where forking is not safe (macOS, Windows, a GPU) every worker is a fresh process instead.
One Sandbox belongs to one thread. Next files: worker.py, isolation.py, and untrusted/start.py on the
other side.
"""

import json
import os
import socket
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from grader.sandbox.protocol import frames
from grader.sandbox.protocol.frames import BadFrame, Incoming, TooLarge
from grader.sandbox.protocol.limits import Confinement, Limits
from grader.sandbox.protocol.printed import Printed
from grader.sandbox.trusted import isolation as isolations
from grader.sandbox.trusted.answers import SandboxLost
from grader.sandbox.trusted.budget import Budget
from grader.sandbox.trusted.channel import Channel, ForkedChannel, ProcessChannel, ZygoteLost, can_read
from grader.sandbox.trusted.launch import launch
from grader.sandbox.trusted.meter import slowness
from grader.sandbox.trusted.worker import Worker

FORK_LIMIT_S = 20.0  # for the zygote to fork; it takes 10 ms
CLOSE_LIMIT_S = 2.0  # for the zygote to end its workers and itself


class Sandbox:
    """Starts at once, in the background; methods that need it wait.

    device: "cpu", "cuda", "mps", or "auto" for the fastest that is there. mode: "process" never forks.
    isolation: the least level to work at, "full", "files-readable" or "process-only"; below it, methods
    raise LabError with what is missing. without: layers to leave out, for tests and measurements.
    threads: of a worker, by default OMP_NUM_THREADS or else one per core. calls: the module whose CALLS
    workers answer. traces: whether they will be asked for the graph of a forward, which takes imports of a
    second; without them that call fails.
    Every method raises SandboxLost when the process does not start, or was lost and does not start again.
    """

    def __init__(
        self,
        model: Path | None = None,
        device: str = "cpu",
        limits: Limits = Limits(),  # noqa: B008 (frozen)
        *,
        mode: str | None = None,
        threads: int | None = None,
        calls: str = "grader.sandbox.calls.table",
        isolation: str | None = None,
        without: tuple[str, ...] = (),
        traces: bool = True,
    ):
        self._model, self._device, self._limits, self._calls = model, device, limits, calls
        self._threads, self._traces = threads or _threads(), traces
        self._no_fork = (
            "asked for" if mode == "process" else None if _has_pidfd() else f"none on {sys.platform}"
        )
        self._least, self._confinement = isolation, Confinement(without=without)
        self._hello: dict[str, Any] = {}  # the first word of the process that was started last
        self._greeted = False  # whether the present process has said it
        self._layers: dict[str, Any] = {}
        self._probe: dict[str, str] = {}  # what the last probe found
        self._process: ProcessChannel | None = None  # the zygote, or the next worker
        self._socket: socket.socket | None = None  # to the zygote
        self._launch()

    def ready(self) -> dict[str, Any]:
        """Waits for the process -> {"torch", "torchvision", "device", "model": {"error", ...}, ...}."""
        if not self._hello:
            self._greet()
        return dict(self._hello)

    def worker(self, files: dict[str, bytes], budget: Budget | None = None) -> Worker:
        """A process of its own for the submission with these files, {path: content}.

        budget: what the submission may use, in this worker and in others.
        """
        self._greet()  # and see what confinement works here
        if self._socket is None and not self._confinement.required:
            return self._probed_worker(files, budget)
        worker = Worker(self._channel, files, self._limits, self._threads, self._confinement, budget)
        self._layers = worker.layers
        return worker

    @property
    def pid(self) -> int | None:
        """Of the process that forks the workers, or of the next worker; None while there is neither."""
        return None if self._process is None else self._process.pid

    def limit(self, limits: Limits) -> None:
        """What every worker from now on may use."""
        self._limits = limits

    @property
    def isolation(self) -> dict[str, Any]:
        """For the report: what stands between a worker and the rest of the machine, as a probe found it.

        {"level", "layers": {name: in force}, "probe": {what was tried: "blocked" or "open"}, "missing"}
        """
        missing = isolations.missing(self._probe, self._layers)
        if self._no_fork:
            missing.append(f"no fork ({self._no_fork})")
        return {
            "level": isolations.level_of(self._probe),
            "layers": dict(self._layers),
            "probe": dict(self._probe),
            "missing": missing,
        }

    def close(self) -> None:
        """Ends the process. Workers that are still open end with it if they are its forks."""
        grace_s = CLOSE_LIMIT_S if self._socket is not None and self._greeted else 0
        if self._socket is not None:
            self._socket.close()  # the zygote sees it, ends what its workers started, then itself
            self._socket = None
        if self._process is not None:
            self._process.finish(grace_s)
            self._process.close()
            self._process = None

    def __enter__(self) -> "Sandbox":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _launch(self) -> None:
        self._greeted = False
        self._process, self._socket = launch(
            self._calls,
            self._model,
            self._device,
            fork=self._no_fork is None,
            traces=self._traces,
            walk=self._confinement.no_open,
        )

    def _greet(self) -> None:
        """Wait until the process is ready, and try what its workers could do; start it first if need be."""
        if self._process is None:
            self._launch()
        if not self._greeted:
            self._hello = self._first_word()
            self._greeted = True
            if self._socket is not None and not self._hello["fork"]:
                self._socket.close()  # it is a worker itself, then
                self._socket, self._no_fork = None, self._hello["obstacle"]
            self._confinement = replace(self._confinement, required=())
            if self._socket is not None:
                self._probed_worker({}, None).close()

    def _probed_worker(self, files: dict[str, bytes], budget: Budget | None) -> Worker:
        """A worker in which everything is tried first. Raises LabError below the level that was asked for."""
        with tempfile.NamedTemporaryFile(prefix="unet-lab-") as canary:
            os.chmod(canary.name, 0o644)  # as readable as a solution may be
            worker = Worker(
                self._channel,
                files,
                self._limits,
                self._threads,
                self._confinement,
                budget,
                isolations.targets(canary.name) if sys.platform == "linux" else None,
            )
        self._layers, self._probe = worker.layers, worker.found
        level = isolations.level_of(self._probe)
        if self._least == "full" != level and not self._confinement.no_open:
            worker.close()  # nothing else hides the files here, so none is to be opened:
            self.close()  # start anew, and import everything first
            self._confinement = replace(self._confinement, no_open=True)
            return self._probed_worker(files, budget)
        try:
            isolations.demand(self._least, self._probe)
        except BaseException:
            worker.close()
            raise
        held = tuple(name for name, layer in self._layers.items() if layer is not False)
        self._confinement = replace(self._confinement, required=held)
        return worker

    def _first_word(self) -> dict[str, Any]:
        if self._process is None:
            raise ZygoteLost
        incoming, log = Incoming(frames.HEADER_CAP), Printed(1 << 16)
        while events := self._process.events(self._limits.start_s * slowness()):
            for kind, chunk in events:
                log.add(chunk if kind == "log" else b"")
                incoming.bytes += chunk if kind == "results" else b""
            try:
                if (frame := incoming.take()) is not None:
                    return dict(frames.unpack(frame)[0]["hello"])
            except (BadFrame, TooLarge, KeyError):
                break
            if ("ended", b"") in events:
                break
        self.close()
        last = log.text().strip().splitlines()[-1:] or [f"no word within {self._limits.start_s:g} seconds"]
        raise SandboxLost(f"the sandbox did not start: {last[0]}")

    def _channel(self) -> Channel:
        """Start a worker's process. Raises ZygoteLost."""
        for _ in range(2):
            self._greet()
            if self._socket is None and self._process is not None:
                process, self._process = self._process, None
                return process
            try:
                return self._fork()
            except (ConnectionError, ZygoteLost):  # it was killed since the last worker: start anew
                self.close()
        raise ZygoteLost

    def _fork(self) -> ForkedChannel:
        """Ask the zygote for a worker. Raises ZygoteLost, ConnectionError."""
        zygote = self._socket
        if zygote is None:
            raise ZygoteLost
        requests, results, log, status = (os.pipe() for _ in range(4))
        ours, theirs = (
            [requests[1], results[0], log[0], status[0]],
            [requests[0], results[1], log[1], status[1]],
        )
        try:
            socket.send_fds(zygote, [b"fork"], theirs)
            if not can_read(zygote.fileno(), FORK_LIMIT_S * slowness()):
                raise ZygoteLost
            message, pidfds, _, _ = socket.recv_fds(zygote, 4096, 1)
            said = json.loads(message) if message else {}
            if message and not pidfds:
                self._no_fork = said["refused"]
            if not pidfds:
                raise ZygoteLost
        except BaseException:
            for fd in ours:
                os.close(fd)
            raise
        finally:
            for fd in theirs:
                os.close(fd)
        return ForkedChannel(said["pid"], ours[0], ours[1], ours[2], ours[3], pidfds[0])


def _has_pidfd() -> bool:
    return sys.platform == "linux" and hasattr(os, "pidfd_open")


def _threads() -> int:
    """What OMP_NUM_THREADS says, as for torch itself."""
    wanted = os.environ.get("OMP_NUM_THREADS", "")
    return int(wanted) if wanted.isdecimal() and int(wanted) else _cores()


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
