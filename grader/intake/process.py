"""Reads an archive in a process of its own, where what that costs is limited."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from grader.errors import LabError
from grader.intake.archive import Found
from grader.intake.budgets import MAX_FILE_BYTES
from grader.intake.folder import open_plain
from grader.intake.refusal import NotGradable
from grader.lab.paths import LAB
from grader.lab.plan import CORE_FILES

PROGRAM = Path(__file__).with_name("reader.py")
WALL_S = 60.0  # against a hang; what the reading costs is limited in the processor's time
HEAD_BYTES = 64 << 10
KEPT_VARIABLES = ("LD_LIBRARY_PATH", "SYSTEMROOT")  # without which Python may not start
ENDED_BY_LIMIT = tuple(-getattr(signal, name, 0) for name in ("SIGXCPU", "SIGKILL"))


def read_in_own_process(path: Path, where: str, extension_files: Sequence[str]) -> Found:
    """The graded files of an archive. Raises NotGradable; LabError where the process itself fails."""
    facts = json.dumps({"root": str(LAB), "where": where, "extensions": list(extension_files)})
    command = [sys.executable, "-I", "-S", "-X", "utf8", str(PROGRAM), facts]
    environment = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    with open_plain(path, where) as archive:
        try:
            process = subprocess.Popen(
                command,
                stdin=archive,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment | {"LC_ALL": "C"},
                start_new_session=os.name == "posix",  # Ctrl-C is the grader's business
            )
        except OSError as error:
            raise LabError(f"no process could be started to read {where}: {error.strerror}") from None
        answer, was_late = _answer(
            process, HEAD_BYTES + (len(CORE_FILES) + len(extension_files)) * MAX_FILE_BYTES
        )
    if was_late:
        raise LabError(
            f"{where} could not be read within {WALL_S:.0f} seconds, the machine is busy: try again"
        )
    if process.returncode in ENDED_BY_LIMIT:
        raise NotGradable(f"{where} takes too long to read: hand in only your files, in one plain .zip")
    return _parsed(answer, process.returncode, where)


def _answer(process: "subprocess.Popen[bytes]", most_bytes: int) -> tuple[bytes, bool]:
    """(what it wrote, whether the wall clock ended it); it has ended then, and is reaped."""
    late = threading.Event()

    def end() -> None:
        late.set()
        process.kill()

    timer = threading.Timer(WALL_S, end)
    timer.daemon = True
    timer.start()
    with process:
        try:
            assert process.stdout is not None
            answer = process.stdout.read(most_bytes)
        except BaseException:
            process.kill()
            raise
    timer.cancel()
    return answer, late.is_set()


def _parsed(answer: bytes, status: int, where: str) -> Found:
    head, _, contents = answer.partition(b"\n")
    try:
        told = json.loads(head)
        if "refused" in told:
            raise NotGradable(told["refused"])
        files = {}
        for name, size in told["files"]:
            files[name], contents = contents[:size], contents[size:]
        return Found(files, tuple(told["notes"]))
    except (ValueError, KeyError, TypeError):
        raise LabError(f"the process that reads {where} ended with status {status}: try again") from None
