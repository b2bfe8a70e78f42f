"""Random numbers, all of them from a text such as `seed/step`: whoever has the text has the numbers again."""

import hashlib
import random

import torch


def onto(values: torch.Tensor, device: torch.device) -> torch.Tensor:
    """A few numbers from the processor, on the device; without waiting for what a GPU still has to do."""
    return values.pin_memory().to(device, non_blocking=True) if device.type == "cuda" else values


class Chance:
    """Draws on the processor, whatever the device, so that every device sees the same windows and colours.

    Only `noise`, a number for each pixel, is drawn on the device itself.
    """

    def __init__(self, text: str, device: torch.device):
        seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:7], "big")
        self.device = device
        self.numbers = random.Random(seed)  # for decisions about one picture
        self._host = torch.Generator().manual_seed(seed)
        self._noise = torch.Generator(device).manual_seed(seed)

    def uniform(self, *shape: int) -> torch.Tensor:
        """In [0, 1), on the processor."""
        return torch.rand(shape, generator=self._host)

    def normal(self, *shape: int) -> torch.Tensor:
        return torch.randn(shape, generator=self._host)

    def some(self, count: int, share: float) -> torch.Tensor:
        """Which of `count`, numbers from 0 on: this share of them, a broken count rounded by chance."""
        return torch.randperm(count, generator=self._host)[: int(count * share + self.numbers.random())]

    def noise(self, like: torch.Tensor) -> torch.Tensor:
        """Normal, of this shape, on its device."""
        return torch.randn(like.shape, generator=self._noise, device=like.device)
