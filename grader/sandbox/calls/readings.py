"""The solution, read otherwise: what it would give if it resized with another filter, or in another order.

Only the reference is asked for a reading, so nothing here says what the solution does: it exchanges what
torch and torchvision do.
"""

import functools
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import torch
import torchvision.transforms.functional as pictures
from PIL import Image
from torch import nn

from grader.lab.readings import SMALLER

Change = Callable[..., Any]


@contextmanager
def read_as(reading: str | None) -> Iterator[None]:
    """Within this context pictures are resized, and scores squashed and resized, as the reading has it."""
    with ExitStack() as changes:
        for module, name, made in _changes(reading) if reading else ():
            changes.enter_context(_exchanged(module, name, made))
        yield


def scores_as(reading: str | None, scores: torch.Tensor) -> torch.Tensor:
    """What the network has to give for this reading: scores, or what becomes of them."""
    return torch.special.expit(scores) if reading and reading.startswith("probabilities") else scores


def _changes(reading: str) -> list[tuple[Any, str, Change]]:
    found: list[tuple[Any, str, Change]] = []
    if reading in FILTERS:
        found.append((pictures, "resize", FILTERS[reading]))
    if reading.startswith("probabilities"):
        found.append((torch, "sigmoid", lambda x: x))
    if reading in ("corners", "probabilities, corners"):
        cornered = functools.partial(nn.functional.interpolate, align_corners=True)
        found.append((nn.functional, "interpolate", cornered))
    if reading == SMALLER:
        smoothed = functools.partial(nn.functional.interpolate, antialias=True)
        found.append((nn.functional, "interpolate", smoothed))
    return found


@contextmanager
def _exchanged(module: Any, name: str, made: Change) -> Iterator[None]:
    original = getattr(module, name)
    setattr(module, name, made)
    try:
        yield
    finally:
        setattr(module, name, original)


def _by_pillow(filter: Image.Resampling) -> Change:
    return lambda image, size: image.resize(size[::-1], filter)


def _by_torch(mode: str, corners: bool) -> Change:
    def resize(image: Image.Image, size: list[int]) -> Image.Image:
        values = pictures.pil_to_tensor(image)[None].float()
        made = nn.functional.interpolate(values, size, mode=mode, align_corners=corners)
        resized: Image.Image = pictures.to_pil_image(made[0].round().clamp(0, 255).byte())
        return resized

    return resize


FILTERS: dict[str, Change] = {
    "bicubic": _by_pillow(Image.Resampling.BICUBIC),
    "lanczos": _by_pillow(Image.Resampling.LANCZOS),
    "hamming": _by_pillow(Image.Resampling.HAMMING),
    "interpolated bilinear": _by_torch("bilinear", False),
    "interpolated bicubic": _by_torch("bicubic", False),
    "corners bilinear": _by_torch("bilinear", True),
    "corners bicubic": _by_torch("bicubic", True),
}
