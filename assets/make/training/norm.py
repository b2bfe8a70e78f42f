"""Batch normalisation for the time of training only.

The lab's network has none, and learns slowly from scratch. A normalisation between a
convolution and its ReLU is, once its statistics are frozen, an affine function of each
channel, so it can be multiplied into the convolution: the weights that are saved are those
of the plain network, and compute the same function.
"""

from collections.abc import Iterable
from itertools import pairwise

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


def _blocks(model: nn.Module) -> list[nn.Sequential]:
    return [block for block in model.children() if isinstance(block, nn.Sequential)]


@torch.no_grad()
def restore_norms(model: nn.Module, batches: Iterable[torch.Tensor]) -> None:
    """Give a plain trained network norms that change nothing yet, in place: what leaves each convolution of
    the blocks on these batches (N, C, H, W) is its norm's mean and variance, and its shift and scale, too."""
    seen: dict[nn.Module, list[tuple[torch.Tensor, torch.Tensor]]] = {}

    def note(layer: nn.Module, given: object, y: torch.Tensor) -> None:
        var, mean = torch.var_mean(y.float(), (0, 2, 3), correction=0)
        seen.setdefault(layer, []).append((mean, var))

    layers = [layer for block in _blocks(model) for layer in block]
    hooks = [layer.register_forward_hook(note) for layer in layers if isinstance(layer, nn.Conv2d)]
    for batch in batches:
        model(batch)
    for hook in hooks:
        hook.remove()
    add_norms(model)
    for block in _blocks(model):
        for layer, norm in pairwise(block):
            if isinstance(norm, nn.BatchNorm2d):
                mean, var = (torch.stack(part).mean(0) for part in zip(*seen[layer]))
                norm.to(mean.device)
                norm.running_mean.copy_(mean)
                norm.running_var.copy_(var)
                norm.bias.copy_(mean)
                norm.weight.copy_(torch.sqrt(var + norm.eps))


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
