"""How a worker shuts itself in for good, before it runs a student's code: one layer, one function.

The order matters: a change of user clears what was asked of the parent's death, Landlock needs
no_new_privs, and seccomp comes last, because it refuses what the others need.
Next files: seccomp.py, landlock.py, and probe.py, which tries whether it holds.
"""

import os
import random
import signal
import sys
from collections.abc import Callable
from dataclasses import asdict

from grader.sandbox.protocol.limits import Confinement, Limits
from grader.sandbox.untrusted import landlock, seccomp, system

# Users that systemd's table leaves to nobody; one for each worker, so that none can touch another.
FIRST_USER, USERS = 60706, 478
Layer = bool | int | dict[str, int]  # what is in force


class NotConfined(Exception):
    """A layer that works on this machine did not in this process."""


def confine(
    limits: Limits,
    asked: Confinement,
    readable: list[str],
    folder: str | None,
    on_cpu: bool = True,
) -> dict[str, Layer]:
    """Confine this process for good -> {layer: what is in force, or False}.

    readable: the paths that it may read. folder: its own, for a fork. on_cpu: not for a process that needs
    a GPU's device files.
    Raises NotConfined where a layer fails that is required.
    """
    layers: dict[str, Layer] = {"fresh_environment": True}

    def add(name: str, layer: Callable[[], Layer]) -> None:
        try:
            layers[name] = False if name in asked.without else layer()
        except (OSError, ValueError, ImportError, AttributeError, KeyError):
            layers[name] = False

    forked, linux = folder is not None, sys.platform == "linux"
    add("rlimits", lambda: limit_resources(limits, with_memory=on_cpu))
    if linux:
        add("first_to_go", be_first_to_go)
    if linux and limits.own_user:
        add("uid", lambda: become_nobody(limits, asked, folder))
    if linux and forked:  # not for a fresh process: the signal comes when the *thread* that started it ends
        add("dies_with_zygote", lambda: system.prctl(system.PR_SET_PDEATHSIG, signal.SIGKILL))
    if linux:
        add("no_new_privileges", lambda: system.prctl(system.PR_SET_NO_NEW_PRIVS, 1))
    if linux and on_cpu:
        add("landlock", lambda: hide_files(readable))
        add("seccomp", lambda: refuse_calls(asked.no_open))
        layers["no_open"] = asked.no_open and layers["seccomp"] is True
    if failed := [name for name in asked.required if layers.get(name) is False]:
        raise NotConfined(f"not confined: {', '.join(failed)}")
    return layers


def limit_resources(limits: Limits, with_memory: bool) -> Layer:
    """The kernel ends or refuses what takes too much; no other process has to notice it in time."""
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


def be_first_to_go() -> Layer:
    """Where memory runs out, the kernel ends this process and not the grader."""
    with open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")
    return True


def become_nobody(limits: Limits, asked: Confinement, folder: str | None) -> Layer:
    """Give up root for a user that owns nothing but this folder -> its number.

    Where that user could not import a module (Python in root's own folder), it keeps one right of root's,
    to read, and Landlock says what. Raises OSError where this process is not root's, or without Landlock.
    """
    import resource

    user = _free_user()
    kept = () if asked.no_open or _can_import(user) else (system.CAP_DAC_READ_SEARCH,)
    if kept and (landlock.version() < 1 or "landlock" in asked.without):
        raise PermissionError("another user cannot read Python's folders")
    if folder is not None:
        os.chown(folder, user, user)
    system.prctl(system.PR_SET_KEEPCAPS, 1 if kept else 0)
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    if kept:
        system.keep_capabilities(*kept)
        system.prctl(system.PR_SET_KEEPCAPS, 0)
    resource.setrlimit(resource.RLIMIT_NPROC, (limits.processes,) * 2)
    return user


def hide_files(readable: list[str]) -> Layer:
    """Nothing but libraries can be read: not the solution, not a report, nobody's home -> the version."""
    if system.os_threads() != 1:
        raise OSError("Landlock holds for one thread, and there are more")
    return landlock.restrict(readable)


def refuse_calls(no_open: bool) -> Layer:
    """The kernel refuses calls that no network needs: processes, sockets, signals, changes of files."""
    seccomp.restrict(no_open)
    return True


def _free_user() -> int:
    """One of our users that no process belongs to. Raises OSError."""
    owners = set()
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                owners.add(os.stat(f"/proc/{name}").st_uid)
            except OSError:  # it has ended
                continue
    free = sorted(set(range(FIRST_USER, FIRST_USER + USERS)) - owners)
    if not free:
        raise BlockingIOError("every user for workers is taken")
    return random.SystemRandom().choice(free)


def _can_import(user: int) -> bool:
    """Whether this user may look into every folder of Python's. Raises OSError where we are not root."""
    folders = list(filter(os.path.isdir, sys.path))
    os.seteuid(user)  # to try it, while there is a way back
    try:
        for folder in folders:
            os.listdir(folder)
    except OSError:
        return False
    finally:
        os.seteuid(0)
    return True


def _held_bytes() -> dict[str, int]:
    """VmSize, VmData, ... of this process."""
    with open("/proc/self/status") as file:
        fields = dict(line.split(":", 1) for line in file)
    return {name: int(value.split()[0]) * 1024 for name, value in fields.items() if value.endswith("kB\n")}
