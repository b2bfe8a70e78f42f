"""Watching a network at work: the size of every feature map, and some of the maps themselves."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.utils.hooks import RemovableHandle

from grader.language import _
from grader.sandbox.calls.network import Fault, as_tensor

KEPT = ("down_conv1", "up_sample4", "up_conv4")  # the maps at the top of the U: whole, they take 250 MB
SIDE = 560  # of the scores
OUTLINE = (slice(150, 290), slice(250, 430))  # of 560 x 560 scores: the roof and a mirror of the car


@dataclass
class Run:
    """One forward pass."""

    scores: np.ndarray  # (H, W), raw
    shapes: dict[str, tuple[int, ...]] = field(default_factory=dict)  # child -> (C, H, W), in order of use
    maps: dict[str, np.ndarray] = field(default_factory=dict)  # child -> (C, 140, 180), at OUTLINE


def run(network: nn.Module, x: torch.Tensor, skips: bool = True) -> Run:
    """The network on x (1, C, H, W).

    Without skips every `concat` gets zeros for the contracting map, and no maps are kept.

    Raises: Fault where the scores are not (1, 1, H, W), or there is no skip to switch off.
    """
    result = Run(np.empty(0))
    emptied: list[nn.Module] = []
    hooks: list[RemovableHandle] = []

    def watch(name: str) -> Callable[[nn.Module, Any, Any], None]:
        def hook(module: nn.Module, inputs: Any, output: Any) -> None:
            if isinstance(output, torch.Tensor):
                result.shapes[name] = tuple(output.shape[1:])
                if name in KEPT and skips:
                    margin = max(0, (output.shape[2] - SIDE) // 2)
                    inner = output[0, :, margin : margin + SIDE, margin : margin + SIDE]
                    result.maps[name] = inner[(slice(None), *OUTLINE)].numpy().copy()  # not the whole map

        return hook

    def empty(
        module: nn.Module, inputs: tuple[Any, ...], named: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        emptied.append(module)
        if len(inputs) > 1:
            return (inputs[0], torch.zeros_like(inputs[1]), *inputs[2:]), named
        if "contracting_x" in named:
            return inputs, named | {"contracting_x": torch.zeros_like(named["contracting_x"])}
        return inputs, named

    for name, child in network.named_children():
        hooks.append(child.register_forward_hook(watch(name)))
        if name.startswith("concat") and not skips:
            hooks.append(child.register_forward_pre_hook(empty, with_kwargs=True))
    try:
        with torch.inference_mode():
            scores = as_tensor(network(x), "forward")
    finally:
        for hook in hooks:
            hook.remove()
    if scores.ndim != 4 or scores.shape[:2] != (1, 1):
        raise Fault(
            "shape",
            _("forward returns scores of shape {shape}, not (1, 1, 560, 560)").format(
                shape=tuple(scores.shape)
            ),
        )
    if not skips and not emptied:
        raise Fault(
            "no_skips", _("your forward calls none of concat1 to concat4, so no skip can be switched off")
        )
    result.scores = scores[0, 0].numpy()
    return result
