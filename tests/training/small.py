"""A network with blocks, an up-sampling and a last convolution, as UNet has them, but tiny."""

import torch
from torch import nn


class Small(nn.Module):
    """Scores as large as the input."""

    def __init__(self):
        super().__init__()
        self.down_conv1 = nn.Sequential(
            nn.Conv2d(3, 4, 3, padding=1), nn.ReLU(), nn.Conv2d(4, 4, 3, padding=1), nn.ReLU()
        )
        self.down_sample1 = nn.MaxPool2d(2)
        self.up_sample1 = nn.ConvTranspose2d(4, 4, 2, 2)
        self.final_conv = nn.Conv2d(4, 1, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.final_conv(self.up_sample1(self.down_sample1(self.down_conv1(x))))
