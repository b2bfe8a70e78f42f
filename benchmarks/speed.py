"""`python try.py` and `python -m grader grade` against the bare cost of their parts:
`python -m benchmarks.speed`.

`start` is one process that imports torch and torchvision and loads the weights; `bare` also runs one
572 x 572 forward. What is graded is the solution's unet.py and infer.py. All commands take turns, so that
whatever else the machine does affects each. Wall time in seconds; peak memory is the largest sum of
proportional set sizes (PSS) over the command's processes, sampled every 50 ms.
"""

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated

import psutil
import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from grader.lab.paths import LAB, MODEL, SOLUTION
from grader.lab.plan import CORE_FILES

EVERY_S = 0.05
START = f"""
import torch, torchvision
from solution.unet import UNet
with torch.device("meta"):
    model = UNet(3, 1)
weights = torch.load({str(MODEL)!r}, weights_only=True, mmap=True)
model.load_state_dict({{key: value.float() for key, value in weights.items()}}, assign=True)
"""
BARE = f"""
{START}
model.eval().to(memory_format=torch.channels_last)
with torch.inference_mode():
    model(torch.rand(1, 3, 572, 572).to(memory_format=torch.channels_last))
"""


def memory_mb(process: psutil.Process) -> float:
    """PSS of a process and all below it, in MB."""
    total = 0
    for one in [process, *process.children(recursive=True)]:
        try:
            total += one.memory_full_info().pss
        except (psutil.NoSuchProcess, psutil.AccessDenied, AttributeError):
            continue
    return total / 1e6


def measure(command: list[str]) -> tuple[float, float]:
    """(wall seconds, peak MB) of one run."""
    started, peak = time.perf_counter(), 0.0
    process = psutil.Popen(command, cwd=LAB, stdout=subprocess.DEVNULL)
    while process.poll() is None:
        peak = max(peak, memory_mb(process))
        time.sleep(EVERY_S)
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return time.perf_counter() - started, peak


def main(runs: Annotated[int, typer.Option(help="Of each command, by turns.")] = 5) -> None:
    """Print minimum and median of each command, and the ratio to the start and to the bare run."""
    folder = Path(tempfile.mkdtemp())
    for name in CORE_FILES:
        shutil.copy(SOLUTION / name, folder)
    output = folder / "prediction.png"
    commands = {
        "start": [sys.executable, "-c", START],
        "bare": [sys.executable, "-c", BARE],
        "try.py": [sys.executable, "try.py", "--unet", str(folder), "--output", str(output)],
        "grade": [sys.executable, "-m", "grader", "grade", str(folder)],
    }
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    for _ in track(range(runs), description="measuring"):
        for name, command in commands.items():
            found[name].append(measure(command))
    table = Table(
        "command", "wall min s", "wall median s", "of start", "of bare", "peak MB", "above start MB"
    )
    median = {name: statistics.median(seconds for seconds, _ in results) for name, results in found.items()}
    peak = {name: max(mb for _, mb in results) for name, results in found.items()}
    for name, results in found.items():
        table.add_row(
            name,
            f"{min(seconds for seconds, _ in results):.2f}",
            f"{median[name]:.2f}",
            f"{median[name] / median['start']:.2f}",
            f"{median[name] / median['bare']:.2f}",
            f"{peak[name]:.0f}",
            f"{peak[name] - peak['start']:+.0f}",
        )
    Console(width=100).print(table)


if __name__ == "__main__":
    typer.run(main)
