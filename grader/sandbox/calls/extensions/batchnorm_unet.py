"""Calls about batchnorm_unet.py. Weights are drawn by name, so that a wrong name gives wrong numbers."""

import contextlib
from collections.abc import Iterator

import torch
from torch import nn

from grader.language import _
from grader.sandbox.calls.call import Answer, Code, Facts, Tensors
from grader.sandbox.calls.extensions.parts import fill, module_of, network_of
from grader.sandbox.calls.network import Fault, as_tensor
from grader.sandbox.calls.numberless import without_numbers

NARROW = (4, 8, 16, 32, 64)


def _meta(code: Code, options: Facts) -> nn.Module:
    with without_numbers():
        return network_of(code, "batchnorm_unet", "UNet", 3, 2, **options)


def batchnorm_keys(code: Code, data: Facts, tensors: Tensors) -> Answer:
    """Names and shapes of UNet(3, 2, **options), and how many parameters it has."""
    model = _meta(code, data["options"])
    return {
        "keys": {key: list(value.shape) for key, value in model.state_dict().items()},
        "parameters": sum(parameter.numel() for parameter in model.parameters()),
    }, {}


def batchnorm_block(code: Code, data: Facts, tensors: Tensors) -> Answer:
    """DoubleConv(*channels) on x, in evaluation mode; and back again, as in training."""
    block = fill(
        network_of(code, "batchnorm_unet", "DoubleConv", *data["channels"]), data["seed"], by_name=True
    )
    with torch.no_grad():
        y = as_tensor(block.eval()(tensors["x"]), "DoubleConv")
    # One ReLU in place behind another cannot be gone back through, which only a backward pass shows.
    torch.autograd.backward(_with_gradient(block.train()(tensors["x"])).sum())
    return {}, {"y": y}


def batchnorm_up(code: Code, data: Facts, tensors: Tensors) -> Answer:
    """Up(*channels), all but its DoubleConv, of x and the skip."""
    up = network_of(code, "batchnorm_unet", "Up", *data["channels"], bilinear=data["bilinear"])
    fill(up, data["seed"], by_name=True)
    up.conv = nn.Identity()
    with torch.no_grad():
        return {}, {"y": as_tensor(up(tensors["x"], tensors["skip"]), "Up")}


def batchnorm_scores(code: Code, data: Facts, tensors: Tensors) -> Answer:
    """UNet(3, 2, **options) on x, in evaluation mode."""
    model = fill(_meta(code, data["options"]).to_empty(device="cpu"), data["seed"], by_name=True)
    with torch.inference_mode():
        return {}, {"y": as_tensor(model.eval()(tensors["x"]), "forward")}


@contextlib.contextmanager
def _narrow(code: Code) -> Iterator[None]:
    """Within it the submission's CHANNELS are small enough for training steps in float64."""
    module = module_of(code, "batchnorm_unet")
    given = vars(module).get("CHANNELS", NARROW)
    vars(module)["CHANNELS"] = NARROW
    try:
        yield
    finally:
        vars(module)["CHANNELS"] = given


def _checkpointing(model: nn.Module) -> None:
    use_checkpointing = getattr(model, "use_checkpointing", None)
    if not callable(use_checkpointing):
        raise Fault("part_missing", _("UNet has no use_checkpointing"), name="use_checkpointing", file="UNet")
    use_checkpointing()


def batchnorm_checkpointing(code: Code, data: Facts, tensors: Tensors) -> Answer:
    """One training step of a narrow network in float64, without and with checkpointing.

    -> for each of the two: scores, all gradients in one row, all running statistics in another, the batches
    that each BatchNorm counted, [bytes kept for the backward pass, passes through a BatchNorm].
    """
    found = {}
    with _narrow(code):
        for way in ("plain", "checkpointed"):
            model = fill(
                network_of(code, "batchnorm_unet", "UNet", 3, 2, **data["options"]).double(), data["seed"]
            )
            if way == "checkpointed":
                _checkpointing(model)
            for name, value in _one_step(model, tensors["x"]).items():
                found[f"{way}_{name}"] = value
    return {}, found


