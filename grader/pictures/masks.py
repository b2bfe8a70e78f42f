"""Reads a mask however it was saved: 0/1, 0/255, 16 bits, a palette, one colour on black, or as transparency.

What could be meant in two ways is refused by the file's name and the values in it, never guessed.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from grader.errors import LabError
from grader.language import N_, _
from grader.pictures.opening import open_values

Values = npt.NDArray[Any]
SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff")  # of pictures, in small letters
SOFT = 0.05  # of the range: how far from black and white a JPEG puts what was black or white
MOST_SOFT = 0.1  # the share of pixels, on outlines, that may lie between
FEW = 3  # values between black and white: a third class, rather than an outline
PLAIN_MODES = ("1", "L", "LA", "I", "I;16", "I;16B", "I;16L", "F", "RGB", "RGBA")
SHOWN = 6  # values named in a message
REMEDY = N_("save it with 0 for the background and 255 for the car")


def open_mask(path: Path, size: tuple[int, int] | None = None) -> npt.NDArray[np.bool_]:
    """The mask (H, W), upright. size: (width, height) that it must have, its picture's.

    Raises LabError for what is missing, unreadable, of another size, or no mask.
    """
    image = open_values(path)
    if size is not None and image.size != size:
        shown = [f"{width} x {height}" for width, height in (image.size, size)]
        raise LabError(
            _("{path} has {size} pixels and its picture {other}: both need the same size").format(
                path=path, size=shown[0], other=shown[1]
            )
        )
    return _car_in(path, image)


def mask_beside(picture: Path) -> Path | None:
    """The mask that lies beside a picture, NAME_mask.png for NAME.jpg, in any spelling of the suffix."""
    wanted = {f"{picture.stem}_mask{suffix}".lower() for suffix in (*SUFFIXES, ".gif")}
    try:
        found = sorted(path for path in picture.parent.iterdir() if path.name.lower() in wanted)
    except OSError:
        return None
    return found[0] if found else None


def pictures_in(folder: Path) -> list[Path]:
    """The pictures of a folder by name, masks beside them left out; .JPG and .jpeg are pictures, too."""
    return sorted(
        path
        for path in folder.iterdir()
        if path.suffix.lower() in SUFFIXES and not path.stem.endswith("_mask") and path.is_file()
    )


def _car_in(path: Path, image: Image.Image) -> npt.NDArray[np.bool_]:
    shown = _by_transparency(path, image)
    if shown is not None:
        return shown
    if image.mode not in PLAIN_MODES:
        image = image.convert("RGB")
    values = np.asarray(image)
    if values.dtype.kind == "f":
        values = np.nan_to_num(values) * (255 if np.nanmax(values) <= 1 else 1)
    if values.ndim == 3 and values.shape[2] in (2, 4):  # transparency that says nothing
        values = values[..., :-1]
    values = values.astype(np.int64) if values.dtype != np.bool_ else values.astype(np.int64) * 255
    if values.ndim == 3 and bool((values == values[..., :1]).all()):
        values = values[..., 0]
    return _by_value(path, values) if values.ndim == 2 else _by_colour(path, values)


def _by_transparency(path: Path, image: Image.Image) -> npt.NDArray[np.bool_] | None:
    """What a transparent picture shows, where only its transparency tells car from background."""
    if not image.has_transparency_data:
        return None
    pixels = np.asarray(image.convert("RGBA"))
    alpha = pixels[..., 3]
    if len(np.unique(alpha)) == 1:
        return None
    visible = _by_value(path, alpha.astype(np.int64))
    colours = _colours_in(pixels[visible][:, :3])
    if len(colours) > 1:
        raise LabError(
            _("{path} has both transparent parts and several colours: {remedy}").format(
                path=path, remedy=_(REMEDY)
            )
        )
    return visible


def _by_value(path: Path, values: Values) -> npt.NDArray[np.bool_]:
    """Of grey: two values of which one is 0, or black and white with soft outlines between."""
    found = _distinct(values)
    if len(found) <= 2 and found[0] == 0:
        return np.asarray(values > 0)
    if len(found) == 1 and found[0] in (1, 255, 65535):
        return np.ones(values.shape, bool)
    white = next((one for one in (255, 65535) if found[-1] <= one), int(found[-1]))
    low, high = values <= SOFT * white, values >= (1 - SOFT) * white
    between = 1 - float((low | high).mean())
    is_third_class = (
        len(found[(found > SOFT * white) & (found < (1 - SOFT) * white)]) <= FEW and between > 0.01
    )
    if low.any() and high.any() and between <= MOST_SOFT and not is_third_class:
        return np.asarray(values > white / 2)
    raise LabError(
        _("{path} is no mask of two values: it holds {found}; {remedy}").format(
            path=path, found=_listed(found), remedy=_(REMEDY)
        )
    )


def _distinct(values: Values) -> Values:
    """The values that occur, in order; fast for those of 8 and 16 bits."""
    if values.min() < 0 or values.max() > 65535:
        return np.unique(values)
    return np.flatnonzero(np.bincount(values.ravel()))


def _colours_in(pixels: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The different rows of (N, C), in order. A million are quicker to sort as numbers than as rows."""
    numbers = pixels.astype(np.int64) @ (1 << 16 * np.arange(pixels.shape[1])[::-1])
    return np.asarray(pixels[np.unique(numbers, return_index=True)[1]])


def _by_colour(path: Path, values: Values) -> npt.NDArray[np.bool_]:
    """Of colours: one of them on black."""
    colours = _colours_in(values.reshape(-1, values.shape[2]))
    others = [tuple(map(int, colour)) for colour in colours if colour.any()]
    if len(others) == 1:
        return np.asarray(values.any(axis=2))
    dominant = values.max(axis=2)
    soft = values[dominant > SOFT * 255].reshape(-1, values.shape[2])
    if len(others) > 2 and _is_one_hue(soft):
        return _by_value(path, dominant.astype(np.int64) * 255 // max(1, int(dominant.max())))
    raise LabError(
        _("{path} is no mask of one colour on black: it holds {others}; {remedy}").format(
            path=path, others=_listed(others), remedy=_(REMEDY)
        )
    )


def _is_one_hue(colours: Values) -> bool:
    """Whether they are shades of one colour, as on a soft outline."""
    brightest = colours[colours.sum(axis=1).argmax()].astype(float)
    shades = colours.max(axis=1, keepdims=True) / max(1.0, brightest.max())
    return bool(np.abs(colours - shades * brightest).max() <= 2 * SOFT * 255)


def _listed(found: Iterable[Any]) -> str:
    every = [str(one) for one in found]
    more = len(every) - SHOWN
    first = ", ".join(every[:SHOWN])
    return _("{some} and {count} more").format(some=first, count=more) if more > 0 else first
