"""Other light and other colours."""

import functools
import math

import torch
import torch.nn.functional as F

from assets.make.training.chance import Chance, onto

TO_YIQ = (
    (0.299, 0.587, 0.114),
    (0.5959, -0.2746, -0.3213),
    (0.2115, -0.5227, 0.3112),
)  # brightness, and colour


@functools.cache
def _yiq(device: torch.device) -> tuple[torch.Tensor, torch.Tensor]:
    matrix = torch.tensor(TO_YIQ)
    return matrix.to(device), torch.linalg.inv(matrix).to(device)


def recolour(x: torch.Tensor, strong: float, chance: Chance) -> torch.Tensor:
    """(n, 3, H, W) in [0, 1], in other light, balance, brightness, contrast, gamma, saturation and hue.

    The share `strong` of the pictures changes by the whole range, the others by a quarter of it.
    """
    n, device = len(x), x.device
    force = torch.where(chance.uniform(n, 1, 1, 1) < strong, 1.0, 0.25)

    def factor(down: float, up: float, share: float = 1.0, channels: int = 1) -> torch.Tensor:
        """Around 1; exactly 1 but for this share of the pictures."""
        value = 1 + force * (chance.uniform(n, channels, 1, 1) * (down + up) - down)
        return torch.where(chance.uniform(n, 1, 1, 1) < share, value, 1.0)

    light = F.interpolate(chance.normal(n, 1, 4, 4), x.shape[2:], mode="bicubic", align_corners=True)
    light = 1 + 0.15 * light * (factor(1, 0, 0.25) - 1)
    balance, brightness, contrast = factor(0.12, 0.12, channels=3), factor(0.5, 0.65), factor(0.35, 0.35)
    gamma = factor(0.35, 0.45, 0.3)
    saturation = factor(0.7, 0.6).flatten() * (chance.uniform(n) > 0.07)  # a few are grey
    hue = math.pi * (factor(1, 1, 0.25).flatten() - 1)  # as few cars are painted in half of all hues
    turn = torch.zeros(n, 3, 3)
    turn[:, 0, 0] = 1
    turn[:, 1, 1] = turn[:, 2, 2] = saturation * hue.cos()
    turn[:, 2, 1] = saturation * hue.sin()
    turn[:, 1, 2] = -turn[:, 2, 1]

    x = (x * onto(light, device) * onto(balance * brightness, device)).clamp(0, 1)
    mean = x.mean((1, 2, 3), keepdim=True)
    x = (mean + (x - mean) * onto(contrast, device)).clamp(1e-4, 1) ** onto(gamma, device)
    to_yiq, from_yiq = _yiq(device)
    return torch.einsum("nij,njhw->nihw", from_yiq @ onto(turn, device) @ to_yiq, x).clamp(0, 1)
