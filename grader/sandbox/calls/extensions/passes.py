"""One pass through a network of which only the order of its layers is known.

Layers may be called anything, and be registered in any order. But every right network runs them in the same
order, one after the other: so each gets its weights when it is first run.
"""

import contextlib
from collections.abc import Iterator
from typing import Any

import torch
from torch import nn
from torch.nn.modules.module import register_module_forward_hook, register_module_forward_pre_hook

from grader.sandbox.calls.extensions.parts import uniform

CONTRACTING = 20  # layers with weights in the contracting path: 10 convolutions, each with its BatchNorm
SHIFT = 3.0  # of every BatchNorm: half way between 0 and 6


class Run:
    """One pass through a network: its layers with weights in the order of their runs, and what they gave."""

    def __init__(self) -> None:
        self.layers: list[nn.Module] = []
        self.bottom: torch.Tensor | None = None  # what the contracting path's last layer gave
        self.scores: torch.Tensor | None = None  # what the last convolution gave

    def gradients(self, seed: int) -> torch.Tensor:
        """For each convolution that was run, its weight's gradient along a direction of ours."""
        along = []
        for number, layer in enumerate(self.layers):
            if not isinstance(layer, nn.BatchNorm2d):
                weight = layer.get_parameter("weight")
                direction = uniform(weight.shape, 1.0, (seed + 1000 + number) % 2**31)
                along.append(torch.zeros(()) if weight.grad is None else (weight.grad * direction).sum())
        return torch.stack(along)


@contextlib.contextmanager
def watched(seed: int | None, gain: float, among: nn.Module | None = None) -> Iterator[Run]:
    """Watch what is run; with a seed, each layer gets weights of ours just before.

    among: pass over layers that this network does not have registered by now.
    """
    run, own = Run(), None if among is None else set(among.modules())

    def is_ours(layer: nn.Module) -> bool:
        weighted = isinstance(layer, nn.Conv2d | nn.ConvTranspose2d | nn.BatchNorm2d)
        return weighted and (own is None or layer in own)

    def before(layer: nn.Module, given: object) -> None:
        if is_ours(layer):
            if seed is not None:
                _fill(layer, (seed + len(run.layers)) % 2**31, gain)
            run.layers.append(layer)

    def after(layer: nn.Module, given: object, out: Any) -> None:
        if is_ours(layer):
            if len(run.layers) == CONTRACTING:
                run.bottom = out.clone()  # an activation may work in place
            if not isinstance(layer, nn.BatchNorm2d):
                run.scores = out.clone()

    handles = [register_module_forward_pre_hook(before), register_module_forward_hook(after)]
    try:
        yield run
    finally:
        for handle in handles:
            handle.remove()


@torch.no_grad()
def _fill(layer: nn.Module, seed: int, gain: float) -> None:
    """Weights that keep the numbers' size.

    BatchNorms are all alike, so that it makes no difference here where one serves twice; and so are the two
    halves of what is convolved after a concatenation, which may come in either order.
    """
    if isinstance(layer, nn.BatchNorm2d):
        nn.init.constant_(layer.weight, gain)
        nn.init.constant_(layer.bias, SHIFT)
    elif isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
        pixels = layer.weight[0, 0].numel() if isinstance(layer, nn.Conv2d) else 1
        size = (layer.in_channels * pixels) ** -0.5
        layer.weight.copy_(uniform(layer.weight.shape, size, seed))
        half = layer.in_channels // 2
        if isinstance(layer, nn.Conv2d) and half == layer.out_channels and layer.kernel_size == (3, 3):
            layer.weight[:, half:] = layer.weight[:, :half]
        if layer.bias is not None:
            layer.bias.copy_(uniform(layer.bias.shape, 0.1, seed))
