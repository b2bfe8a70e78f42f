"""The zygote's loop (Linux): one fork for each job, and nothing left of a worker that has ended."""

import contextlib
import fcntl
import json
import os
import select
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable
from typing import NoReturn

from grader.sandbox.protocol.frames import read_frame
from grader.sandbox.protocol.limits import Confinement, Limits
from grader.sandbox.untrusted.confine import Layer, NotConfined, confine
from grader.sandbox.untrusted.serve import Job, Prepare
from grader.sandbox.untrusted.system import PR_SET_CHILD_SUBREAPER, os_threads, prctl

SWEEP_LIMIT_S = 2.0  # for killing what a worker left behind
Serve = Callable[[Callable[[], bytes], int, Prepare], None]  # (read a frame, where answers go, confine)


def obstacle(device: str) -> str | None:
    """Why this process must not fork workers, or None."""
    if sys.platform != "linux" or not hasattr(os, "pidfd_open") or not hasattr(signal, "pidfd_send_signal"):
        return f"no pidfd on {sys.platform}"
    if device != "cpu":
        return f"a process that uses {device} cannot be forked"
    try:
        os.close(os.pidfd_open(os.getpid()))
        threads = os_threads()
    except OSError as error:
        return f"no pidfd or no /proc: {error.strerror}"
    return None if threads == 1 else f"torch left {threads} threads running"


class Zygote:
    """Forks a worker for each message that brings fds for requests, results, log and exit status.

    readable: the paths that a worker may read.
    """

    def __init__(self, sock: socket.socket, serve: Serve, readable: list[str]):
        self._sock, self._serve, self._readable = sock, serve, readable
        self._folder = os.getcwd()
        self._children: dict[int, tuple[int, int, str]] = {}  # pidfd -> (pid, fd for its exit status, folder)

    def run(self) -> NoReturn:
        """Fork and reap until the grader is gone."""
        _silence()
        with contextlib.suppress(OSError):
            prctl(PR_SET_CHILD_SUBREAPER, 1)  # a worker's orphans become ours, where we can find them
        ready = select.poll()
        ready.register(self._sock, select.POLLIN)
        while True:
            for fd, _ in ready.poll():
                if fd in self._children:
                    ready.unregister(fd)
                    self._reap(fd)
                else:
                    pidfd = self._fork()
                    if pidfd is not None:
                        ready.register(pidfd, select.POLLIN)

    def _fork(self) -> int | None:
        """The new worker's pidfd; None where this process has become unfit to fork."""
        try:
            message, fds, _, _ = socket.recv_fds(self._sock, 1 << 16, 4)
        except ConnectionError:
            message, fds = b"", []
        if not message:  # the grader is gone
            for pidfd in list(self._children):
                self._reap(pidfd)
            _remove(self._folder)
            os._exit(0)
        if os_threads() != 1:
            self._sock.sendall(json.dumps({"refused": f"{os_threads()} threads are running"}).encode())
            for fd in fds:
                os.close(fd)
            return None
        os.makedirs(self._folder, exist_ok=True)  # a worker without confinement may have removed it
        os.chmod(self._folder, 0o711)  # a worker with a user of its own has to pass through
        folder = tempfile.mkdtemp(dir=self._folder)
        zygote = os.getpid()
        pid = os.fork()
        if pid == 0:
            self._be_worker(zygote, fds, folder)
        pidfd = os.pidfd_open(pid)
        self._children[pidfd] = pid, fds[3], folder
        for fd in fds[:3]:
            os.close(fd)
        with contextlib.suppress(OSError):
            socket.send_fds(self._sock, [json.dumps({"pid": pid}).encode()], [pidfd])
        return pidfd

    def _be_worker(self, zygote: int, fds: list[int], folder: str) -> NoReturn:
        """In the child: the fds in their places, then serve until the end."""
        try:
            os.setsid()
            requests, results, log, _ = fds
            _place((os.open(os.devnull, os.O_RDONLY), log, log, results, requests))
            os.chdir(folder)
            own = {name: value.replace(self._folder, folder) for name, value in os.environ.items()}
            os.environ.update(own)  # HOME, TMPDIR, and what torch derived from them
            tempfile.tempdir = folder  # else it tries to write there, and finds nowhere to

            def prepare(job: Job) -> dict[str, Layer]:
                # A process's own folder in /proc is to be had under its number alone.
                readable = [*self._readable, folder, f"/proc/{os.getpid()}"]
                limits, asked = Limits(**job["limits"]), Confinement(**job["confinement"])
                layers = confine(limits, asked, readable, folder)
                if os.getppid() != zygote:  # it died before we could ask to die with it
                    os._exit(0)
                return {"session": True} | layers

            self._serve(lambda: read_frame(4), 3, prepare)
        except EOFError:
            os._exit(0)
        except NotConfined as failed:
            print(failed, flush=True)
            os._exit(1)
        except BaseException:
            os._exit(1)
        finally:
            os._exit(1)

    def _reap(self, pidfd: int) -> None:
        """End a worker and all its descendants, and tell the grader how it ended and what it used."""
        pid, status, folder = self._children.pop(pidfd)
        for kill, target in ((os.kill, pid), (os.killpg, pid)):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                kill(target, signal.SIGKILL)
        _, code, used = os.wait4(pid, 0)
        self._sweep()
        _remove(folder)
        cpu_s = used.ru_utime + used.ru_stime
        with contextlib.suppress(OSError):
            os.write(status, f"{os.waitstatus_to_exitcode(code)} {cpu_s:.3f}".encode())
        os.close(status)
        os.close(pidfd)

    def _sweep(self) -> None:
        """Kill orphans that left the worker's process group."""
        known = {pid for pid, _, _ in self._children.values()}
        deadline = time.monotonic() + SWEEP_LIMIT_S
        while time.monotonic() < deadline:
            orphans = set(_children_of_this_process()) - known
            if not orphans:
                return
            for pid in orphans:
                with contextlib.suppress(OSError):
                    os.kill(pid, signal.SIGKILL)
            for pid in orphans:
                with contextlib.suppress(OSError):
                    os.waitpid(pid, 0)


def _children_of_this_process() -> list[int]:
    try:
        with open(f"/proc/self/task/{os.getpid()}/children") as file:
            return [int(pid) for pid in file.read().split()]
    except OSError:  # a kernel without CONFIG_PROC_CHILDREN
        return []


def _remove(folder: str) -> None:
    """A folder that a student's code may have filled with anything."""
    with contextlib.suppress(Exception):  # RecursionError among them
        shutil.rmtree(folder, ignore_errors=True)


def _silence() -> None:
    """The zygote's own stdin, stdout and stderr lead nowhere."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for fd in range(3):
        os.dup2(nothing, fd)
    os.close(nothing)


def _place(fds: tuple[int, ...]) -> None:
    """Make them 0, 1, 2, ... and close everything else."""
    apart = [fcntl.fcntl(fd, fcntl.F_DUPFD, len(fds)) for fd in fds]
    for place, fd in enumerate(apart):
        os.dup2(fd, place, inheritable=place < 3)
    for fd in [int(name) for name in os.listdir("/proc/self/fd")]:
        if fd >= len(fds):
            with contextlib.suppress(OSError):  # the listing's own
                os.close(fd)
