"""What grading a class costs: `python -m benchmarks.batch`.

A class of each kind (right answers in the styles of tests/corpus, known mistakes, what cannot be read,
imported or built) is graded by `python -m grader batch` with fresh hidden inputs at full isolation. Processor
seconds are those of every process: the command, its pool, their sandboxes, and the workers of these. The
start is a class of one hand-in for each process; what a further one costs is what the rest of the class costs
beside that: on average, and for the median of the class, by what the reports say. The two differ by a few
styles whose network has to run at full size. Memory is the largest sum of proportional set sizes (PSS) of one
process of the pool with its sandbox and worker.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import psutil
import typer
from rich.console import Console
from rich.table import Table

from grader.lab.paths import LAB

sys.path.append(str(LAB / "tests"))
from corpus import ANSWERS, MISTAKES, build

EVERY_S = 0.1
KINDS = ("right", "wrong", "unreadable")
UNREADABLE = (
    {"unet.py": "def forward(:\n"},
    {"unet.py": "import a_module_that_is_not_there\n"},
    {"notes.txt": "I was ill"},
    {"unet.py": "class UNet:\n    pass\n"},
)


@dataclass
class Cost:
    """Of one run."""

    cpu_s: float
    wall_s: float
    pool_mb: float
    reported_s: list[float]  # processor seconds of each hand-in that was graded, by its report


def write_class(folder: Path, kind: str, number: int) -> Path:
    made = {"right": [build(one) for one in ANSWERS], "wrong": [build(one) for one in MISTAKES]}
    texts = made.get(kind, list(UNREADABLE))
    for index in range(number):
        place = folder / f"student-{index:05}"
        place.mkdir(parents=True)
        for name, text in texts[index % len(texts)].items():
            (place / name).write_text(f"# {index}\n{text}", encoding="utf-8", newline="")
    return folder


def measured(command: list[str], results: Path) -> Cost:
    """One run. A process that ends is counted by its parent, which has waited for it.

    Memory is that of the grading: before it, the solution is asked, which takes a forward at full size.
    """
    started, most = time.perf_counter(), 0.0
    run = psutil.Popen(command, cwd=LAB, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    spent: dict[int, float] = {}
    while run.poll() is None:
        pool = [run, *children(run)]
        sandboxes = [one for process in pool[1:] for one in children(process) if is_sandbox(one)]
        spent[run.pid] = max(spent.get(run.pid, 0.0), cpu_s(run, waited=False))  # else the pool counts twice
        for process in pool[1:]:
            spent[process.pid] = max(spent.get(process.pid, 0.0), cpu_s(process))
        for process in sandboxes:  # with the worker in it, which it has not waited for
            working = sum(cpu_s(one, waited=False) for one in children(process))
            spent[process.pid] = max(spent.get(process.pid, 0.0), cpu_s(process) + working)
        for process in pool[1:] if any(results.glob("students/*/report.json")) else ():
            most = max(most, sum(map(pss_mb, [process, *children(process, True)])))
        time.sleep(EVERY_S)
    assert run.returncode in (0, 3), run.returncode
    wall_s = time.perf_counter() - started
    reports = [json.loads(path.read_bytes()) for path in results.glob("students/*/report.json")]
    return Cost(
        sum(spent.values()), wall_s, most, [one["seconds"]["cpu"] for one in reports if one["seconds"]]
    )


def children(process: psutil.Process, recursive: bool = False) -> list[psutil.Process]:
    try:
        return process.children(recursive)
    except psutil.NoSuchProcess:
        return []


def is_sandbox(process: psutil.Process) -> bool:
    """A zygote: it lives as long as its pool's process."""
    try:
        return process.cmdline()[1:3] == ["-I", "-c"]
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


def cpu_s(process: psutil.Process, waited: bool = True) -> float:
    """Its own, and that of the processes it has waited for."""
    try:
        return sum(process.cpu_times()[: 4 if waited else 2])
    except psutil.NoSuchProcess:
        return 0.0


def pss_mb(process: psutil.Process) -> float:
    try:
        return process.memory_full_info().pss / 1e6
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0.0


def graded(kind: str, number: int, jobs: int, inference: str) -> Cost:
    with tempfile.TemporaryDirectory() as folder:
        download = write_class(Path(folder) / "class", kind, number)
        results = Path(folder) / "results"
        words = ["batch", download, "--out", results, "--jobs", jobs, "--inference", inference]
        return measured([sys.executable, "-m", "grader", *map(str, words)], results)


def main(
    number: Annotated[int, typer.Option(help="Hand-ins in a class.")] = 100,
    more: Annotated[
        int, typer.Option(help="Also so many right ones, to see whether cost or memory grow; 0: not.")
    ] = 0,
    kind: Annotated[list[str] | None, typer.Option(help="Only these: right, wrong, unreadable.")] = None,
    jobs: Annotated[int, typer.Option(help="Processes.")] = 2,
    one_core: Annotated[bool, typer.Option(help="Also with one process, for the rate.")] = False,
) -> None:
    """Print a table."""
    table = Table("class", "jobs", "CPU s each, all in", "after the start", "median", "a minute", "pool MB")

    def add(label: str, kind: str, number: int, jobs: int, inference: str) -> None:
        start = graded(kind, jobs, jobs, inference)
        cost = graded(kind, number, jobs, inference)
        each = (cost.cpu_s - start.cpu_s) / max(1, number - jobs)
        beside = each - sum(cost.reported_s) / number
        median = statistics.median(cost.reported_s or [0.0]) + beside
        table.add_row(label, str(jobs), f"{cost.cpu_s / number:.2f}", f"{each:.2f}", f"{median:.2f}",
                      f"{60 * number / cost.wall_s:.0f}", f"{cost.pool_mb:.0f}")  # fmt: skip

    for one in kind or KINDS:
        add(f"{number} {one}", one, number, jobs, "never" if one == "wrong" else "auto")
    if more:
        add(f"{more} right", "right", more, jobs, "auto")
    if one_core:
        add(f"{number} right", "right", number, 1, "auto")
    Console(width=100).print(table)


if __name__ == "__main__":
    typer.run(main)
