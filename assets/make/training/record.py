"""What a training leaves behind: the weights, model.json, the log, the curve."""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import torch
from torch import nn

from assets.make.training.balance import balanced
from assets.make.training.norm import folded_state_dict
from grader.lab.files import replacing, write_text

ONE_LINE = re.compile(r'\[\s+((?:"[^"\n]*",\s+)*"[^"\n]*")\s+\]')  # a list of names


def write_weights(model: nn.Module, path: Path) -> dict[str, torch.Tensor]:
    """The plain network's weights as float16; returns them."""
    folded = balanced({key: value.cpu() for key, value in folded_state_dict(model).items()})
    state = {key: value.half().contiguous() for key, value in folded.items()}
    with replacing(path) as part:
        torch.save(state, part)
    return state


def write_record(facts: dict[str, Any], weights: Path) -> None:
    """The record beside the weights, with their digest; evaluate.py reads its `split`."""
    facts = facts | {"sha256": hashlib.sha256(weights.read_bytes()).hexdigest()}
    text = json.dumps(facts, indent=2)
    text = ONE_LINE.sub(lambda found: "[" + re.sub(r"\s+", " ", found[1]) + "]", text)
    write_text(weights.with_suffix(".json"), text + "\n")


def write_log(log: list[dict[str, Any]], folder: Path) -> None:
    """log.json, and curve.png from it."""
    write_text(folder / "log.json", json.dumps(log, indent=1) + "\n")
    if log:
        _write_curve(log, folder / "curve.png")


def _write_curve(log: list[dict[str, Any]], path: Path) -> None:
    import matplotlib  # late: only the curve needs it

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, left = pyplot.subplots(figsize=(7, 4))
    steps = [entry["step"] for entry in log]
    left.plot(steps, [entry["loss"] for entry in log], color="black", linestyle="--")
    left.set(xlabel="step", ylabel="loss (BCE + 1 - Dice), dashed", ylim=(0, None))
    right = left.twinx()
    for name in log[-1]["looks"]:
        right.plot(steps, [entry["looks"][name]["dice"] for entry in log], label=name)
    right.set(ylabel="Dice of the choosing part", ylim=(0, 1))
    right.legend(loc="center right")
    figure.tight_layout()
    with replacing(path) as part:
        figure.savefig(part, dpi=110, format="png")
    pyplot.close(figure)
