"""Which part of a picture a step sees, and how it is turned."""

import math

import torch
import torch.nn.functional as F

from assets.make.training.chance import Chance, onto


def draw_windows(n: int, chance: Chance) -> torch.Tensor:
    """(n, 2, 3), for cut: mostly nearly the whole picture, else a part or about half.

    A half is a car that leaves the picture. 7 % each are turned to the left and to the right, and 2 % stand
    on their heads, as a phone's pictures may.
    """

    def which(share: float) -> torch.Tensor:
        return chance.uniform(n, 1) < share

    whole = 1 - 0.07 * chance.uniform(n, 1) * which(0.7)
    part = 0.6 + 0.4 * chance.uniform(n, 2)
    half = torch.cat([0.42 + 0.23 * chance.uniform(n, 1), 1 - 0.2 * chance.uniform(n, 1) * which(0.5)], 1)
    half = torch.where(which(0.75), half, half.flip(1))
    kind = chance.uniform(n, 1)
    share = torch.where(kind < 0.72, whole.expand(n, 2), torch.where(kind < 0.85, part, half))
    at = chance.uniform(n, 2)
    at = torch.where((kind > 0.85) & which(0.5), at.round(), at)  # a half lies at an edge every second time
    centre = (2 * at - 1) * (1 - share)
    slant = torch.where(
        which(0.1), 0.5 * chance.uniform(n, 1) - 0.25, 0.03 * chance.normal(n, 1) * which(0.3)
    )
    quarters = torch.tensor(
        chance.numbers.choices([0, 1, 2, 3], [0.84, 0.07, 0.02, 0.07], k=n), dtype=torch.float
    )
    angle = slant[:, 0] + math.pi / 2 * quarters
    mirror = torch.where(which(0.5)[:, 0], -1.0, 1.0)
    cos, sin = angle.cos(), angle.sin()
    matrix = torch.stack([torch.stack([cos * mirror, -sin], 1), torch.stack([sin * mirror, cos], 1)], 1)
    return torch.cat([matrix * share[:, :, None], centre[:, :, None]], 2)


def cut(pictures: torch.Tensor, windows: torch.Tensor, size: int) -> torch.Tensor:
    """(n, C, H, W), uint8, and windows -> (n, C, size, size) in [0, 1]."""
    shape = [len(pictures), pictures.shape[1], size, size]
    grid = F.affine_grid(onto(windows, pictures.device), shape, align_corners=False)
    return F.grid_sample(pictures.float() / 255, grid, padding_mode="border", align_corners=False)
