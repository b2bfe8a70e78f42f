"""A warm process that holds torch and the weights, and forks a worker for each submission.

Where forking is not safe (macOS, Windows, a GPU) every worker is a fresh process instead.
One Sandbox belongs to one thread. Next files: worker.py, and untrusted/start.py on the other side.
"""

import json
import os
import socket
import sys
from pathlib import Path

from grader.sandbox.protocol import frames
from grader.sandbox.protocol.frames import BadFrame, Incoming, TooLarge
from grader.sandbox.protocol.limits import LAYERS_TO_COME, Limits
from grader.sandbox.protocol.printed import Printed
from grader.sandbox.trusted.answers import SandboxLost
from grader.sandbox.trusted.channel import Channel, ForkedChannel, ProcessChannel, ZygoteLost, can_read
from grader.sandbox.trusted.launch import launch
from grader.sandbox.trusted.worker import Worker

FORK_LIMIT_S = 20.0  # for the zygote to fork; it takes 10 ms
CLOSE_LIMIT_S = 2.0  # for the zygote to end its workers and itself


class Sandbox:
    """Starts at once, in the background; methods that need it wait.

    device: "cpu", "cuda", "mps", or "auto" for the fastest that is there. mode: "process" never forks.
    threads: of a worker, by default one per core. calls: the module whose CALLS workers answer.
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
        calls: str = "grader.sandbox.calls.core",
    ):
        self._model, self._device, self._limits, self._calls = model, device, limits, calls
        self._threads = threads or _cores()
        self._no_fork = (
            "asked for" if mode == "process" else None if _has_pidfd() else f"none on {sys.platform}"
        )
        self._hello: dict | None = None  # the first word of the process that was started last
        self._greeted = False  # whether the present process has said it
        self._layers: dict = {}
        self._process: ProcessChannel | None = None  # the zygote, or the next worker
        self._socket: socket.socket | None = None  # to the zygote
        self._launch()

    def ready(self) -> dict:
        """Waits for the process -> {"torch", "torchvision", "device", "model": {"error", ...}, ...}."""
        if self._hello is None:
            self._greet()
        return dict(self._hello)

    def worker(self, files: dict[str, bytes]) -> Worker:
        """A process of its own for the submission with these files, {path: content}."""
        worker = Worker(self._channel, files, self._limits, self._threads)
        self._layers = worker.layers
        return worker

    def limit(self, limits: Limits) -> None:
        """What every worker from now on may use."""
        self._limits = limits

    @property
    def isolation(self) -> dict:
        """For the report: what stands between the last worker and the rest of the machine."""
        missing = [name for name in LAYERS_TO_COME if not self._layers.get(name)]
        missing += sorted(
            {name for name, layer in self._layers.items() if layer is False} - set(LAYERS_TO_COME)
        )
        if self._no_fork:
            missing.append(f"fork ({self._no_fork})")
        level = "process" if self._no_fork else "limits"
        return {"level": level, "layers": dict(self._layers), "missing": missing}

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

    def __exit__(self, *_) -> None:
        self.close()

    def _launch(self) -> None:
        self._greeted = False
        self._process, self._socket = launch(
            self._calls, self._model, self._device, fork=self._no_fork is None
        )

    def _greet(self) -> None:
        """Wait until the process is ready; start it first if need be."""
        if self._process is None:
            self._launch()
        if not self._greeted:
            self._hello = self._first_word()
            self._greeted = True
            if self._socket is not None and not self._hello["fork"]:
                self._socket.close()  # it is a worker itself, then
                self._socket, self._no_fork = None, self._hello["obstacle"]

    def _first_word(self) -> dict:
        incoming, log = Incoming(frames.HEADER_CAP), Printed(1 << 16)
        while events := self._process.events(self._limits.start_s):
            for kind, chunk in events:
                log.add(chunk if kind == "log" else b"")
                incoming.bytes += chunk if kind == "results" else b""
            try:
                if (frame := incoming.take()) is not None:
                    return frames.unpack(frame)[0]["hello"]
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
            if self._socket is None:
                process, self._process = self._process, None
                return process
            try:
                return self._fork()
            except (ConnectionError, ZygoteLost):  # it was killed since the last worker: start anew
                self.close()
        raise ZygoteLost

    def _fork(self) -> ForkedChannel:
        """Ask the zygote for a worker. Raises ZygoteLost, ConnectionError."""
        requests, results, log, status = (os.pipe() for _ in range(4))
        ours, theirs = (
            [requests[1], results[0], log[0], status[0]],
            [requests[0], results[1], log[1], status[1]],
        )
        try:
            socket.send_fds(self._socket, [json.dumps({"limits": vars(self._limits)}).encode()], theirs)
            if not can_read(self._socket.fileno(), FORK_LIMIT_S):
                raise ZygoteLost
            message, pidfds, _, _ = socket.recv_fds(self._socket, 4096, 1)
            if message and not pidfds:
                self._no_fork = json.loads(message)["refused"]
            if not pidfds:
                raise ZygoteLost
        except BaseException:
            for fd in ours:
                os.close(fd)
            raise
        finally:
            for fd in theirs:
                os.close(fd)
        return ForkedChannel(*ours, pidfds[0])


def _has_pidfd() -> bool:
    return sys.platform == "linux" and hasattr(os, "pidfd_open")


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
