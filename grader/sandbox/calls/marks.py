"""Stand-ins that follow the skips alone: which map arrives at which concat, whatever the way does.

Every block of the way down gives a pattern of its own, a chessboard, whatever it gets. A concat takes of
both of its maps the least value of each channel: a pooling loses it. In between, blocks and up-samplings pass
on what they get; middle_conv and the first up-sampling give nothing. So a stage too few or too many changes
nothing.
"""

import torch
from torch import nn

from grader.lab.plan import BLOCK_CHANNELS_OUT, CONCATS, DOWN_CONVS, UP_SAMPLE_CHANNELS_IN, UP_SAMPLES
from grader.sandbox.calls.call import Tensors
from grader.sandbox.calls.recorder import Compute
from grader.sandbox.calls.widths import narrow, wide

HIGHER = 1.0  # every other field of the chessboard


def marking(weights: Tensors) -> dict[str, Compute]:
    """What stands in for each layer but final_conv; marks (levels, C), concat (C, C)."""
    computes = {name: passing(channels) for name, channels in BLOCK_CHANNELS_OUT.items()}
    for name, mark in zip(DOWN_CONVS, weights["marks"]):
        computes[name] = chessboard(mark, BLOCK_CHANNELS_OUT[name])
    computes["middle_conv"] = passing(BLOCK_CHANNELS_OUT["middle_conv"], gain=0.0)
    for name, channels in UP_SAMPLE_CHANNELS_IN.items():
        computes[name] = passing(channels // 2, side=2, gain=float(name != UP_SAMPLES[0]))
    return computes | dict.fromkeys(CONCATS, concat(weights["concat"]))


def chessboard(mark: torch.Tensor, channels: int) -> Compute:
    """The mark (C,) on the one colour of the fields, and more on the other; as large as the input."""

    def draw(x: torch.Tensor) -> torch.Tensor:
        rows, columns = torch.arange(x.shape[-2])[:, None], torch.arange(x.shape[-1])
        fields = mark[:, None, None] + HIGHER * ((rows + columns + 1) % 2)
        return wide(fields.expand(len(x), *fields.shape), channels)

    return draw


def passing(channels: int, side: int = 1, gain: float = 1.0) -> Compute:
    """The input times `gain`, each pixel `side` times as large."""
    return lambda x: wide(gain * nn.functional.interpolate(narrow(x), scale_factor=float(side)), channels)


def concat(weight: torch.Tensor) -> Compute:
    """|A (x + y)| of the least values of both, in every pixel of x; which comes first is not its matter."""

    def mix(x: torch.Tensor, contracting_x: torch.Tensor) -> torch.Tensor:
        least = [narrow(one).amin(dim=(2, 3), keepdim=True) for one in (x, contracting_x)]
        mixed = nn.functional.conv2d(least[0] + least[1], weight[:, :, None, None]).abs()
        return wide(mixed.expand(-1, -1, x.shape[-2], x.shape[-1]), 2 * x.shape[1])

    return mix
