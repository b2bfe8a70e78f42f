"""JPEG's losses, computed on the device: its transform, its tables, half as many pixels of colour each way.

Source: ITU-T T.81, annexes A and K; the scale of the tables is that of the IJG's library.
"""

import functools
import math

import torch
import torch.nn.functional as F

from assets.make.training.chance import onto

TO_YCC = ((0.299, 0.587, 0.114), (-0.1687, -0.3313, 0.5), (0.5, -0.4187, -0.0813))
LUMINANCE = (
    (16, 11, 10, 16, 24, 40, 51, 61),
    (12, 12, 14, 19, 26, 58, 60, 55),
    (14, 13, 16, 24, 40, 57, 69, 56),
    (14, 17, 22, 29, 51, 87, 80, 62),
    (18, 22, 37, 56, 68, 109, 103, 77),
    (24, 35, 55, 64, 81, 104, 113, 92),
    (49, 64, 78, 87, 103, 121, 120, 101),
    (72, 92, 95, 98, 112, 100, 103, 99),
)
CHROMINANCE = ((17, 18, 24, 47), (18, 21, 26, 66), (24, 26, 56, 99), (47, 66, 99, 99))  # the rest is 99


@functools.cache
def _tables(device: torch.device) -> tuple[torch.Tensor, ...]:
    """The cosine transform (8, 8), both quantisation tables (8, 8), colours to YCC and back (3, 3)."""
    k = torch.arange(8, dtype=torch.float)
    cosines = torch.cos((2 * k[None] + 1) * k[:, None] * math.pi / 16) / 2
    cosines[0] /= math.sqrt(2)
    luminance, to_ycc = torch.tensor(LUMINANCE, dtype=torch.float), torch.tensor(TO_YCC)
    chrominance = torch.full((8, 8), 99.0)
    chrominance[:4, :4] = torch.tensor(CHROMINANCE)
    tables = (cosines, luminance, chrominance, to_ycc, torch.linalg.inv(to_ycc))
    return tuple(table.to(device) for table in tables)


def through_jpeg(x: torch.Tensor, quality: torch.Tensor) -> torch.Tensor:
    """(n, 3, H, W) in [0, 1] as JPEG of these n qualities, 1 to 99, would give it back."""
    height, width = x.shape[2:]
    scale = torch.where(quality < 50, 5000 / quality, 200 - 2 * quality).view(-1, 1, 1, 1, 1, 1)
    scale = onto(scale, x.device)
    cosines, luminance, chrominance, to_ycc, from_ycc = _tables(x.device)

    def quantised(plane: torch.Tensor, table: torch.Tensor) -> torch.Tensor:
        n, channels, h, w = plane.shape
        blocks = plane.view(n, channels, h // 8, 8, w // 8, 8).transpose(3, 4)
        steps = ((table * scale + 50) / 100).floor().clamp(1, 255)
        blocks = cosines.T @ ((cosines @ blocks @ cosines.T / steps).round() * steps) @ cosines
        return blocks.transpose(3, 4).reshape(n, channels, h, w)

    whole = F.pad(x, (0, -width % 16, 0, -height % 16), mode="replicate") * 255
    ycc = torch.einsum("ij,njhw->nihw", to_ycc, whole)
    light = quantised(ycc[:, :1] - 128, luminance) + 128
    colour = F.interpolate(
        quantised(F.avg_pool2d(ycc[:, 1:], 2), chrominance), scale_factor=2, mode="bilinear"
    )
    x = torch.einsum("ij,njhw->nihw", from_ycc, torch.cat([light, colour], 1))
    return (x[:, :, :height, :width] / 255).clamp(0, 1)
