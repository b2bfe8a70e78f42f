"""The grader's ends of a worker's pipes: bytes out, events in, and its certain end.

A forked worker is watched with poll() over its pipes and its pidfd. A fresh process is watched by
threads, because Windows cannot wait for pipes. Both speak the same four methods.
"""

import contextlib
import os
import queue
import select
import signal
import subprocess
import tempfile
import threading
import time
from typing import IO

from grader.sandbox.trusted.meter import Usage, usage_of

CHUNK = 1 << 16  # bytes read at a time from a fresh process, whose pipes hold no more
PIPE_BYTES = 1 << 20  # of a fork's pipes, where the system lets us: each filling costs both sides a switch
REAP_LIMIT_S = 10.0  # for the zygote to end a worker and what it left behind; it takes 20 ms
Event = tuple[str, bytes]  # ("results" or "log", bytes), ("results", b"") at its end, ("ended", b"")


class ZygoteLost(Exception):
    """The process that forks workers is gone, and its workers with it."""


def can_read(fd: int, limit_s: float) -> bool:
    """Whether bytes, an end or a death can be read from fd within limit_s."""
    poll = select.poll()
    poll.register(fd, select.POLLIN)
    return bool(poll.poll(limit_s * 1000))


class ForkedChannel:
    """To a child of the zygote. Takes over the fds."""

    def __init__(self, pid: int, requests: int, results: int, log: int, status: int, pidfd: int):
        self.pid, self.total_cpu_s = pid, 0.0
        self._requests, self._status, self._pidfd = requests, status, pidfd
        self._names = {results: "results", log: "log"}
        self._ended: list[int | None] = []
        self._fds, self._unsent = [requests, results, log, status, pidfd], memoryview(b"")
        self._poll = select.poll()
        for fd in (results, log, pidfd):
            self._poll.register(fd, select.POLLIN)
        os.set_blocking(requests, False)
        for fd in (requests, results):
            _widen(fd)

    def usage(self) -> Usage | None:
        """What the worker has used up to now."""
        return usage_of(self.pid)

    def send(self, data: bytes) -> None:
        """Hand over a request; `events` writes it as the worker reads."""
        self._unsent = memoryview(bytes(self._unsent) + data)
        self._poll.register(self._requests, select.POLLOUT)

    def events(self, limit_s: float) -> list[Event]:
        """What happened, or [] when nothing did for limit_s."""
        deadline = time.monotonic() + limit_s
        while True:
            left_ms = max(0.0, deadline - time.monotonic()) * 1000
            ready = [fd for fd, _ in self._poll.poll(left_ms)]
            if not ready:
                return []
            if self._requests in ready:
                self._write()
            found = [(self._names[fd], self._read(fd)) for fd in ready if fd in self._names]
            if found or ready == [self._pidfd]:
                return found or [("ended", b"")]

    def _write(self) -> None:
        try:
            self._unsent = self._unsent[os.write(self._requests, self._unsent) :]
        except BlockingIOError:
            return
        except BrokenPipeError:  # the worker is gone, or has closed it
            self._unsent = memoryview(b"")
        if not self._unsent:
            self._poll.unregister(self._requests)

    def _read(self, fd: int) -> bytes:
        chunk = os.read(fd, PIPE_BYTES)
        if not chunk:
            self._poll.unregister(fd)
            del self._names[fd]
        return chunk

    def finish(self, grace_s: float) -> int | None:
        """End the worker and all that it started -> its exit status, None if it had to be killed.

        Raises ZygoteLost.
        """
        if self._ended:
            return self._ended[0]
        by_itself = can_read(self._pidfd, grace_s)
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
        status = os.read(self._status, 64) if can_read(self._status, REAP_LIMIT_S) else b""
        if not status:
            raise ZygoteLost
        code, _, cpu_s = status.partition(b" ")
        self.total_cpu_s = float(cpu_s)
        self._ended = [int(code) if by_itself else None]
        return self._ended[0]

    def close(self) -> None:
        """Give the fds back."""
        for fd in self._fds:
            os.close(fd)
        self._fds.clear()


def _widen(fd: int) -> None:
    with contextlib.suppress(ImportError, AttributeError, OSError):  # OSError: the user has too many already
        import fcntl

        fcntl.fcntl(fd, fcntl.F_SETPIPE_SZ, PIPE_BYTES)


class ProcessChannel:
    """To a fresh process in a folder of its own; pipes at its stdin, stdout (results) and stderr (log)."""

    def __init__(self, process: subprocess.Popen[bytes], folder: tempfile.TemporaryDirectory[str]):
        self._process, self._folder = process, folder
        self.pid, self.total_cpu_s = process.pid, 0.0
        self._arrived: queue.Queue[Event] = queue.Queue(maxsize=32)  # full: the process waits
        self._outgoing: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._ended: list[int | None] = []
        self._closing = False
        self._threads = [
            threading.Thread(target=self._read, args=(process.stdout, "results"), daemon=True),
            threading.Thread(target=self._read, args=(process.stderr, "log"), daemon=True),
            threading.Thread(target=self._write, args=(process.stdin,), daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def _read(self, pipe: IO[bytes], name: str) -> None:
        with pipe:
            while chunk := os.read(pipe.fileno(), CHUNK):
                if not self._closing:
                    self._arrived.put((name, chunk))
        if name == "results" and not self._closing:
            self._arrived.put((name, b""))

    def _write(self, pipe: IO[bytes]) -> None:
        with contextlib.suppress(OSError), pipe:
            while data := self._outgoing.get():
                pipe.write(data)
                pipe.flush()

    def usage(self) -> Usage | None:
        """What the process has used up to now."""
        return usage_of(self.pid)

    def send(self, data: bytes) -> None:
        """Hand over a request; a thread writes it as the worker reads."""
        self._outgoing.put(data)

    def events(self, limit_s: float) -> list[Event]:
        """What happened, or [] when nothing did for limit_s."""
        deadline = time.monotonic() + limit_s
        while True:
            # A grandchild may hold the pipes open, so their end does not always tell. Its threads need
            # a moment to hand on what is in the pipe already.
            left_s = max(0.02, min(deadline - time.monotonic(), 0.25))
            try:
                return [self._arrived.get(timeout=left_s)]
            except queue.Empty:
                if self._process.poll() is not None:
                    return [("ended", b"")]
                if time.monotonic() >= deadline:
                    return []

    def finish(self, grace_s: float) -> int | None:
        """End the process -> its exit status, None if it had to be killed."""
        if self._ended:
            return self._ended[0]
        if (usage := self.usage()) is not None:
            self.total_cpu_s = usage.cpu_s
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(grace_s)
        self._ended = [self._process.returncode]
        self._process.kill()
        if hasattr(os, "killpg"):  # what it started, too
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        return self._ended[0]

    def close(self) -> None:
        """Stop the threads and remove the folder."""
        self._closing = True
        self._outgoing.put(None)
        with contextlib.suppress(queue.Empty):
            while True:  # a reader may wait for room
                self._arrived.get_nowait()
        for thread in self._threads:
            thread.join(0.5)
        self._folder.cleanup()


Channel = ForkedChannel | ProcessChannel
