"""A scheduler and workers of Dask's on this machine, each with a folder and a copy of the lab of its own."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from grader.lab.paths import LAB

PARTS = ("grader", "assets", "solution", "student")
FOREIGN = shutil.ignore_patterns("__pycache__", "make", "figures")


def copy_lab(folder: Path) -> Path:
    """Files are linked: replace one, and do not write into it."""
    for name in PARTS:
        shutil.copytree(LAB / name, folder / name, copy_function=_link, ignore=FOREIGN)
    return folder


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@dataclass
class Cluster:
    folder: Path
    address: str = ""
    processes: list[subprocess.Popen] = field(default_factory=list)

    def start_worker(self, name: str, lab: Path | None = None, *more: str, **environment: str) -> Path:
        """One process for grading, restarted when it dies; -> its log."""
        here = self.folder / name
        here.mkdir()
        words = ("worker", self.address, "--nthreads", "1", "--no-dashboard", "--name", name, *more)
        scratch = ("--local-directory", str(here / "scratch"))
        return self._start(name, lab or copy_lab(here / "lab"), *words, *scratch, **environment)

    def start_scheduler(self, *more: str) -> None:
        here = self.folder / "scheduler"
        here.mkdir()
        port = free_port()
        self.address = f"tcp://127.0.0.1:{port}"
        words = ("scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard", *more)
        self._start("scheduler", copy_lab(here / "lab"), *words)

    def wait_for(self, workers: int) -> None:
        """Until so many have found the scheduler."""
        for _ in range(1200):
            if self.logs().count("Registered to:") >= workers:
                return
            time.sleep(0.1)
        raise AssertionError(f"not {workers} workers within two minutes: {self.logs()}")

    def logs(self) -> str:
        return "".join(path.read_text(errors="replace") for path in sorted(self.folder.glob("*.log")))

    def _start(self, name: str, lab: Path, *words: str, **environment: str) -> Path:
        log = self.folder / f"{name}.log"
        with log.open("ab") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", "dask", *words],
                cwd=lab, stdout=file, stderr=file, env=os.environ | environment,
            )  # fmt: skip
        self.processes.append(process)
        return log

    def graders(self, name: str) -> list[psutil.Process]:
        """The processes below a worker's nanny that grade."""
        nanny = next(one for one in self.processes if name in one.args)
        return [
            one for one in psutil.Process(nanny.pid).children() if "spawn_main" in " ".join(one.cmdline())
        ]


@contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    made = Cluster(folder)
    try:
        made.start_scheduler()
        yield made
    finally:
        for process in made.processes:
            with suppress(psutil.Error):
                for child in psutil.Process(process.pid).children(recursive=True):
                    with suppress(psutil.Error):
                        child.kill()
            process.kill()
            process.wait()
