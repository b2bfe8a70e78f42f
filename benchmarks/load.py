"""Do right answers keep full marks on a busy machine? `python -m benchmarks.load`.

Grades the corpus's right answers, and the solution with every extension, while other processes compute
without end: by default 20 of them. Exit status 1 where any of them loses a point.
"""

import os
import random
import subprocess
import sys
import time
from typing import Annotated

import typer
from rich.progress import track

from grader.grading.options import Options
from grader.grading.scoring import run_rubric
from grader.implementations import Frozen, Implementation, InWorker, solution_files
from grader.lab.extensions import EXTENSIONS
from grader.lab.paths import LAB, MODEL
from grader.lab.plan import CORE
from grader.report.model import PASSED, Todo
from grader.sandbox.trusted import Sandbox

sys.path.append(str(LAB / "tests"))
from corpus import ANSWERS, build

BUSY = "import os\nparent = os.getppid()\nwhile os.getppid() == parent: pass"  # ends with this process


def lost(todos: list[Todo]) -> list[str]:
    """What was not passed, and why."""
    checks = [check for todo in todos for check in todo.checks if check.status != PASSED]
    return [f"{check.id}: {check.message}" for check in checks]


def main(
    share: Annotated[int, typer.Option(help="Grade one in so many of the corpus's answers.")] = 1,
    busy: Annotated[int, typer.Option(help="Processes that compute beside.")] = 20,
    seed: Annotated[int, typer.Option(help="Of the choice.")] = 0,
) -> None:
    """Grade them."""
    chosen = random.Random(seed).sample(ANSWERS, max(1, len(ANSWERS) // share))
    everything = {one.id: ({n: t.encode() for n, t in build(one).items()}, CORE) for one in chosen}
    everything["the solution and its extensions"] = solution_files(), (*CORE, *EXTENSIONS)
    others = [subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(busy)]
    started, wrong, slowest = time.monotonic(), 0, 0.0
    try:
        with Sandbox(MODEL) as sandbox:
            reference = Implementation(Frozen())
            for name, (files, todos) in track(everything.items(), description="answers"):
                begun, student = time.monotonic(), InWorker(sandbox, files)
                found = lost(run_rubric(Implementation(student), reference, options=Options(todos=todos)))
                student.close()
                slowest = max(slowest, time.monotonic() - begun)
                wrong += bool(found)
                print("".join(f"{name}: {one}\n" for one in found), end="")
    finally:
        for one in others:
            one.kill()
            one.wait()
    spent, load, count = time.monotonic() - started, os.getloadavg()[0], len(everything)
    print(f"{count} right answers in {spent:.0f} s, the slowest in {slowest:.0f} s, at load {load:.1f}:")
    print(f"{count - wrong} with full marks, {wrong} without")
    raise typer.Exit(wrong > 0)


if __name__ == "__main__":
    typer.run(main)
