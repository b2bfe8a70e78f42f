"""What a training leaves behind: the loss curve, the weights, and model.json."""

import hashlib
import json
from pathlib import Path

import torch

from assets.make.measure import dice_of_pairs
from assets.make.pairs import Pair
from grader.lab.files import replacing
from solution.unet import UNet


def write_curve(log: list[dict], path: Path) -> None:
    """Loss and validation Dice over the steps, as PNG."""
    import matplotlib  # late: only the curve needs it

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, left = pyplot.subplots(figsize=(7, 4))
    steps = [entry["step"] for entry in log]
    left.plot(steps, [entry["loss"] for entry in log], color="tab:red")
    left.set(xlabel="step", ylabel="loss (BCE + 1 - Dice)", ylim=(0, None))
    right = left.twinx()
    right.plot(steps, [entry["dice"] for entry in log], color="tab:blue")
    right.set(ylabel="validation Dice", ylim=(0, 1))
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    pyplot.close(figure)


def write_model(
    state: dict[str, torch.Tensor], split: list[tuple[list[Pair], list[Pair]]], facts: dict, out: Path
) -> None:
    """Save model.pth in float16, measure those very weights, and save model.json."""
    half = {key: value.detach().cpu().half().contiguous() for key, value in state.items()}
    with replacing(out / "model.pth") as part:
        torch.save(half, part)
    model = UNet(3, 1)
    model.load_state_dict({key: value.float() for key, value in half.items()})
    model.eval().to(memory_format=torch.channels_last)
    sets = {}
    for train, held_out in split:
        scores = dice_of_pairs(model, held_out)
        values = list(scores.values())
        sets[held_out[0].folder] = {
            "training_cars": len({p.car for p in train}),
            "training_pictures": len(train),
            "validation_cars": len({p.car for p in held_out}),
            "validation_pictures": len(held_out),
            "dice_mean": round(sum(values) / len(values), 4),
            "dice_min": round(min(values), 4),
            "worst": min(scores, key=scores.get),
        }
    digest = hashlib.sha256((out / "model.pth").read_bytes()).hexdigest()
    (out / "model.json").write_text(json.dumps(facts | {"sets": sets, "sha256": digest}, indent=2) + "\n")
    print((out / "model.json").read_text())
