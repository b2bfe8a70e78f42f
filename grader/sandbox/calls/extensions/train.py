"""Calls about train.py, with networks of ours that are small enough to be followed on paper."""

import contextlib
import io
from pathlib import Path

import torch
from torch import nn

from grader.sandbox.calls.extensions.parts import fill, module_of, part_of
from grader.sandbox.calls.network import as_tensor


class Asked(nn.Module):
    """BatchNorm and a 1x1 convolution with the weights that were sent: norm (4, 3), kernel (3,), bias ()."""

    def __init__(self, tensors: dict[str, torch.Tensor]):
        super().__init__()
        self.norm, self.conv, self.had_gradients = nn.BatchNorm2d(3), nn.Conv2d(3, 1, 1), False
        parts = (self.norm.weight, self.norm.bias, self.norm.running_mean, self.norm.running_var)
        with torch.no_grad():
            for part, row in zip(parts, tensors["norm"]):
                part.copy_(row)
            self.conv.weight.copy_(tensors["kernel"].reshape(1, 3, 1, 1))
            self.conv.bias.copy_(tensors["bias"].reshape(1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.had_gradients |= torch.is_grad_enabled()
        return self.conv(self.norm(x))


def _linear(tensors: dict[str, torch.Tensor]) -> nn.Module:
    model = nn.Conv2d(3, 1, 1)
    with torch.no_grad():
        model.weight.copy_(tensors["kernel"].reshape(1, 3, 1, 1))
        model.bias.copy_(tensors["bias"].reshape(1))
    return model


def _weights(model: nn.Module) -> torch.Tensor:
    return torch.cat([value.double().flatten() for value in model.state_dict().values()])


def _recipe(code, data: dict):
    return part_of(code, "train", "Recipe")("asked", data["momentum"], data["weight_decay"], data["rate"])


def train_loss(code, data: dict, tensors):
    """loss_of scores and target."""
    loss = part_of(code, "train", "loss_of")(tensors["scores"], tensors["target"])
    return {}, {"y": as_tensor(loss, "loss_of").double()}


def train_dice(code, data: dict, tensors):
    """dice of two masks."""
    value = part_of(code, "train", "dice")(tensors["mask"], tensors["truth"])
    return {}, {"y": torch.tensor(float(value), dtype=torch.float64)}


def train_mean_dice(code, data: dict, tensors):
    """mean_dice of a network with BatchNorm over images (N, 3, H, W) and truths (N, H, W)."""
    model = Asked(tensors).train()
    pairs = list(zip(tensors["images"], tensors["truths"]))
    value = part_of(code, "train", "mean_dice")(model, pairs)
    return {"had_gradients": model.had_gradients}, {
        "y": torch.tensor(float(value), dtype=torch.float64),
        "mean": model.norm.running_mean,
    }


def train_steps(code, data: dict, tensors):
    """Some steps of train on one pair with a 1x1 convolution -> its weights (4,), and the losses."""
    model, pairs = _linear(tensors), [(tensors["image"], tensors["mask"])]
    run = part_of(code, "train", "train")(model, pairs, _recipe(code, data), data["steps"])
    return {}, {
        "weights": torch.cat([model.weight.flatten(), model.bias]).detach().double(),
        "losses": torch.tensor([float(loss) for loss in run.losses], dtype=torch.float64),
    }


def train_optimiser(code, data: dict, tensors):
    """Type and settings of the optimiser that the submission makes."""
    made = part_of(code, "train", "make_optimiser")(nn.Conv2d(3, 1, 1), _recipe(code, data))
    group = {name: value for name, value in made.param_groups[0].items() if name != "params"}
    return {"type": type(made).__name__} | {name: repr(value) for name, value in group.items()}, {}


def _small(seed: int) -> nn.Module:
    layers = (nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.Conv2d(8, 1, 3, padding=1))
    return fill(nn.Sequential(*layers), seed)


class Stopped(Exception):
    pass


@contextlib.contextmanager
def _files_in_memory(module):
    """Checkpoints of the submission go through torch.save, and into no file: a worker may not write any."""
    kept: dict[str, bytes] = {}

    def write(state: dict, path: Path) -> None:
        buffer = io.BytesIO()
        torch.save(state, buffer)
        kept[str(path)] = buffer.getvalue()

    def read(path: Path) -> dict | None:
        content = kept.get(str(path))
        return None if content is None else torch.load(io.BytesIO(content), weights_only=True)

    given = {name: getattr(module, name, None) for name in ("write_state", "read_state")}
    module.write_state, module.read_state = write, read
    try:
        yield
    finally:
        vars(module).update(given)


def train_resume(code, data: dict, tensors):
    """A run in one go, and one that was stopped after so many steps, then gone on with in a new process's
    place: a new network, and the checkpoint -> weights and losses of both."""
    module, pairs = module_of(code, "train"), list(zip(tensors["images"], tensors["masks"]))
    train, steps, stop = part_of(code, "train", "train"), data["steps"], data["stop"]

    def stopping(run) -> None:
        if len(run.losses) == stop:
            raise Stopped

    recipe, found = _recipe(code, data), {}
    options = {"held_out": pairs[:1], "every": stop}
    straight = _small(data["seed"])
    run = train(straight, pairs, recipe, steps, **options)
    found["straight"], found["straight_losses"] = _weights(straight), torch.tensor(run.losses)
    path, resumed = Path("run.checkpoint"), _small(data["seed"] + 1)
    with _files_in_memory(module):
        with contextlib.suppress(Stopped):
            train(_small(data["seed"]), pairs, recipe, steps, checkpoint=path, watch=stopping, **options)
        run = train(resumed, pairs, recipe, steps, checkpoint=path, **options)
    found["resumed"], found["resumed_losses"] = _weights(resumed), torch.tensor(run.losses)
    return {"steps": int(run.step)}, found


def train_learning(code, data: dict, tensors):
    """Train a small network with BatchNorm, measured now and then -> losses, Dice, batches it normalised."""
    pairs, model = list(zip(tensors["images"], tensors["masks"])), _small(data["seed"])
    run = part_of(code, "train", "train")(
        model, pairs, _recipe(code, data), data["steps"], held_out=pairs, every=data["every"]
    )
    return {}, {
        "losses": torch.tensor([float(loss) for loss in run.losses], dtype=torch.float64),
        "dices": torch.tensor([float(value) for _, value in run.dices], dtype=torch.float64),
        "batches": model[1].num_batches_tracked,
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
