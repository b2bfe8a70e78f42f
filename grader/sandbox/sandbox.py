"""A warm process that holds torch and the weights, and forks a worker for each submission.

Where forking is not safe (macOS, Windows, a GPU) every worker is a fresh process instead.
One Sandbox belongs to one thread. Next files: caller.py (a worker), start.py (the other side).
"""

import importlib.util
import json
import os
import select
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from grader.sandbox import frames
from grader.sandbox.caller import SandboxLost, Worker
from grader.sandbox.channel import Channel, ForkedChannel, ProcessChannel, ZygoteLost
from grader.sandbox.frames import BadFrame, Incoming, TooLarge
from grader.sandbox.limits import NOT_THERE, Limits
from grader.sandbox.printed import Printed

ROOT = Path(__file__).resolve().parents[2]
FORK_LIMIT_S = 20.0  # for the zygote to fork; it takes 10 ms
KEPT_VARIABLES = ("LD_LIBRARY_PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "NUMBER_OF_PROCESSORS")
PACKAGES = ("torch", "torchvision", "numpy", "PIL", "safetensors")


class Sandbox:
    """Starts at once, in the background. Every method raises SandboxLost when it cannot be (re)started."""

    def __init__(self, model: Path | None = None, device: str = "cpu", limits: Limits = Limits(), *,  # noqa: B008
                 mode: str | None = None, threads: int | None = None, calls: str = "grader.sandbox.calls"):  # fmt: skip
        self._model, self._device, self._limits, self._calls = model, device, limits, calls
        self._threads = threads or _cores()
        self._may_fork = mode != "process" and sys.platform == "linux" and hasattr(os, "pidfd_open")
        self._why_not = "asked for" if mode == "process" else f"no pidfd on {sys.platform}"
        self._hello: dict | None = None  # the first word of the last process that was started
        self._greeted = False  # whether the present process has said it
        self._layers: dict = {}
        self._process: ProcessChannel | None = None
        self._socket: socket.socket | None = None
        self._launch()

    def ready(self) -> dict:
        """Waits for the process's first word: {"torch", "torchvision", "device", "model": {"error", ...}, ...}."""
        if self._hello is None:
            self._greet()
        return dict(self._hello)

    def worker(self, files: dict[str, bytes]) -> Worker:
        """A process of its own for the submission with these files, {path: content}."""
        worker = Worker(self._channel, files, self._limits, self._threads)
        self._layers = worker.layers
        return worker

    @property
    def isolation(self) -> dict:
        """For the report: what stands between the last worker and the rest of the machine."""
        forks = self._may_fork
        missing = NOT_THERE + sorted(name for name, layer in self._layers.items() if layer is False)
        if not forks:
            missing.append(f"warm start ({self._why_not})")
        return {"level": "limits" if forks else "process", "layers": dict(self._layers), "missing": missing}

    def close(self) -> None:
        """Ends the process; workers that are still open end with it."""
        was_zygote = self._socket is not None
        if self._socket is not None:
            self._socket.close()  # the zygote ends itself, and first of all what its workers started
            self._socket = None
        if self._process is not None:
            self._process.finish(1.0 if was_zygote and self._greeted else 0)
            self._process.close()
            self._process = None

    def __enter__(self) -> "Sandbox":
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def _launch(self) -> None:
        ours, theirs = None, None
        if self._may_fork:
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        options = {"root": str(ROOT), "packages": _package_folders(), "calls": self._calls, "device": self._device,
                   "model": None if self._model is None else str(Path(self._model).resolve()),
                   "socket": None if theirs is None else theirs.fileno()}  # fmt: skip
        posix = {"start_new_session": True, "pass_fds": [theirs.fileno()] if theirs else []} if os.name == "posix" else {}
        try:
            process = subprocess.Popen(
                [sys.executable, "-I", str(Path(__file__).with_name("start.py")), json.dumps(options)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0,
                env=_environment(self._device), cwd="/" if os.name == "posix" else tempfile.gettempdir(), **posix,
            )  # fmt: skip
        except OSError as error:
            if ours is not None:
                ours.close()
            raise SandboxLost(f"no process could be started: {error}") from None
        finally:
            if theirs is not None:
                theirs.close()
        self._process, self._socket, self._greeted = ProcessChannel(process), ours, False

    def _greet(self) -> None:
        """Waits until the process is ready, and starts it if need be."""
        if self._process is None:
            self._launch()
        if not self._greeted:
            self._hello = self._first_word()
            self._greeted = True
            if self._socket is not None and not self._hello["fork"]:
                self._socket.close()
                self._socket, self._may_fork, self._why_not = None, False, self._hello["obstacle"]

    def _first_word(self) -> dict:
        incoming, log, events = Incoming(frames.HEADER_CAP), Printed(1 << 16), [("log", b"")]
        while events and ("results", b"") not in events and ("ended", b"") not in events:
            for kind, chunk in events:
                if kind == "log":
                    log.add(chunk)
                else:
                    incoming.bytes += chunk
            try:
                if (frame := incoming.take()) is not None:
                    return frames.unpack(frame)[0]["hello"]
            except (BadFrame, TooLarge, KeyError):
                break
            events = self._process.events(self._limits.start_s)
        self._take_log(log)
        self.close()
        reason = log.text().strip().splitlines()[-1:] or [f"no sign of life within {self._limits.start_s:g} seconds"]
        raise SandboxLost(f"the sandbox did not start: {reason[0]}")

    def _take_log(self, log: Printed) -> None:
        self._process.finish(1.0)
        for kind, chunk in self._process.events(0.0):
            if kind == "log":
                log.add(chunk)

    def _channel(self) -> Channel:
        """Starts a worker's process. Raises ZygoteLost."""
        for _ in range(2):
            self._greet()
            if self._socket is None:
                process, self._process = self._process, None
                return process
            try:
                return self._fork()
            except (OSError, ZygoteLost):  # it was killed since the last worker: start anew
                self.close()
        raise ZygoteLost

    def _fork(self) -> ForkedChannel:
        ours, theirs = [], []
        for reads in (False, True, True, True):  # requests, results, log, status
            ends = os.pipe()
            ours.append(ends[0 if reads else 1])
            theirs.append(ends[1 if reads else 0])
        try:
            socket.send_fds(self._socket, [json.dumps({"limits": vars(self._limits)}).encode()], theirs)
            if not select.select([self._socket], [], [], FORK_LIMIT_S)[0]:
                raise ZygoteLost
            message, pidfds, _, _ = socket.recv_fds(self._socket, 4096, 1)
            if not message:
                raise ZygoteLost
            if not pidfds:
                self._may_fork, self._why_not = False, json.loads(message)["refused"]
                raise ZygoteLost
        except BaseException:
            for fd in ours:
                os.close(fd)
            raise
        finally:
            for fd in theirs:
                os.close(fd)
        return ForkedChannel(*ours, pidfds[0])


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _environment(device: str) -> dict[str, str]:
    """Nothing of the grader's own environment but what the system needs to find torch."""
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    fixed = {"PATH": os.defpath, "HOME": "/nonexistent", "LANG": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1"}
    return kept | fixed | ({"CUDA_VISIBLE_DEVICES": ""} if device == "cpu" else {"PYTORCH_NVML_BASED_CUDA_CHECK": "1"})


def _package_folders() -> list[str]:
    """Where this Python finds torch and the others: `python -I` does not look in a user's own folder."""
    specs = [importlib.util.find_spec(name) for name in PACKAGES]
    return sorted({str(Path(spec.origin).parents[1]) for spec in specs if spec is not None and spec.origin})
