"""A warm process that holds torch and the weights, and forks a worker for each submission.

Where forking is not safe (macOS, Windows, a GPU) every worker is a fresh process instead.
One Sandbox belongs to one thread. Next files: warm.py, worker.py, isolation.py, and untrusted/start.py on
the other side.
"""

import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from grader.errors import LabError
from grader.language import _
from grader.sandbox.protocol.limits import Confinement, Limits
from grader.sandbox.trusted import isolation as isolations
from grader.sandbox.trusted.budget import Budget
from grader.sandbox.trusted.channel import Channel, ZygoteLost
from grader.sandbox.trusted.warm import Unfit, WarmProcess
from grader.sandbox.trusted.worker import Worker


class Sandbox:
    """Starts at once, in the background; methods that need it wait.

    device: "cpu", "cuda", "mps", or "auto" for the fastest that is there. mode: "process" never forks.
    isolation: the least level to work at, "full", "files-readable" or "process-only"; below it, methods
    raise LabError with what is missing. without: layers to leave out, for tests and measurements.
    threads: of a worker, by default OMP_NUM_THREADS or else one per core. calls: the module whose CALLS
    workers answer.
    Every method raises SandboxLost when the process does not start, or was lost and does not start again,
    and LabError where it had to start again and the model file holds other weights by then.
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
    ):
        self._model, self._device, self._limits, self._calls = model, device, limits, calls
        self._threads = threads or _threads()
        self._no_fork = (
            _("asked for")
            if mode == "process"
            else None
            if _has_pidfd()
            else _("none on {platform}").format(platform=sys.platform)
        )
        self._least, self._confinement = isolation, Confinement(without=without)
        self._hello: dict[str, Any] = {}  # the first word of the process that was started last
        self._layers: dict[str, Any] = {}
        self._probe: dict[str, str] = {}  # what the last probe found
        self._warm: WarmProcess | None = self._launch()

    def ready(self) -> dict[str, Any]:
        """Waits for the process -> {"torch", "torchvision", "device", "model": {"error", ...}, ...}."""
        if not self._hello:
            self._greet()
        return dict(self._hello)

    def worker(self, files: dict[str, bytes], budget: Budget | None = None) -> Worker:
        """A process of its own for the submission with these files, {path: content}.

        budget: what the submission may use, in this worker and in others.
        """
        warm = self._greet()  # and see what confinement works here
        if not warm.forks and not self._confinement.required:
            return self._probed_worker(files, budget)
        worker = Worker(self._channel, files, self._limits, self._threads, self._confinement, budget)
        self._layers = worker.layers
        return worker

    @property
    def pid(self) -> int | None:
        """Of the process that forks the workers, or of the next worker; None while there is neither."""
        return None if self._warm is None else self._warm.pid

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
            missing.append(_("no fork ({no_fork})").format(no_fork=self._no_fork))
        return {
            "level": isolations.level_of(self._probe),
            "layers": dict(self._layers),
            "probe": dict(self._probe),
            "missing": missing,
        }

    def close(self) -> None:
        """Ends the process. Workers that are still open end with it if they are its forks."""
        if self._warm is not None:
            self._warm.close()
            self._warm = None

    def __enter__(self) -> "Sandbox":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _launch(self) -> WarmProcess:
        forks, walks = self._no_fork is None, self._confinement.no_open
        return WarmProcess(self._calls, self._model, self._device, forks, walks)

    def _greet(self) -> WarmProcess:
        """Wait until the process is ready, and try what its workers could do; start it first if need be."""
        warm = self._warm = self._warm or self._launch()
        if not warm.hello:
            self._listen_to(warm)
            self._confinement = replace(self._confinement, required=())
            if warm.forks:
                self._probed_worker({}, None).close()
        # By now it may be another one, where no file is to be opened; or it has become a worker itself.
        return self._greet() if self._warm is None else self._warm

    def _listen_to(self, warm: WarmProcess) -> None:
        """Wait for its first word. Raises SandboxLost, LabError."""
        try:
            hello = warm.wait(self._limits.start_s)
            if self._hello and self._hello["model"] != hello["model"]:
                raise LabError(
                    _("{model} has changed since the grading began: grade again").format(model=self._model)
                )
        except LabError:
            self.close()
            raise
        self._hello = hello
        if self._no_fork is None and not warm.forks:
            self._no_fork = hello["obstacle"]

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

    def _channel(self) -> Channel:
        """Start a worker's process. Raises ZygoteLost."""
        for _attempt in range(2):
            warm = self._greet()
            if not warm.forks:
                self._warm = None
                return warm.take()
            try:
                return warm.fork()
            except Unfit as unfit:
                self._no_fork = str(unfit)
                self.close()
            except (ConnectionError, ZygoteLost):  # it was killed since the last worker: start anew
                self.close()
        raise ZygoteLost


def _has_pidfd() -> bool:
    return sys.platform == "linux" and hasattr(os, "pidfd_open")


def _threads() -> int:
    """What OMP_NUM_THREADS says, as for torch itself."""
    wanted = os.environ.get("OMP_NUM_THREADS", "")
    return int(wanted) if wanted.isdecimal() and int(wanted) else _cores()


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
