"""Calls about batchnorm_unet.py. Weights are drawn by name, so that a wrong name gives wrong numbers."""

import torch
from torch import nn

from grader.sandbox.calls.extensions.parts import fill, module_of, part_of
from grader.sandbox.calls.network import as_tensor

NARROW = (4, 8, 16, 32, 64)


def _meta(code, name: str, *arguments, **options) -> nn.Module:
    with torch.device("meta"):
        return part_of(code, "batchnorm_unet", name)(*arguments, **options)


def batchnorm_keys(code, data: dict, tensors):
    """Names and shapes of UNet(3, 2, **options), and how many parameters it has."""
    model = _meta(code, "UNet", 3, 2, **data["options"])
    return {
        "keys": {key: list(value.shape) for key, value in model.state_dict().items()},
        "parameters": sum(parameter.numel() for parameter in model.parameters()),
    }, {}


def batchnorm_block(code, data: dict, tensors):
    """DoubleConv(*channels) on x, in evaluation mode."""
    block = part_of(code, "batchnorm_unet", "DoubleConv")(*data["channels"])
    with torch.no_grad():
        return {}, {
            "y": as_tensor(fill(block, data["seed"], by_name=True).eval()(tensors["x"]), "DoubleConv")
        }


def batchnorm_up(code, data: dict, tensors):
    """Up(*channels), all but its DoubleConv, of x and the skip."""
    up = part_of(code, "batchnorm_unet", "Up")(*data["channels"], bilinear=data["bilinear"])
    fill(up, data["seed"], by_name=True)
    up.conv = nn.Identity()
    with torch.no_grad():
        return {}, {"y": as_tensor(up(tensors["x"], tensors["skip"]), "Up")}


def batchnorm_scores(code, data: dict, tensors):
    """UNet(3, 2, **options) on x, in evaluation mode."""
    model = _meta(code, "UNet", 3, 2, **data["options"]).to_empty(device="cpu")
    with torch.inference_mode():
        return {}, {"y": as_tensor(fill(model, data["seed"], by_name=True).eval()(tensors["x"]), "forward")}


def batchnorm_checkpointing(code, data: dict, tensors):
    """One training step of a narrow network in float64, without and with checkpointing.

    -> for each of the two: scores, all gradients in one row, all running statistics in another, the batches
    that each BatchNorm counted, [bytes kept for the backward pass, passes through a BatchNorm].
    """
    module, found = module_of(code, "batchnorm_unet"), {}
    network = part_of(code, "batchnorm_unet", "UNet")
    channels, module.CHANNELS = module.CHANNELS, NARROW
    try:
        for way in ("plain", "checkpointed"):
            model = fill(network(3, 2, **data["options"]).double(), data["seed"])
            if way == "checkpointed":
                model.use_checkpointing()
            for name, value in _one_step(model, tensors["x"]).items():
                found[f"{way}_{name}"] = value
    finally:
        module.CHANNELS = channels
    return {}, found


def _one_step(model: nn.Module, x: torch.Tensor) -> dict[str, torch.Tensor]:
    kept, passes = {}, []
    norms = [layer for layer in model.modules() if isinstance(layer, nn.BatchNorm2d)]
    for norm in norms:
        norm.register_forward_hook(lambda *_: passes.append(1))

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        kept[tensor.data_ptr()] = tensor.nbytes
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        scores = model(x)
    (scores.square().sum() / scores.numel()).backward()
    zeros = (torch.zeros_like(parameter) for parameter in model.parameters())
    gradients = [
        zero if parameter.grad is None else parameter.grad
        for parameter, zero in zip(model.parameters(), zeros)
    ]
    return {
        "scores": scores.detach(),
        "gradients": torch.cat([gradient.flatten() for gradient in gradients]),
        "statistics": torch.cat([torch.cat([norm.running_mean, norm.running_var]) for norm in norms]),
        "batches": torch.stack([norm.num_batches_tracked for norm in norms]),
        "cost": torch.tensor([sum(kept.values()), len(passes)]),
    }


CALLS = (batchnorm_keys, batchnorm_block, batchnorm_up, batchnorm_scores, batchnorm_checkpointing)
