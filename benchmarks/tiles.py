"""Memory of predict_tiled for pictures of several sizes: `python -m benchmarks.tiles` (two minutes).

A quarter of the paper's channels, so that 6,000 pixels take minutes and not an hour. Peak is the
largest resident size above what the process held before, scores included; each run is a process.
"""

import subprocess
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.networks import status_mb

RUNS = ((572, 388), (2000, 388), (2000, 2000), (6000, 388))  # sides of picture and tile, px


def measure(size: int, tile: int) -> None:
    """Print one row of the table."""
    import torch

    from solution.extensions import paper_unet

    paper_unet.CHANNELS = tuple(channels // 4 for channels in paper_unet.CHANNELS)
    model, image = paper_unet.UNet(1, 2), torch.rand(1, size, size)
    paper_unet.predict_tiled(model, image[:, :40, :40], 20)
    Path("/proc/self/clear_refs").write_text("5")  # reset the peak
    base, started = status_mb("VmRSS"), time.perf_counter()
    scores = paper_unet.predict_tiled(model, image, tile)
    seconds, of_scores = time.perf_counter() - started, scores.nbytes / 2**20
    peak = status_mb("VmHWM") - base
    print(
        f"| {size} | {tile} | {peak:.0f} | {of_scores:.0f} | {peak - of_scores:.0f} | {seconds:.0f} |",
        flush=True,
    )


def main(largest: Annotated[int, typer.Option(help="Leave out larger pictures, px.")] = 6000) -> None:
    """Print the table, in Markdown."""
    print("| picture | tile | peak MB | of which scores | the rest | s |")
    print("|---|---|---|---|---|---|", flush=True)
    for size, tile in RUNS:
        if size <= largest:
            code = f"from benchmarks.tiles import measure; measure({size}, {tile})"
            subprocess.run([sys.executable, "-c", code], check=True)


if __name__ == "__main__":
    typer.run(main)
