"""What this machine lets us use: memory and processors, within the limits of a container (Linux cgroups)."""

import os
from pathlib import Path

ROOT = Path("/")  # below which the system says what it has, in proc/ and sys/


def memory_left_mb(root: Path = ROOT) -> int | None:
    """Megabytes left before the machine or the container is full; None where the system does not say."""
    folders = _folders(root, "memory")
    left = [value for value in (_left_in_machine(root), *map(_left_in, folders)) if value is not None]
    return min(left) >> 20 if left else None


def processors(root: Path = ROOT) -> float:
    """How many may be used at a time; 0.5 where a container gets half of one."""
    there = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min([there, *filter(None, map(_quota_in, _folders(root, "cpu")))])


def _folders(root: Path, controller: str) -> list[Path]:
    """The groups whose limits bind this process: its own, and the outermost one that it can see."""
    try:
        lines = (root / "proc/self/cgroup").read_text().split()
    except OSError:
        return []
    groups = root / "sys/fs/cgroup"
    roots = {"": groups, controller: groups / controller}  # version 2 has one tree, version 1 one for each
    found = []
    for _, controllers, path in (line.split(":", 2) for line in lines):
        for name in {"", controller} & set(controllers.split(",")):
            found += [roots[name] / path.lstrip("/"), roots[name]]
    return found


def _left_in_machine(root: Path) -> int | None:
    try:
        lines = (root / "proc/meminfo").read_text().splitlines()
        fields = dict(line.split(":", 1) for line in lines)
        return int(fields["MemAvailable"].split()[0]) << 10
    except (OSError, KeyError, ValueError):
        return None


def _left_in(folder: Path) -> int | None:
    """Bytes left below a group's limit. File pages that can be dropped at once do not count as used."""
    for limit, used, cached in (
        ("memory.max", "memory.current", "inactive_file"),
        ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
    ):
        try:
            pages = dict(line.split() for line in (folder / "memory.stat").read_text().splitlines())
            wanted = int((folder / limit).read_text()), int((folder / used).read_text()), int(pages[cached])
        except (OSError, KeyError, ValueError):  # ValueError: "max"
            continue
        return wanted[0] - wanted[1] + wanted[2]
    return None


def _quota_in(folder: Path) -> float | None:
    try:
        quota, period = map(int, (folder / "cpu.max").read_text().split())
    except (OSError, ValueError):
        try:
            quota, period = (int((folder / f"cpu.cfs_{name}_us").read_text()) for name in ("quota", "period"))
        except (OSError, ValueError):
            return None
    return quota / period if quota > 0 else None
