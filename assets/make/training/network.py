"""The network as it is trained, its loss, its optimiser."""

from collections.abc import Callable
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

from assets.make.training.norm import add_norms
from grader.errors import LabError
from solution.unet import UNet

EMPTY = 100  # px that soften the Dice of pictures with next to no car
WEIGHT_DECAY = 0.02  # of convolutions' kernels
SMALLEST = 1e-4  # size that a tensor counts as, at least: a bias that is 0 is to learn, too

Make = Callable[[], nn.Module]


def unet() -> nn.Module:
    return UNet(3, 1)


def to_train(make: Make, init: Path | None, seed: int, device: torch.device) -> nn.Module:
    """With norms and random weights, or plain with those of a file. Raises LabError if these do not fit.

    Source of the random weights: the paper's section 3, 2 / N with N = fan-in.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = make()
        for layer in model.modules():
            if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
                fan = "fan_in" if isinstance(layer, nn.Conv2d) else "fan_out"
                nn.init.kaiming_normal_(layer.weight, mode=fan)
                nn.init.zeros_(layer.bias)
    if init:
        load_weights(model, init)
    else:
        add_norms(model)
    return model.to(device, memory_format=torch.channels_last)


def load_weights(model: nn.Module, path: Path) -> nn.Module:
    """The model with the weights of a file of a plain state dict. Raises LabError if they do not fit."""
    try:
        weights = torch.load(path, weights_only=True, map_location="cpu")
        model.load_state_dict({key: value.float() for key, value in weights.items()})
    except FileNotFoundError:
        raise LabError(f"{path} is missing") from None
    except Exception as error:  # torch raises whatever unpickling raises
        said = str(error).splitlines() or [type(error).__name__]
        raise LabError(f"{path} holds no weights of this network: {said[0]}") from None
    return model


def optimiser_of(model: nn.Module, relative: bool = False) -> torch.optim.Optimizer:
    """Each group's `scale` is what its learning rate is multiplied with.

    relative: the root of each tensor's mean square, for weights into which norms were folded: some of them
    are fifty times smaller than others, and one rate for all would undo them. Source: Shazeer and Stern,
    Adafactor (2018), section 8.
    """
    alike: dict[tuple[float, float], list[nn.Parameter]] = {}
    for weight in model.parameters():
        decay = WEIGHT_DECAY if weight.ndim == 4 else 0.0
        size = float(weight.detach().square().mean().sqrt()) if relative else 1.0
        alike.setdefault((decay, max(SMALLEST, size)), []).append(weight)
    groups = [
        {"params": weights, "weight_decay": decay, "scale": scale}
        for (decay, scale), weights in alike.items()
    ]
    return torch.optim.AdamW(groups, lr=0.0, betas=(0.9, 0.99), fused=True)


def is_mixed(device: torch.device) -> bool:
    """Whether bfloat16 is fast: on a GPU, and on processors that compute in it themselves."""
    return device.type == "cuda" or torch.ops.mkldnn._is_mkldnn_bf16_supported()


def loss_of(scores: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Binary cross-entropy plus each picture's 1 - soft Dice, of (N, 1, H, W) scores and targets."""
    probability = torch.sigmoid(scores)
    overlap, total = (probability * target).sum((1, 2, 3)), (probability + target).sum((1, 2, 3))
    missed = 1 - (2 * overlap + EMPTY) / (total + EMPTY)
    return F.binary_cross_entropy_with_logits(scores, target) + missed.mean()


def step_loss(model: nn.Module, x: torch.Tensor, target: torch.Tensor, mixed: bool) -> torch.Tensor:
    with torch.autocast(x.device.type, torch.bfloat16, enabled=mixed):
        scores = model(x)
    return loss_of(scores.float(), target)
