"""How a worker confines itself for good, before it runs a student's code.

Here stands the floor: resource limits, no new privileges, no open files but its own; on request a user
of its own. seccomp and Landlock are layers to come; `LAYERS_TO_COME` in protocol/limits.py names them.
"""

import ctypes
import os
import signal
import sys
from dataclasses import asdict

from grader.sandbox.protocol.limits import Limits

# Users that systemd's table leaves to nobody; one for each worker, so that none can touch another.
FIRST_USER, USERS = 60706, 478
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 1, 36, 38


def prctl(option: int, value: int) -> None:
    """Raises OSError."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), f"prctl {option}")


def os_threads() -> int:
    """How many threads the system sees in this process (Linux)."""
    return len(os.listdir("/proc/self/task"))


def confine(limits: Limits, forked: bool, with_memory: bool = True) -> dict:
    """Confine this process for good -> {layer: what is in force, or False}. Never raises."""
    layers: dict = {"fresh_environment": True}

    def add(name: str, layer) -> None:
        try:
            layers[name] = layer()
        except (OSError, ValueError, ImportError, AttributeError, KeyError):
            layers[name] = False

    add("rlimits", lambda: _resource_limits(limits, with_memory))
    if sys.platform == "linux":
        add("first_to_go", _be_first_to_go)
    if limits.own_user:
        add("uid", lambda: _become_nobody(limits))
    if sys.platform == "linux":
        if forked:  # not for a fresh process: the signal comes when the *thread* that started it ends
            add("dies_with_zygote", lambda: prctl(PR_SET_PDEATHSIG, signal.SIGKILL) is None)
        add("no_new_privileges", lambda: prctl(PR_SET_NO_NEW_PRIVS, 1) is None)
    return layers


def _become_nobody(limits: Limits) -> int:
    """Give up root for a user that owns nothing but the working directory -> its number.

    Raises OSError where this process is not root's, or where that user could not import a module.
    """
    import resource

    user, folders = FIRST_USER + os.getpid() % USERS, list(filter(os.path.isdir, sys.path))
    os.seteuid(user)  # to try what it may read, while there is a way back
    try:
        for folder in folders:
            os.listdir(folder)
    finally:
        os.seteuid(0)
    os.chown(os.getcwd(), user, user)
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    resource.setrlimit(resource.RLIMIT_NPROC, (limits.processes,) * 2)
    return user


def _be_first_to_go() -> bool:
    """Where memory runs out, the kernel ends this process and not the grader."""
    with open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")
    return True


def _resource_limits(limits: Limits, with_memory: bool) -> dict:
    import resource

    wanted = {
        "CPU": (limits.cpu_s, limits.cpu_s + 5),  # the first limit ends it with SIGXCPU, which tells why
        "FSIZE": (limits.file_mb << 20,) * 2,
        "NOFILE": (limits.open_files,) * 2,
        "CORE": (0, 0),
    }
    if with_memory and sys.platform == "linux":
        held, budget = _held_bytes(), limits.memory_mb << 20
        wanted["DATA"] = (held["VmData"] + budget,) * 2
        # Shared mappings escape DATA. Half a gigabyte more: threads reserve addresses that they never use.
        wanted["AS"] = (held["VmSize"] + budget + (512 << 20),) * 2
    for name, (soft, hard) in wanted.items():
        kind = getattr(resource, f"RLIMIT_{name}")
        allowed = resource.getrlimit(kind)[1]
        if allowed != resource.RLIM_INFINITY:
            soft, hard = min(soft, allowed), min(hard, allowed)
        resource.setrlimit(kind, (soft, hard))
    in_force = {"cpu_s", "file_mb", "open_files"} | ({"memory_mb"} if "DATA" in wanted else set())
    return {name: value for name, value in asdict(limits).items() if name in in_force}


def _held_bytes() -> dict[str, int]:
    """VmSize, VmData, ... of this process."""
    with open("/proc/self/status") as file:
        fields = dict(line.split(":", 1) for line in file)
    return {name: int(value.split()[0]) * 1024 for name, value in fields.items() if value.endswith("kB\n")}
