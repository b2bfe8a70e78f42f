"""The networks of the lab side by side: `python -m benchmarks.networks` (half a minute).

Each is built and run in a process of its own, on one picture of 572 x 572 pixels (the fixed
network takes multiples of 16 only: 576). What it is made of is read from its layers; time is the
least of a few forward passes, memory the peak above what the process held with the weights loaded.
"""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

NETWORKS = {  # name -> how it is built
    "lab": "unet.UNet(3, 1)",
    "paper": "extensions.paper_unet.UNet(1, 2)",
    "BatchNorm": "extensions.batchnorm_unet.UNet(3, 2)",
    "BatchNorm, bilinear": "extensions.batchnorm_unet.UNet(3, 2, bilinear=True)",
    "mended": "extensions.find_the_bugs.UNet(2)",
}


def status_mb(field: str) -> float:
    """VmRSS or VmHWM of this process (Linux)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field)) / 1024


def measure(built: str, runs: int) -> dict:
    """The facts of one network, in this process."""
    import importlib

    import torch
    from torch import nn

    path, _, call = built.partition(".UNet")
    torch.manual_seed(0)
    model = eval(f"network{call}", {"network": importlib.import_module(f"solution.{path}").UNet}).eval()
    layers = [layer for layer in model.modules() if not list(layer.children())]
    convolutions = [layer for layer in layers if isinstance(layer, nn.Conv2d)]
    size = 576 if path.endswith("find_the_bugs") else 572
    x = torch.rand(1, convolutions[0].in_channels, size, size)
    seconds, base = [], status_mb("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # reset the peak
    with torch.inference_mode():
        for _ in range(runs):
            started = time.perf_counter()
            y = model(x)
            seconds.append(time.perf_counter() - started)
    inner = [layer.padding[0] for layer in convolutions if layer.kernel_size == (3, 3)]
    types = {type(layer).__name__ for layer in layers}
    parts = {
        "up": types & {"ConvTranspose2d", "Upsample"},
        "activation": types & {"ReLU", "ReLU6", "Softmax2d", "Sigmoid"},
        "normalisation": types & {"BatchNorm2d"},
    }
    return {
        "parameters": sum(parameter.numel() for parameter in model.parameters()),
        "in": list(x.shape[1:]),
        "out": list(y.shape[1:]),
        "padding": inner[0],
        **{name: sorted(found) for name, found in parts.items()},
        "seconds": round(min(seconds), 2),
        "peak_mb": round(status_mb("VmHWM") - base),
    }


def main(
    runs: Annotated[int, typer.Option(help="Forward passes of each network.")] = 3,
    only: Annotated[str, typer.Option(hidden=True)] = "",
) -> None:
    """Print the networks as a table in Markdown."""
    if only:
        print(json.dumps(measure(only, runs)))
        return
    print("| network | parameters | in -> out | 3x3 padding | up | activation | norm | s | MB |")
    print("|---|---|---|---|---|---|---|---|---|")
    for name, built in NETWORKS.items():
        command = [sys.executable, "-m", "benchmarks.networks", "--only", built, "--runs", str(runs)]
        found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        (_, a, _), (_, b, _) = found["in"], found["out"]
        words = (" and ".join(found[part]) or "none" for part in ("up", "activation", "normalisation"))
        cells = (name, f"{found['parameters']:,}", f"{a} -> {b}", found["padding"], *words,
                 found["seconds"], found["peak_mb"])  # fmt: skip
        print(f"| {' | '.join(map(str, cells))} |")


if __name__ == "__main__":
    typer.run(main)
