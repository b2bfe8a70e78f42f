"""What stands between a submission's code and the rest of the machine: tried, named, and demanded."""

import os
import tempfile
from pathlib import Path
from typing import Any

from grader.errors import LabError
from grader.language import N_, _

LEVELS = ("process-only", "files-readable", "full")  # from the least
BLOCKED = "blocked"
READING = {"read_files"}  # all else blocked, this makes the level files-readable

# What an open way means, and what would close it.
SAID = N_(
    {
        "read_files": (
            "files of the lab and of others can be read",
            "Linux 5.13 or newer (Landlock) closes them",
        ),
        "read_grader": (
            "the grader's memory, arguments or environment can be read",
            "Linux with seccomp forbids it",
        ),
        "write_files": ("files can be written", "Linux with seccomp forbids it"),
        "network": ("the network can be reached", "Linux with seccomp forbids it"),
        "new_process": ("new processes can be started", "Linux with seccomp forbids it"),
        "other_program": ("other programs can be started", "Linux with seccomp forbids it"),
        "signals": ("other processes can be sent signals", "Linux with seccomp forbids it"),
        "memory": ("memory has no limit", "a system with resource limits (Linux) sets one"),
        "root": ("it runs as root", "start the grader as an ordinary user, or let root change its user"),
        "not_tried": (
            "nothing is known yet of what it may do",
            "grade on Linux: nothing is tried elsewhere",
        ),
    }
)


def targets(canary: str) -> dict[str, Any]:
    """What the probe is to try: files that no submission may read, folders where none may write."""
    lab = Path(__file__).resolve().parents[3]
    files = [lab / "solution" / "unet.py", lab / "assets" / "expected.npz", Path(__file__).resolve()]
    folders = {tempfile.gettempdir(), "/dev/shm", "/var/tmp", str(lab), str(Path(__file__).parent)}
    return {
        "files": [canary, *(str(file) for file in files if file.is_file())],
        "folders": sorted(folders),
        "grader": os.getpid(),
    }


def level_of(probe: dict[str, str]) -> str:
    """The worst of what the probe found. A finding that is missing was not blocked."""
    opened = {name for name in SAID if name != "not_tried" and probe.get(name) != BLOCKED}
    if not opened:
        return "full"
    return "files-readable" if opened <= READING else "process-only"


def missing(probe: dict[str, str], layers: dict[str, Any]) -> list[str]:
    """What a person should know: ways that are open, and layers that are not in force."""
    opened = [name for name in SAID if name != "not_tried" and probe.get(name) != BLOCKED]
    ways = [_(SAID[name][0]) for name in opened] if probe else [_(SAID["not_tried"][0])]
    # no_open stands in for what hides files, where that is not to be had
    return ways + [
        _("no {layer}").format(layer=name)
        for name in sorted(layers)
        if layers[name] is False and name != "no_open"
    ]


def demand(least: str | None, probe: dict[str, str]) -> None:
    """Raises LabError where the level is below the least one."""
    if least is None or LEVELS.index(level_of(probe)) >= LEVELS.index(least):
        return
    opened = [name for name in SAID if name != "not_tried" and probe.get(name) != BLOCKED] if probe else []
    said = [SAID[name] for name in opened or ["not_tried"]]
    ways = _("; ").join(dict.fromkeys(_(way) for way, remedy in said))
    remedies = _("; ").join(dict.fromkeys(_(remedy) for way, remedy in said))
    raise LabError(
        _(
            "isolation {least} was asked for, and this machine gives {level}: of a submission's code, "
            "{ways}. {remedies}; or ask for less"
        ).format(
            least=least,
            level=level_of(probe),
            ways=ways,
            remedies=f"{remedies[:1].upper()}{remedies[1:]}",
        )
    )
