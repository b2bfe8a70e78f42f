"""What confinement costs a submission, and what a probe finds without each layer.

    python benchmarks/isolation.py            # as root and, where this is root, as another user
    python benchmarks/isolation.py --workers 50

Prints a table of probes (the level, and the ways that are open), then seconds and memory of a worker with
and without confinement: from asking for it to its first answer.
"""

import argparse
import os
import statistics
import time
from pathlib import Path

from grader.lab.paths import MODEL
from grader.sandbox.trusted import Sandbox

LAYERS = ("uid", "landlock", "seccomp", "rlimits", "no_new_privileges")
CASES = {
    "all layers": (),
    **{f"without {name}": (name,) for name in LAYERS},
    "without landlock and uid": ("landlock", "uid"),
    "rlimits alone": ("uid", "landlock", "seccomp", "no_new_privileges"),
}


def private_kb(pid: int) -> int:
    """Memory that belongs to this process alone, its zygote's pages not counted."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_Dirty"))


def workers(sandbox: Sandbox, count: int) -> tuple[list[float], list[float], int]:
    """(milliseconds to the first answer, processor milliseconds of the worker, private KB of the last)."""
    wall, cpu, memory = [], [], 0
    for _ in range(count):
        start = time.perf_counter()
        with sandbox.worker({"unet.py": b""}) as worker:
            worker.call("import_file", {"name": "unet"})
            wall.append(1000 * (time.perf_counter() - start))
            if worker._live is not None and os.geteuid() == 0:  # another user may not look
                memory = private_kb(worker._live.pid)
        cpu.append(1000 * worker.budget.spent_cpu_s)
    return wall, cpu, memory


def main() -> None:
    """Print both tables."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--workers", type=int, default=30)
    options.add_argument("--no-open", action="store_true", help="ask for full, so that no file is opened")
    asked = options.parse_args()
    who = "root" if hasattr(os, "geteuid") and os.geteuid() == 0 else "an ordinary user"
    print(f"as {who}, {asked.workers} workers each, medians (and the least)\n")
    for name, without in CASES.items():
        least = "full" if asked.no_open and "landlock" in without else None
        with Sandbox(MODEL if MODEL.is_file() else None, without=without, isolation=least) as sandbox:
            sandbox.ready()
            wall, cpu, memory = workers(sandbox, asked.workers)
            found = sandbox.isolation
        opened = [way for way, how in found["probe"].items() if how != "blocked"]
        no_open = " (no file can be opened)" if found["layers"]["no_open"] else ""
        print(f"{name}: {found['level']}{no_open}")
        print(f"    open: {', '.join(opened) or 'nothing'}")
        print(
            f"    {statistics.median(wall):.1f} ms ({min(wall):.1f}) to the first answer,"
            f" {statistics.median(cpu):.1f} ms of the processor, {memory / 1024:.1f} MB of its own\n"
        )


if __name__ == "__main__":
    main()
