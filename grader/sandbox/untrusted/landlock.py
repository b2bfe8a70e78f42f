"""Landlock: the kernel's own allow-list of what a process may read (Linux 5.13 and later, for any user)."""

import os
import struct
import sys
import sysconfig
from collections.abc import Iterator

from grader.sandbox.untrusted.system import syscall

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # the same numbers on x86-64 and arm64
VERSION = 1  # a flag: which version is there?
BENEATH = 1  # the kind of rule: everything beneath a path

READ_FILE, READ_DIR = 1 << 2, 1 << 3
# By version: all that can be done to files, so that what no rule allows is forbidden; binding and
# connecting TCP; reaching a socket without a file, and signals, beyond this process.
FILES = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
NETWORK_SINCE, NETWORK = 4, 0b11
SCOPE_SINCE, SCOPE = 6, 0b11

# Where a Linux keeps what Python, torch and the C library read, beside Python's own folders.
SYSTEM = (
    "/usr/lib", "/usr/lib64", "/lib", "/lib64", "/usr/local/lib",
    "/etc/ld.so.cache", "/etc/localtime", "/usr/share/zoneinfo",
    "/dev/null", "/dev/zero", "/dev/random", "/dev/urandom",
    "/proc/cpuinfo", "/proc/meminfo", "/proc/stat",
    "/sys/devices/system/cpu", "/sys/devices/system/node",
)  # fmt: skip


def version() -> int:
    """The kernel's version of Landlock; 0 where there is none."""
    try:
        return syscall(CREATE_RULESET, None, 0, VERSION)
    except OSError:
        return 0


def readable(hidden: str) -> list[str]:
    """What a worker may read: the system's libraries, Python's and the packages', and nothing of the lab's.

    hidden: the lab's folder. It may lie in a folder of packages, and packages may lie in it (.venv).
    """
    hidden = os.path.realpath(hidden)
    python = [
        sysconfig.get_path("stdlib"),
        sysconfig.get_path("platstdlib"),
        sysconfig.get_config_var("LIBDIR"),
    ]
    packages = [folder for folder in sys.path if folder]
    found = {os.path.realpath(path) for path in (*SYSTEM, *python, *packages) if path}
    return sorted({part for path in found if path != hidden for part in _without(path, hidden)})


def _without(path: str, hidden: str) -> Iterator[str]:
    """The path itself, or what lies beside `hidden` where that lies within: rules can only be added."""
    if not (hidden + "/").startswith(path.rstrip("/") + "/"):
        yield path
    elif path != hidden:
        for name in os.listdir(path):
            yield from _without(os.path.join(path, name), hidden)


def restrict(paths: list[str]) -> int:
    """Let this thread, and those that it starts, read these paths and nothing else -> Landlock's version.

    Raises OSError.
    """
    found = syscall(CREATE_RULESET, None, 0, VERSION)
    handled = FILES[max(since for since in FILES if since <= found)]
    network = NETWORK if found >= NETWORK_SINCE else 0
    ruleset = _ruleset(handled, network, SCOPE if found >= SCOPE_SINCE else 0)
    try:
        for path in paths:
            _allow(ruleset, path)
        syscall(RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)
    return found


def _ruleset(handled: int, network: int, scope: int) -> int:
    fields = (handled, network, scope) if scope else (handled, network) if network else (handled,)
    attributes = struct.pack(f"={len(fields)}Q", *fields)
    try:
        return syscall(CREATE_RULESET, attributes, len(attributes), 0)
    except OSError:
        if not scope:
            raise
        return _ruleset(handled, network, 0)  # some kernels claim a version that they have only in part


def _allow(ruleset: int, path: str) -> None:
    try:
        fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:  # not on this machine
        return
    try:
        rights = READ_FILE | (READ_DIR if os.path.isdir(path) else 0)
        syscall(ADD_RULE, ruleset, BENEATH, struct.pack("=Qi", rights, fd), 0)
    finally:
        os.close(fd)
