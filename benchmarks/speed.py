"""`python try.py` and `python -m grader grade` against the bare cost of their parts:
`python -m benchmarks.speed`.

The bare run is one process that imports torch and torchvision, loads the weights and runs one
572 x 572 forward. All commands take turns, so that whatever else the machine does affects each.
Wall time in seconds; peak memory is the largest sum of proportional set sizes (PSS) over the
command's processes, sampled every 20 ms.
"""

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

from grader.lab.paths import LAB, MODEL

BARE = f"""
import torch, torchvision
from solution.unet import UNet
with torch.device("meta"):
    model = UNet(3, 1)
weights = torch.load({str(MODEL)!r}, weights_only=True, mmap=True)
model.load_state_dict({{key: value.float() for key, value in weights.items()}}, assign=True)
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
        time.sleep(0.02)
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return time.perf_counter() - started, peak


def main(runs: Annotated[int, typer.Option(help="Of each command, by turns.")] = 5) -> None:
    """Print minimum and median of each command, and the ratio to the bare run."""
    output = Path(tempfile.mkdtemp()) / "prediction.png"
    commands = {
        "bare": [sys.executable, "-c", BARE],
        "try.py": [sys.executable, "try.py", "--unet", "solution", "--output", str(output)],
        "grade": [sys.executable, "-m", "grader", "grade", "solution"],
    }
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    for _ in track(range(runs), description="measuring"):
        for name, command in commands.items():
            found[name].append(measure(command))
    table = Table(
        "command",
        "wall min s",
        "wall median s",
        "of bare (min)",
        "of bare (median)",
        "peak MB",
        "above bare MB",
    )
    bare = [
        min(seconds for seconds, _ in found["bare"]),
        statistics.median(seconds for seconds, _ in found["bare"]),
    ]
    bare_mb = max(mb for _, mb in found["bare"])
    for name, results in found.items():
        walls, peak = [seconds for seconds, _ in results], max(mb for _, mb in results)
        low, middle = min(walls), statistics.median(walls)
        table.add_row(name, f"{low:.2f}", f"{middle:.2f}", f"{low / bare[0]:.2f}", f"{middle / bare[1]:.2f}",
                      f"{peak:.0f}", f"{peak - bare_mb:+.0f}")  # fmt: skip
    Console(width=100).print(table)


if __name__ == "__main__":
    typer.run(main)
