"""Many channels made of few: what a stand-in takes and gives is as wide as what it stands for.

Group g of four channels is the same four, times a factor of its own, so that exchanged, sliced or reversed
channels show as well as they would in a real feature map.
"""

from functools import cache

import torch
from torch import nn

from grader.lab.plan import STAND_IN_CHANNELS as WIDTH


def narrow(x: torch.Tensor, width: int = WIDTH) -> torch.Tensor:
    """(N, C, H, W) -> (N, width, H, W): groups of channels, each weighed by its factor, are added up.

    It gives back what `wide` was given. A few channels stay as they are; for any number there is a result.
    """
    if x.shape[1] >= 2 * WIDTH:
        x = nn.functional.conv2d(x, _gathering(x.shape[1]))
    return nn.functional.pad(x, (0, 0, 0, 0, 0, width - x.shape[1]))  # a negative padding takes some away


def wide(x: torch.Tensor, channels: int) -> torch.Tensor:
    """(N, WIDTH, H, W) -> (N, channels, H, W), each group times its factor."""
    return nn.functional.conv2d(x, _spreading(channels))


@cache
def _factors(channels: int) -> torch.Tensor:
    """(channels, WIDTH): channel k is small channel k % WIDTH, times a factor between 0.75 and 1.25."""
    at = torch.arange(channels)
    weights = torch.zeros(channels, WIDTH)
    weights[at, at % WIDTH] = 0.75 + 0.5 * (at // WIDTH * 0.618034 % 1.0)
    return weights


@cache
def _spreading(channels: int) -> torch.Tensor:
    return _factors(channels)[:, :, None, None]


@cache
def _gathering(channels: int) -> torch.Tensor:
    factors = _factors(channels)
    return (factors / (factors * factors).sum(dim=0)).T.contiguous()[:, :, None, None]
