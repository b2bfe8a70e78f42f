"""What a worse camera makes of a picture: blur, coarse pixels, grain, JPEG."""

import math

import torch
import torch.nn.functional as F

from assets.make.training.chance import Chance, onto
from assets.make.training.jpeg import through_jpeg

SHARES = {"blurred": 0.2, "coarse": 0.06, "grainy": 0.2, "pressed": 0.2}  # of the pictures


def degrade(x: torch.Tensor, chance: Chance) -> torch.Tensor:
    """(n, 3, H, W) in [0, 1], a few of them changed, in place."""
    for change in (blurred, coarse, grainy, pressed):
        some = onto(chance.some(len(x), SHARES[change.__name__]), x.device)
        if len(some):
            x[some] = change(x[some], chance)
    return x


def gaussian(x: torch.Tensor, sigma: torch.Tensor) -> torch.Tensor:
    """(n, C, H, W) blurred by n standard deviations, up to 3 px each."""
    n, channels, height, width = x.shape
    kernel = torch.exp(-0.5 * (torch.arange(-7, 8) / sigma.view(n, 1)) ** 2)
    kernel = (kernel / kernel.sum(1, keepdim=True)).repeat_interleave(channels, 0)[:, None]
    kernel = onto(kernel, x.device)
    x = F.pad(x, (7, 7, 7, 7), mode="replicate").view(1, n * channels, height + 14, width + 14)
    with torch.backends.cudnn.flags(enabled=False):  # it would try out its ways anew for every size
        x = F.conv2d(x, kernel[:, :, None, :], groups=n * channels)
        x = F.conv2d(x, kernel[:, :, :, None], groups=n * channels)
    return x.view(n, channels, height, width)


def blurred(x: torch.Tensor, chance: Chance) -> torch.Tensor:
    """By up to 2.6 px; every fourth is sharpened instead."""
    soft = gaussian(x, 0.3 + 2.3 * chance.uniform(len(x)))
    shape = (len(x), 1, 1, 1)
    amount = torch.where(chance.uniform(*shape) < 0.25, -1.2 * chance.uniform(*shape), 1.0)
    return (x + onto(amount, x.device) * (soft - x)).clamp(0, 1)


def coarse(x: torch.Tensor, chance: Chance) -> torch.Tensor:
    """As a picture of 0.25 to 0.8 as many pixels each way, made larger."""
    share = math.exp(chance.numbers.uniform(math.log(0.25), math.log(0.8)))
    small = F.interpolate(x, scale_factor=share, mode="bilinear", antialias=True)
    return F.interpolate(small, x.shape[2:], mode="bilinear").clamp(0, 1)


def grainy(x: torch.Tensor, chance: Chance) -> torch.Tensor:
    """Normal noise of up to 16 of 255."""
    strength = onto(16 / 255 * chance.uniform(len(x), 1, 1, 1), x.device)
    return (x + strength * chance.noise(x)).clamp(0, 1)


def pressed(x: torch.Tensor, chance: Chance) -> torch.Tensor:
    """Through JPEG at qualities from 15 to 90."""
    return through_jpeg(x, 15 + 75 * chance.uniform(len(x)))
