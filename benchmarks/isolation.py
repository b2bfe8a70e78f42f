"""What confinement costs a submission, and what a probe finds without each layer.

    python benchmarks/isolation.py            # as root and, where this is root, as another user
    python benchmarks/isolation.py --workers 50

    python benchmarks/isolation.py --whole 5  # of a whole submission, with all layers and without any

Prints what a probe finds without each layer, and seconds and memory of a worker, from asking for it to its
first answer; or what a right answer costs from its first question to its last, in turn with and without.
"""

import argparse
import os
import statistics
import time
from pathlib import Path

from grader.grading.scoring import run_rubric
from grader.implementations import Frozen, Implementation, InWorker, solution_files
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
            if worker.pid is not None and os.geteuid() == 0:  # another user may not look
                memory = private_kb(worker.pid)
        cpu.append(1000 * worker.budget.spent_cpu_s)
    return wall, cpu, memory


def whole(count: int) -> None:
    """Grade the solution in turn with all layers and without any."""
    reference = Implementation(Frozen())
    measured: dict[str, list[tuple[float, float, float]]] = {"all layers": [], "none": []}
    with Sandbox(MODEL) as full, Sandbox(MODEL, without=(*LAYERS, "first_to_go", "dies_with_zygote")) as none:
        for _ in range(count + 1):
            for name, sandbox in (("all layers", full), ("none", none)):
                started, student = time.perf_counter(), InWorker(sandbox, solution_files())
                todos = run_rubric(Implementation(student), reference)
                wall_s = time.perf_counter() - started
                memory = private_kb(student.pid) / 1024 if student.pid and os.geteuid() == 0 else 0.0
                student.close()
                assert sum(todo.score for todo in todos) == 100
                measured[name].append((wall_s, student.budget.spent_cpu_s, memory))
    for name, all_runs in measured.items():
        runs = all_runs[1:]  # the first one of each warms up
        wall, cpu, memory = (statistics.median(one) for one in zip(*runs))
        print(f"{name}: {wall:.2f} s, {cpu:.2f} s of the processor, {memory:.0f} MB of its own")


def main() -> None:
    """Print what was measured."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--workers", type=int, default=30)
    options.add_argument("--no-open", action="store_true", help="ask for full, so that no file is opened")
    options.add_argument("--whole", type=int, default=0, help="so many whole submissions, and nothing else")
    asked = options.parse_args()
    if asked.whole:
        return whole(asked.whole)
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
