"""Calls about train.py, with networks of ours that are small enough to be followed on paper."""

import contextlib
import io
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from torch import nn

from grader.sandbox.calls.call import Answer, Code, Facts, Tensors
from grader.sandbox.calls.extensions.parts import fill, module_of, part_of
from grader.sandbox.calls.network import as_tensor


class Asked(nn.Module):
    """BatchNorm and a 1x1 convolution with the weights that were sent: norm (4, 3), kernel (3,), bias ()."""

    def __init__(self, tensors: Tensors) -> None:
        super().__init__()
        self.norm, self.conv = nn.BatchNorm2d(3), _linear(tensors)
        parts = ("weight", "bias", "running_mean", "running_var")
        self.norm.load_state_dict(dict(zip(parts, tensors["norm"])), strict=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(N, 3, H, W) -> (N, 1, H, W)."""
        y: torch.Tensor = self.conv(self.norm(x))
        return y


def _linear(tensors: Tensors) -> nn.Conv2d:
    model = nn.Conv2d(3, 1, 1)
    kernel, bias = tensors["kernel"].reshape(1, 3, 1, 1), tensors["bias"].reshape(1)
    model.load_state_dict({"weight": kernel, "bias": bias})
    return model


def _weights(model: nn.Module) -> torch.Tensor:
    return torch.cat([value.double().flatten() for value in model.state_dict().values()])


def _recipe(code: Code, data: Facts) -> Any:
    return part_of(code, "train", "Recipe")("asked", data["momentum"], data["weight_decay"], data["rate"])


def train_loss(code: Code, data: Facts, tensors: Tensors) -> Answer:
    """loss_of scores and target."""
    loss = part_of(code, "train", "loss_of")(tensors["scores"], tensors["target"])
    return {}, {"y": as_tensor(loss, "loss_of").double()}


def train_dice(code: Code, data: Facts, tensors: Tensors) -> Answer:
    """What dice says of two masks."""
    value = part_of(code, "train", "dice")(tensors["mask"], tensors["truth"])
    return {}, {"y": torch.tensor(float(value), dtype=torch.float64)}


def train_mean_dice(code: Code, data: Facts, tensors: Tensors) -> Answer:
    """mean_dice of a network with BatchNorm over images (N, 3, H, W) and truths (N, H, W)."""
    model = Asked(tensors).train()
    pairs = list(zip(tensors["images"], tensors["truths"]))
    value = part_of(code, "train", "mean_dice")(model, pairs)
    state = model.norm.state_dict()
    return {}, {"y": torch.tensor(float(value), dtype=torch.float64), "mean": state["running_mean"]}


def train_steps(code: Code, data: Facts, tensors: Tensors) -> Answer:
    """Some steps of train on one pair with a 1x1 convolution -> its weights (4,), and the losses."""
    model, pairs = _linear(tensors), [(tensors["image"], tensors["mask"])]
    run = part_of(code, "train", "train")(model, pairs, _recipe(code, data), data["steps"])
    return {}, {
        "weights": _weights(model),
        "losses": _losses(run),
    }


def train_optimiser(code: Code, data: Facts, tensors: Tensors) -> Answer:
    """Type and settings of the optimiser that the submission makes."""
    made = part_of(code, "train", "make_optimiser")(nn.Conv2d(3, 1, 1), _recipe(code, data))
    group = {name: value for name, value in made.param_groups[0].items() if name != "params"}
    return {"type": type(made).__name__} | {name: repr(value) for name, value in group.items()}, {}


def _small(seed: int) -> nn.Sequential:
    layers = (nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.Conv2d(8, 1, 3, padding=1))
    return fill(nn.Sequential(*layers), seed)


class Stopped(Exception):
    """Ends a run in its midst."""


@contextlib.contextmanager
def _files_in_memory(module: ModuleType) -> Iterator[None]:
    """Checkpoints of the submission go through torch.save, and into no file: a worker may not write any."""
    kept: dict[str, bytes] = {}

    def write(state: object, path: Path) -> None:
        buffer = io.BytesIO()
        torch.save(state, buffer)
        kept[str(path)] = buffer.getvalue()

    def read(path: Path) -> Any:
        content = kept.get(str(path))
        return None if content is None else torch.load(io.BytesIO(content), weights_only=True)

    given = {name: getattr(module, name, None) for name in ("write_state", "read_state")}
    vars(module).update(write_state=write, read_state=read)
    try:
        yield
    finally:
        vars(module).update(given)


def train_resume(code: Code, data: Facts, tensors: Tensors) -> Answer:
    """A run in one go; and one that is stopped, and goes on from the checkpoint with a new network.

    -> weights and losses of both. measured: whether held-out pictures are measured now and then.
    """
    module, pairs = module_of(code, "train"), list(zip(tensors["images"], tensors["masks"]))
    train, steps, stop = part_of(code, "train", "train"), data["steps"], data["stop"]

    def stopping(run: Any) -> None:
        if len(run.losses) == stop:
            raise Stopped

    recipe, found = _recipe(code, data), {}
    options = {"held_out": pairs[:1] if data["measured"] else (), "every": stop}
    straight = _small(data["seed"])
    run = train(straight, pairs, recipe, steps, **options)
    found["straight"], found["straight_losses"] = _weights(straight), _losses(run)
    path, resumed = Path("run.checkpoint"), _small(data["seed"] + 1)
    with _files_in_memory(module):
        with contextlib.suppress(Stopped):
            train(_small(data["seed"]), pairs, recipe, steps, checkpoint=path, watch=stopping, **options)
        run = train(resumed, pairs, recipe, steps, checkpoint=path, **options)
    found["resumed"], found["resumed_losses"] = _weights(resumed), _losses(run)
    return {"steps": int(run.step)}, found


def _losses(run: Any) -> torch.Tensor:
    return torch.tensor([float(loss) for loss in run.losses], dtype=torch.float64)


def train_learning(code: Code, data: Facts, tensors: Tensors) -> Answer:
    """Train a small network with BatchNorm, measured now and then -> losses, Dice, batches it normalised."""
    pairs, model = list(zip(tensors["images"], tensors["masks"])), _small(data["seed"])
    run = part_of(code, "train", "train")(
        model, pairs, _recipe(code, data), data["steps"], held_out=pairs, every=data["every"]
    )
    return {}, {
        "losses": _losses(run),
        "dices": torch.tensor([float(value) for _, value in run.dices], dtype=torch.float64),
        "batches": model.state_dict()["1.num_batches_tracked"],
    }


CALLS = (
    train_loss,
    train_dice,
    train_mean_dice,
    train_steps,
    train_optimiser,
    train_resume,
    train_learning,
)
