"""Pictures that a student has not seen: the lab's cars, cropped and recoloured, or a folder of fresh ones.

Only NumPy's integers and Pillow's exact operations are used, so that a seed makes the same pixels everywhere.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps

from grader.errors import LabError
from grader.language import _
from grader.pictures.masks import SUFFIXES, open_mask
from grader.pictures.opening import open_picture

LEAST_OF_CAR = 0.6  # the share of the car's pixels that a crop keeps at least
SIDES = (0.6, 1.0)  # a crop's sides, as a share of the picture's own
GAINS = (0.75, 1.25)  # what each channel is multiplied by, at random
TRIES = 50
SCORES_SIDE = 140  # a quarter of what the network gives
SURE = 8.0  # the score (logit) inside a car, and below zero outside; between them at its outline


class AlteredCar(NamedTuple):
    """One of the lab's cars, RGB, and the scores (1, 1, h, w), float32, of a network that sees it well."""

    picture: Image.Image
    scores: npt.NDArray[np.float32]


def pictures_in(folder: Path) -> list[Path]:
    """The pictures of a folder, or of its images/ as the studio makes it, sorted by name.

    Raises LabError where there are none.
    """
    folder = Path(folder)
    inner = folder / "images" if (folder / "images").is_dir() else folder
    if not inner.is_dir():
        raise LabError(
            _(
                "--hidden-pictures {folder} is no folder: give one that `python -m assets.make.cars` drew"
            ).format(folder=folder)
        )
    found = sorted(
        path for path in inner.iterdir()
        if path.suffix.lower() in SUFFIXES and not path.stem.endswith("_mask") and path.is_file()
    )  # fmt: skip
    if not found:
        raise LabError(
            _(
                "--hidden-pictures {folder} holds no pictures: draw some with `python -m assets.make.cars`"
            ).format(folder=folder)
        )
    return found


def altered_car(folder: Path, random: np.random.RandomState) -> AlteredCar:
    """One of the lab's cars, cropped to a good part of it, perhaps mirrored, and recoloured.

    Its scores come from its mask: to run a network of 572 x 572 for them would take seconds.
    """
    cars = sorted(folder.glob("*.jpg"))
    chosen = cars[random.randint(len(cars))]
    image = open_picture(chosen)
    mask = open_mask(chosen.with_name(f"{chosen.stem}_mask.png"), image.size)
    box = crop_box(mask, random)
    image, covered = image.crop(box), Image.fromarray(mask).convert("L").crop(box)
    if random.randint(2):
        image, covered = ImageOps.mirror(image), ImageOps.mirror(covered)
    return AlteredCar(_recoloured(image, random), _scores(covered, random))


def _scores(mask: Image.Image, random: np.random.RandomState) -> npt.NDArray[np.float32]:
    """Of a mask of 0 and 255, with some noise: multiples of 1/64."""
    share = np.asarray(mask.resize((SCORES_SIDE, SCORES_SIDE), Image.Resampling.BOX), np.float32) / 255
    noise = random.randint(-32, 33, size=share.shape) / 64
    scores = np.round(64 * SURE * (2 * share - 1)) / 64 + noise
    return np.asarray(scores[None, None], np.float32)


def crop_box(mask: npt.NDArray[np.bool_], random: np.random.RandomState) -> tuple[int, int, int, int]:
    """A random box (left, top, right, bottom) with at least LEAST_OF_CAR of the mask's pixels inside."""
    all_rows, all_columns = mask.shape
    for _attempt in range(TRIES):
        width, height = _side(all_columns, random), _side(all_rows, random)
        left, top = random.randint(all_columns - width + 1), random.randint(all_rows - height + 1)
        right, bottom = left + width, top + height
        if mask[top:bottom, left:right].sum() >= LEAST_OF_CAR * mask.sum():
            return left, top, right, bottom
    return 0, 0, all_columns, all_rows


def _side(whole: int, random: np.random.RandomState) -> int:
    low, high = (int(whole * share) for share in SIDES)
    return random.randint(low, high + 1)


def _recoloured(image: Image.Image, random: np.random.RandomState) -> Image.Image:
    """Each channel brighter or darker; now and then the channels change places."""
    if random.randint(3) == 0:
        bands = image.split()
        image = Image.merge("RGB", [bands[i] for i in random.permutation(3)])
    table = []
    for _attempt in range(3):
        gain = random.randint(int(GAINS[0] * 256), int(GAINS[1] * 256) + 1)
        lift = random.randint(-16, 17)
        table += [min(max(value * gain // 256 + lift, 0), 255) for value in range(256)]
    return image.point(table)
