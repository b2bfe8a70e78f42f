"""Batch normalisation for the time of training only.

The lab's network has none, and learns slowly from scratch. A normalisation between a
convolution and its ReLU is, once its statistics are frozen, an affine function of each
channel, so it can be multiplied into the convolution: the weights that are saved are those
of the plain network, and compute the same function.
"""

from collections.abc import Iterable

import torch
from torch import nn


def add_norms(model: nn.Module) -> None:
    """Put a BatchNorm2d after every convolution of the blocks, in place."""
    for name, block in list(model.named_children()):
        if isinstance(block, nn.Sequential):
            layers = []
            for layer in block:
                layers.append(layer)
                if isinstance(layer, nn.Conv2d):
                    layers.append(nn.BatchNorm2d(layer.out_channels, momentum=0.02))
            setattr(model, name, nn.Sequential(*layers))


@torch.no_grad()
def calibrate_norms(model: nn.Module, batches: Iterable[torch.Tensor]) -> None:
    """Set the running statistics to the mean over these batches (N, C, H, W): a training on single crops
    leaves those of the last few crops, which whole pictures do not share."""
    norms = [layer for layer in model.modules() if isinstance(layer, nn.BatchNorm2d)]
    if not norms:
        return
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # the plain mean over all batches
    model.train()
    for batch in batches:
        model(batch)
    for norm, momentum in zip(norms, momenta):
        norm.momentum = momentum


def freeze_norms(model: nn.Module) -> None:
    """Use the running statistics from here on; scale and shift still learn."""
    for layer in model.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.eval()


@torch.no_grad()
def folded_state_dict(model: nn.Module) -> dict[str, torch.Tensor]:
    """The weights of the plain network that computes what model computes in eval mode."""
    state = {}
    for name, block in model.named_children():
        if not isinstance(block, nn.Sequential):
            state |= {f"{name}.{key}": value.detach().clone() for key, value in block.state_dict().items()}
            continue
        layers = [layer for layer in block if not isinstance(layer, nn.BatchNorm2d)]
        norms = {
            i: block[j + 1]
            for i, j in enumerate(j for j, layer in enumerate(block) if layer in layers)
            if j + 1 < len(block) and isinstance(block[j + 1], nn.BatchNorm2d)
        }
        for i, layer in enumerate(layers):
            if isinstance(layer, nn.Conv2d):
                weight, bias = layer.weight, layer.bias
                if i in norms:
                    norm = norms[i]
                    gain = norm.weight / torch.sqrt(norm.running_var + norm.eps)
                    weight = weight * gain.view(-1, 1, 1, 1)
                    bias = (bias - norm.running_mean) * gain + norm.bias
                state[f"{name}.{i}.weight"], state[f"{name}.{i}.bias"] = weight.clone(), bias.clone()
    return state
