"""Tries, in a confined worker and before any student's code, what such code might try.

What happened stands in the report: `blocked`, or `open` where it could be done.
"""

import contextlib
import ctypes
import errno
import mmap
import os
import socket
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

BLOCKED, OPEN = "blocked", "open"
NO_RESERVE = 0x4000  # MAP_NORESERVE
PTRACE_SEIZE, PTRACE_DETACH = 0x4206, 17


def probe(targets: dict[str, Any]) -> dict[str, str]:
    """Try everything -> {what was tried: how it went}.

    targets: {"files": paths that must not be read, "folders": where nothing may be written,
    "grader": its process}
    """
    grader, files, folders = int(targets["grader"]), targets["files"], [*targets["folders"], os.getcwd()]
    zygote = os.getppid()
    tried: dict[str, Sequence[Callable[[], object]]] = {
        "read_files": [partial(_read, path) for path in files],
        "read_grader": [
            partial(_read, f"/proc/{pid}/{name}")
            for pid in (grader, zygote)
            for name in ("mem", "environ", "cmdline", "maps")
        ]
        + [partial(_attach, grader)],
        "write_files": [partial(_write, folder) for folder in folders],
        "network": [partial(_reach, family) for family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX)],
        "new_process": [_fork],
        "other_program": [_execute],
        "signals": [partial(os.kill, pid, 0) for pid in (grader, zygote)],
        "memory": [_take_memory],
        "root": [_be_root],
    }
    return {name: OPEN if any(map(_works, ways)) else BLOCKED for name, ways in tried.items()}


def _works(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except OSError:
        return False
    return True


def _read(path: str) -> None:
    # Memory has nothing at 0: it is open all the same.
    with open(path, "rb", buffering=0) as file, contextlib.suppress(OSError):
        file.read(1)


def _write(folder: str) -> None:
    path = os.path.join(folder, f"unet-lab-probe-{os.getpid()}")
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    os.unlink(path)


def _reach(family: socket.AddressFamily) -> None:
    socket.socket(family).close()


def _fork() -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


def _execute() -> None:
    """A program that is not there: a system that allows programs says so."""
    try:
        os.execv("/nonexistent/program", ["program"])
    except OSError as error:
        if error.errno != errno.ENOENT:
            raise


def _attach(pid: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.ptrace(PTRACE_SEIZE, pid, None, None) != 0:
        raise OSError(ctypes.get_errno(), "ptrace")
    libc.ptrace(PTRACE_DETACH, pid, None, None)


def _take_memory() -> None:
    """Addresses that nothing has to stand behind: what is refused them is a limit of ours."""
    flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | NO_RESERVE
    mmap.mmap(-1, 1 << 36, flags=flags).close()


def _be_root() -> None:
    if os.geteuid() != 0:
        raise PermissionError("not root")