def _one_step(model: nn.Module, x: torch.Tensor) -> Tensors:
    kept: dict[int, int] = {}
    passes: list[None] = []
    norms = [layer for layer in model.modules() if isinstance(layer, nn.BatchNorm2d)]
    for norm in norms:
        norm.register_forward_hook(lambda *_: passes.append(None))

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        kept[tensor.data_ptr()] = tensor.nbytes
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        scores = _with_gradient(model(x))
    torch.autograd.backward(scores.square().sum() / scores.numel())
    return {
        "scores": scores.detach(),
        "gradients": _gradients(model),
        "statistics": torch.cat([_statistics(norm) for norm in norms]),
        "batches": torch.stack([_batches(norm) for norm in norms]),
        "cost": torch.tensor([sum(kept.values()), len(passes)]),
    }


def _with_gradient(value: object) -> torch.Tensor:
    """The value, if it is a tensor. Raises Fault as as_tensor does."""
    return value if isinstance(value, torch.Tensor) else as_tensor(value, "forward")


def _gradients(model: nn.Module) -> torch.Tensor:
    """All in one row; 0 for a parameter that has none."""
    return torch.cat(
        [
            torch.zeros_like(one).flatten() if one.grad is None else one.grad.flatten()
            for one in model.parameters()
        ]
    )


def _statistics(norm: nn.BatchNorm2d) -> torch.Tensor:
    assert norm.running_mean is not None
    assert norm.running_var is not None
    return torch.cat([norm.running_mean, norm.running_var])


def _batches(norm: nn.BatchNorm2d) -> torch.Tensor:
    assert norm.num_batches_tracked is not None
    return norm.num_batches_tracked


class Counting(nn.Module):
    """Stands in for a block: a convolution and a BatchNorm, then (x + shift)^2, each run with the next shift.

    The square keeps its input for the backward pass, so that the gradients tell from which run it came.
    """

    def __init__(self, kernel: torch.Tensor, shifts: torch.Tensor) -> None:
        super().__init__()
        self.conv = nn.Conv2d(kernel.shape[1], len(kernel), 3, padding=1, bias=False).double()
        self.norm = nn.BatchNorm2d(len(kernel)).double()
        self.shifts, self.runs = shifts.tolist(), 0
        with torch.no_grad():
            self.conv.weight.copy_(kernel)

    def forward(self, *maps: torch.Tensor) -> torch.Tensor:
        """(N, C, H, W), and as many more of that shape as there are -> (N, K, H, W)."""
        shift = self.shifts[min(self.runs, len(self.shifts) - 1)]
        self.runs += 1
        y: torch.Tensor = (self.norm(self.conv(torch.stack(maps).sum(0))) + shift) ** 2
        return y


def batchnorm_run_block(code: Code, data: Facts, tensors: Tensors) -> Answer:
    """UNet.run_block with a stand-in for the block, of one map or two, in one training step.

    -> what it gives, and the stand-in's gradients, running statistics and counted batches.
    """
    with _narrow(code):
        model = network_of(code, "batchnorm_unet", "UNet", 3, 2).train()
    block = Counting(tensors["kernel"], tensors["shifts"])
    model.inc = block
    if data["checkpointing"]:
        _checkpointing(model)
    maps = [tensors[name] for name in ("x", "skip") if name in tensors]
    run_block = getattr(model, "run_block", None)
    if not callable(run_block):
        raise Fault("part_missing", _("UNet has no run_block"), name="run_block", file="UNet")
    y = _with_gradient(run_block(block, *maps))
    torch.autograd.backward((y * tensors["slopes"]).sum())
    return {}, {
        "y": y.detach(),
        "gradients": _gradients(block),
        "statistics": _statistics(block.norm),
        "batches": _batches(block.norm).reshape(1),
    }


CALLS = (
    batchnorm_keys,
    batchnorm_block,
    batchnorm_up,
    batchnorm_scores,
    batchnorm_checkpointing,
    batchnorm_run_block,
)
