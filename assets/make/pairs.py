"""Pairs of a picture and its mask, and pictures without: found in a folder, and read.

A folder holds `images/NAME.jpg` and `masks/NAME.png` (or Carvana's own `NAME_mask.gif`); other endings of
pictures are found, too. The part of NAME before the first `_` is the car, or the drive of a moving camera.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from grader.errors import LabError
from grader.pictures.masks import open_mask, pictures_in
from grader.pictures.opening import open_picture

MASKS = (".png", ".gif", ".bmp", ".tif", ".tiff", ".jpg", ".jpeg")  # whichever comes first is taken
# Photographs of BSDS500 that show a car, a van or a lorry, found by looking at all of them: as backgrounds
# they would teach that some cars are none.
WITH_VEHICLES = frozenset(
    "10081 102062 119082 148089 183055 183066 21077 259060 274007 285036 29030 296028".split()  # noqa: SIM905
)


@dataclass(frozen=True)
class Pair:
    image: Path
    mask: Path
    folder: str  # which set the pair belongs to

    @property
    def group(self) -> str:
        """The car, or the drive: what is split as a whole."""
        return self.image.stem.split("_")[0]


def find_pictures(folder: Path) -> list[Path]:
    """Every picture in the folder itself, by name. Raises LabError where there is none, or two of a name."""
    if not folder.is_dir():
        raise LabError(f"{folder} is missing")
    found = [path for path in pictures_in(folder) if path.name[0] != "."]
    if not found:
        raise LabError(f"no pictures in {folder}")
    twice = [name for name, count in Counter(path.stem for path in found).items() if count > 1]
    if twice:
        raise LabError(f"{folder} holds several pictures {twice[0]}.*: which is it?")
    return found


def find_pairs(folder: Path) -> list[Pair]:
    """Every pair of the folder, by name. Raises LabError for a picture without mask."""
    files = sorted((folder / "masks").iterdir()) if (folder / "masks").is_dir() else []
    masks = {path.stem: path for end in reversed(MASKS) for path in files if path.suffix.lower() == end}
    pairs = []
    for image in find_pictures(folder / "images"):
        mask = masks.get(image.stem) or masks.get(image.stem + "_mask")
        if mask is None:
            raise LabError(f"{image} has no mask in {folder / 'masks'}: expected {image.stem}.png there")
        pairs.append(Pair(image, mask, folder.name))
    return pairs


def find_backgrounds(folder: Path) -> list[Path]:
    """The pictures of a folder, but for those that are known to show a vehicle."""
    return [path for path in find_pictures(folder) if path.stem not in WITH_VEHICLES]


def read(pair: Pair) -> tuple[Image.Image, Image.Image]:
    """The picture in RGB and the mask in L, 0 or 255, both upright.

    Raises LabError for a mask that can be meant in two ways, or that has another size than its picture.
    """
    image = open_picture(pair.image)
    return image, Image.fromarray(open_mask(pair.mask, image.size).astype(np.uint8) * 255)


def some_of_each(pairs: Iterable[Pair], count: int) -> list[Pair]:
    """At most `count` pairs of each car or drive, evenly spaced, starting elsewhere from one to the next."""
    views: dict[str, list[Pair]] = {}
    for pair in pairs:
        views.setdefault(pair.group, []).append(pair)
    return [
        own[(start + step * len(own) // min(count, len(own))) % len(own)]
        for start, own in enumerate(views.values())
        for step in range(min(count, len(own)))
    ]
