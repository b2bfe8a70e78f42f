"""The sandbox's process, from our side: started, waited for, asked to fork, ended."""

import json
import os
import socket
from pathlib import Path
from typing import Any

from grader.language import _
from grader.sandbox.protocol import frames
from grader.sandbox.protocol.frames import BadFrame, Incoming, TooLarge
from grader.sandbox.protocol.printed import Printed
from grader.sandbox.trusted.answers import SandboxLost
from grader.sandbox.trusted.channel import ForkedChannel, ProcessChannel, ZygoteLost, can_read
from grader.sandbox.trusted.launch import launch
from grader.sandbox.trusted.meter import slowness

FORK_LIMIT_S = 20.0  # for the zygote to fork; it takes 10 ms
CLOSE_LIMIT_S = 2.0  # for the zygote to end its workers and itself


class WarmProcess:
    """One start of the sandbox's process: the zygote, or where nothing is forked the next worker.

    fork: whether it is to be asked for forks. walk: whether it imports all that calls may use, for workers
    that can open no file. Starts at once, in the background. Raises SandboxLost.
    """

    def __init__(self, calls: str, model: Path | None, device: str, fork: bool, walk: bool):
        self._process: ProcessChannel | None
        self._process, self._socket = launch(calls, model, device, fork=fork, walk=walk)
        self.hello: dict[str, Any] = {}  # its first word, once it has been waited for

    @property
    def pid(self) -> int | None:
        """None once it has been taken, or has ended."""
        return None if self._process is None else self._process.pid

    @property
    def forks(self) -> bool:
        """Whether it is a zygote, as far as is known."""
        return self._socket is not None

    def wait(self, limit_s: float) -> dict[str, Any]:
        """Its first word. Raises SandboxLost where it does not come within limit_s on a quiet machine."""
        if self._process is None:
            raise ZygoteLost
        incoming, log = Incoming(frames.HEADER_CAP), Printed(1 << 16)
        said = _("no word within {limit_s:g} seconds").format(limit_s=limit_s)
        while events := self._process.events(limit_s * slowness()):
            for kind, chunk in events:
                log.add(chunk if kind == "log" else b"")
                incoming.bytes += chunk if kind == "results" else b""
            try:
                if (frame := incoming.take()) is not None:
                    self._greet(dict(frames.unpack(frame)[0]["hello"]))
                    return self.hello
            except (BadFrame, TooLarge, KeyError):
                break
            if ("ended", b"") in events:
                said = _("it ended before its first word")
                break
        self.close()
        last = log.text().strip().splitlines()[-1:] or [said]
        raise SandboxLost(_("the sandbox did not start: {last}").format(last=last[0]))

    def _greet(self, hello: dict[str, Any]) -> None:
        self.hello = hello
        if self._socket is not None and not hello["fork"]:
            self._socket.close()  # it is a worker itself, then
            self._socket = None

    def take(self) -> ProcessChannel:
        """The process itself, as a worker. Raises ZygoteLost where it is gone."""
        if self._process is None:
            raise ZygoteLost
        process, self._process = self._process, None
        return process

    def fork(self) -> ForkedChannel:
        """Ask the zygote for a worker. Raises ZygoteLost, ConnectionError, and Unfit."""
        zygote = self._socket
        if zygote is None:
            raise ZygoteLost
        requests, results, log, status = (os.pipe() for _ in range(4))
        ours = requests[1], results[0], log[0], status[0]
        theirs = requests[0], results[1], log[1], status[1]
        try:
            socket.send_fds(zygote, [b"fork"], theirs)
            if not can_read(zygote.fileno(), FORK_LIMIT_S * slowness()):
                raise ZygoteLost
            message, pidfds, _, _ = socket.recv_fds(zygote, 4096, 1)
            said = json.loads(message) if message else {}
            if message and not pidfds:
                raise Unfit(said["refused"])
            if not pidfds:
                raise ZygoteLost
        except BaseException:
            for fd in ours:
                os.close(fd)
            raise
        finally:
            for fd in theirs:
                os.close(fd)
        return ForkedChannel(said["pid"], *ours, pidfd=pidfds[0])

    def close(self) -> None:
        """End it, and with it the workers that are its forks."""
        grace_s = CLOSE_LIMIT_S if self._socket is not None and self.hello else 0
        if self._socket is not None:
            self._socket.close()  # the zygote sees it, ends what its workers started, then itself
            self._socket = None
        if self._process is not None:
            self._process.finish(grace_s)
            self._process.close()
            self._process = None


class Unfit(ZygoteLost):
    """The zygote must not be forked any more; the text says why."""
