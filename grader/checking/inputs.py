"""Inputs for the checks: the same ones every time, or fresh ones from a secret seed."""

import hashlib
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from grader.implementations import Array, Picture
from grader.lab.paths import CAR
from grader.pictures.hidden import AlteredCar, altered_car, pictures_in
from grader.pictures.opening import open_picture

MOST_KEPT = 64  # pictures; those of one secret are 20, and most are small
_KEPT: dict[tuple[object, ...], tuple[Any, Any]] = {}  # (what, state before) -> (picture, state after)


class Draw:
    """A source of inputs, one for each check.

    Only integers are drawn, and divided by powers of two: the same seed gives the same bits on every machine.
    """

    def __init__(self, check: str, hidden: str | None = None, pictures: Path | None = None):
        """pictures: a folder to draw the hidden ones from; else they are made of the lab's own."""
        self.hidden, self.pictures, self._check = hidden, pictures, check

    @cached_property
    def random(self) -> np.random.RandomState:
        """Its own generator, whose streams are promised never to change."""
        digest = hashlib.sha256(f"{self.hidden or 'public'}/{self._check}".encode()).digest()
        return np.random.RandomState(np.frombuffer(digest, np.uint32))

    def __call__(self, *shape: int) -> np.ndarray:
        """float32 values in [-4, 4], multiples of 1/64."""
        return (self.random.randint(-256, 257, size=shape) / 64).astype(np.float32)

    def seed(self) -> int:
        """A seed for a generator in the worker."""
        return int(self.random.randint(1 << 30))

    def again(self, name: str, *shape: int) -> np.ndarray:
        """The same, but drawn anew from the name: equal in every check."""
        return Draw(name, self.hidden)(*shape)

    def picture(self, mode: str, width: int, height: int) -> Image.Image:
        """A dozen rectangles of random colours; mode RGB, L, LA, RGBA or P. Not to be changed."""
        drawn: Image.Image = self._drawn((mode, width, height), lambda: self._rectangles(mode, width, height))
        return drawn

    def _rectangles(self, mode: str, width: int, height: int) -> Image.Image:
        bands = {"RGB": 3, "L": 1, "LA": 2, "RGBA": 4, "P": 1}[mode]
        pixels = np.empty((height, width, bands), np.uint8)
        pixels[:] = self.random.randint(256, size=bands)
        for _ in range(12):
            (top, bottom), (left, right) = (
                np.sort(self.random.randint(0, side + 1, size=2)) for side in (height, width)
            )
            pixels[top:bottom, left:right] = self.random.randint(256, size=bands)
        image = Image.frombytes(mode, (width, height), pixels.tobytes())
        if mode == "P":
            image.putpalette(self.random.randint(256, size=768).astype(np.uint8).tobytes())
        return image

    def noise(self, width: int, height: int) -> Image.Image:
        """A picture in RGB, every pixel another colour."""
        pixels = self.random.randint(256, size=(height, width, 3)).astype(np.uint8)
        return Image.frombytes("RGB", (width, height), pixels.tobytes())

    def car(self, folder: Path) -> tuple[Picture, Array | None]:
        """The lab's own car, as a file; if hidden, a fresh one, or an altered one of this folder.

        With the scores of a good network, where they are known without one.
        """
        if not self.hidden:
            return CAR.read_bytes(), None
        if self.pictures is None:
            altered: AlteredCar = self._drawn((folder,), lambda: altered_car(folder, self.random))
            return altered
        fresh = pictures_in(self.pictures)
        return open_picture(fresh[self.random.randint(len(fresh))]), None

    def _drawn(self, what: tuple[object, ...], draw: Callable[[], Any]) -> Any:
        """What `draw` makes of the generator's present state: kept, since each submission gets the same."""
        _, numbers, place, *_rest = self.random.get_state()
        key = *what, place, bytes(np.asarray(numbers))
        if key not in _KEPT:
            _KEPT[key] = draw(), self.random.get_state()
            while len(_KEPT) > MOST_KEPT:
                del _KEPT[next(iter(_KEPT))]
        drawn, after = _KEPT[key]
        self.random.set_state(after)
        return drawn
