"""Pairs of a picture and its mask: found in a folder, split by car, cut and recoloured.

A folder holds `images/NAME.jpg` and `masks/NAME.png` (or Carvana's own `masks/NAME_mask.gif`), or files
of other usual types. The part of NAME before the first `_` is the car.
"""

import hashlib
import io
import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torchvision.transforms.functional as TF
from PIL import Image, ImageFilter

from grader.pictures.masks import open_mask, pictures_in
from grader.pictures.opening import open_picture

FULL_SIZE = 572  # the network's input in the lab
CELL = 16  # px of the input to one of the network's deepest level
MARGIN = (16, 64)  # px around the car in a close-up


@dataclass(frozen=True)
class Pair:
    image: Path
    mask: Path
    folder: str  # which set the pair belongs to

    @property
    def car(self) -> str:
        return self.image.stem.split("_")[0]


def find_pairs(folder: Path) -> list[Pair]:
    """Every pair of the folder, by name. Raises FileNotFoundError for a picture without mask."""
    pairs = []
    masks = {path.stem: path for path in sorted((folder / "masks").glob("*")) if path.is_file()}
    for image in pictures_in(folder / "images") if (folder / "images").is_dir() else []:
        mask = masks.get(image.stem) or masks.get(f"{image.stem}_mask")
        if mask is None:
            raise FileNotFoundError(f"{image} has no mask in {folder / 'masks'}")
        pairs.append(Pair(image, mask, folder.name))
    if not pairs:
        raise FileNotFoundError(f"no pictures in {folder / 'images'}")
    return pairs


def split_by_car(pairs: list[Pair], validation_cars: int) -> tuple[list[Pair], list[Pair]]:
    """(training, validation). The same cars are held out whatever else changes:
    those whose names have the smallest SHA-256."""
    names = sorted({pair.car for pair in pairs}, key=lambda car: hashlib.sha256(car.encode()).hexdigest())
    held_out = set(names[:validation_cars])
    return [p for p in pairs if p.car not in held_out], [p for p in pairs if p.car in held_out]


def some_views_per_car(pairs: list[Pair], count: int) -> list[Pair]:
    """At most `count` pairs of each car, evenly spaced round it, starting elsewhere from car to car."""
    views: dict[str, list[Pair]] = {}
    for pair in pairs:
        views.setdefault(pair.car, []).append(pair)
    return [
        own[(start + step * len(own) // min(count, len(own))) % len(own)]
        for start, own in enumerate(views.values())
        for step in range(min(count, len(own)))
    ]


def read(pair: Pair) -> tuple[Image.Image, Image.Image]:
    """The picture in RGB and the mask in L, 0 or 255, both upright.

    Raises LabError for a mask that can be meant in two ways, or that has another size than its picture.
    """
    image = open_picture(pair.image)
    return image, Image.fromarray(open_mask(pair.mask, image.size).astype(np.uint8) * 255)


def sample(
    pair: Pair,
    size: int,
    scales: tuple[float, float],
    rng: random.Random,
    close_up: bool = False,
    variation: float = 1.0,
) -> tuple[torch.Tensor, torch.Tensor]:
    """A random crop, mirrored and recoloured: (3, size, size) and (1, out, out) in [0, 1].

    The picture is thought of as scaled to `scale * 572` on both sides, of which a
    window of size x size is cut. out = 16 * (size // 16) is the size of the scores: the mask
    covers the same window, since the lab stretches the scores over the whole picture.
    A close-up is the part of that window around the car. variation, 0 to 1: how much else than
    the window changes.
    """
    image, mask = read(pair)
    low, high = (np.log(scale) for scale in scales)
    share = min(1.0, size / (FULL_SIZE * np.exp(rng.uniform(low, high))))
    width, height = image.width * share, image.height * share
    left, top = rng.uniform(0, image.width - width), rng.uniform(0, image.height - height)
    box = (left, top, left + width, top + height)
    out = CELL * (size // CELL)
    image = image.resize((size, size), Image.Resampling.BILINEAR, box=box)
    mask = mask.resize((out, out), Image.Resampling.BILINEAR, box=box)
    if close_up:
        image, mask = around_the_car(image, mask, rng)
    if rng.random() < 0.5:
        image, mask = TF.hflip(image), TF.hflip(mask)
    return recolour(TF.to_tensor(degrade(image, rng, variation)), rng, variation), TF.to_tensor(mask)


def around_the_car(
    image: Image.Image, mask: Image.Image, rng: random.Random
) -> tuple[Image.Image, Image.Image]:
    """Cut picture (size, size) and mask of its scores (out, out) to the car and a random margin.

    The cuts lie between cells of the deepest level, and the picture keeps the frame that the network's
    crops take off: away from the cuts, the scores are those of the whole picture.
    """
    box = mask.getbbox()
    if box is None:
        return image, mask
    left, top = (CELL * max(0, (edge - rng.randint(*MARGIN)) // CELL) for edge in box[:2])
    right, bottom = (min(mask.width, CELL * -(-(edge + rng.randint(*MARGIN)) // CELL)) for edge in box[2:])
    frame = image.width - mask.width
    return image.crop((left, top, right + frame, bottom + frame)), mask.crop((left, top, right, bottom))


def degrade(image: Image.Image, rng: random.Random, variation: float = 1.0) -> Image.Image:
    """Now and then as a worse camera would have it: blurred, grainy, pressed hard into a JPEG."""
    share = 0.2 * variation
    if rng.random() < share:
        image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 2.5)))
    if rng.random() < share:
        grain = np.random.default_rng(rng.getrandbits(32)).normal(
            0, rng.uniform(2, 16), (*image.size[::-1], 3)
        )
        image = Image.fromarray((np.asarray(image) + grain).clip(0, 255).astype(np.uint8))
    if rng.random() < share:
        stream = io.BytesIO()
        image.save(stream, "JPEG", quality=rng.randint(20, 80))
        image = Image.open(stream).convert("RGB")
    return image


def recolour(image: torch.Tensor, rng: random.Random, variation: float = 1.0) -> torch.Tensor:
    """Change brightness, contrast, saturation and the balance of the channels."""

    def factor(down: float, up: float) -> float:
        return rng.uniform(1 - down * variation, 1 + up * variation)

    image = image * torch.tensor([factor(0.1, 0.1) for _ in range(3)]).view(3, 1, 1)
    image = TF.adjust_brightness(image.clamp(0, 1), factor(0.45, 0.6))
    image = TF.adjust_contrast(image, factor(0.3, 0.3))
    image = TF.adjust_saturation(image, factor(0.6, 0.5))
    if rng.random() < 0.3 * variation:  # a quarter of all cars are painted in one of these hues only
        image = TF.adjust_hue(image, rng.uniform(-0.5, 0.5))
    return image
