"""Runs a program of ours that reads what a stranger made, in a process that may cost little."""

import json
import os
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from grader.errors import LabError
from grader.lab.paths import LAB
from grader.language import _, current

# Without the first two Python may not start; PATH is where the programs are that unpack a RAR archive.
KEPT_VARIABLES = ("LD_LIBRARY_PATH", "SYSTEMROOT", "PATH")
ENDED_BY_LIMIT = tuple(-getattr(signal, name, 0) for name in ("SIGXCPU", "SIGKILL"))


@dataclass(frozen=True)
class Answer:
    """What the process wrote, the status that it ended with, and whether the wall clock ended it."""

    content: bytes
    status: int
    was_late: bool

    @property
    def was_too_long(self) -> bool:
        """Whether it used up its time on the processor."""
        return not self.was_late and self.status in ENDED_BY_LIMIT


def run(
    program: Path, facts: dict[str, Any], stdin: BinaryIO, what: str, most_bytes: int, wall_s: float
) -> Answer:
    """Run it with these facts and this file. Raises LabError where no process can be started."""
    facts = {"root": str(LAB), "packages": _packages(), "language": current(), **facts}
    command = [sys.executable, "-I", "-S", "-X", "utf8", str(program), json.dumps(facts)]
    environment = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    try:
        process = subprocess.Popen(
            command,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment | {"LC_ALL": "C.UTF-8"},
            start_new_session=os.name == "posix",  # Ctrl-C is the grader's business
        )
    except OSError as error:
        raise LabError(
            _("no process could be started to read {what}: {reason}").format(what=what, reason=error.strerror)
        ) from None
    late = threading.Event()

    def end() -> None:
        late.set()
        _end(process)

    timer = threading.Timer(wall_s, end)
    timer.daemon = True
    timer.start()
    with process:
        try:
            assert process.stdout is not None
            content = process.stdout.read(most_bytes)
        except BaseException:
            _end(process)
            raise
        finally:
            timer.cancel()
        if len(content) == most_bytes:  # it would go on for ever
            _end(process)
    return Answer(content, process.returncode, late.is_set())


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End it, and with it the program that unpacks for it."""
    if os.name != "posix":
        process.kill()
        return
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        process.kill()


def _packages() -> list[str]:
    """Where the libraries are that -S hides."""
    return [path for path in sys.path if path.rstrip("/\\").endswith(("site-packages", "dist-packages"))]
