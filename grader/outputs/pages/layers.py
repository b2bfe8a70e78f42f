"""A picture and its masks as data URIs, small enough to be part of a page.

The picture is a JPEG; each layer is a PNG of at most four colours, made to lie over it. Extra
pixels are solid and missing ones striped, so that the two differ without their colours.
"""

import base64
import io
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from grader.language import _
from grader.pictures.panel import EXTRA, MISSING, NIGHT, OUTLINE
from grader.report.model import Masks

MAX_SIDE = 1200  # pixels: a phone's 400 at three to a point, a desktop's column
JPEG_QUALITY = 74
STRIPE = 4  # pixels


@dataclass(frozen=True)
class Layers:
    """Data URIs, and what tells them to a reader who cannot see them."""

    width: int
    height: int
    picture: str
    seen: str
    expected: str
    difference: str
    shares: dict[str, str]  # of the picture's pixels, in percent: seen, expected, extra, missing


def make_layers(masks: Masks) -> Layers:
    """Everything that the viewer of one picture shows. Masks (H, W) of the picture's own size."""
    seen, expected = (np.packbits(mask).tobytes() for mask in (masks.seen, masks.expected))
    return _layers(masks.car, masks.seen.shape, seen, expected)


@lru_cache(maxsize=4)  # in a class, all who are right show the same
def _layers(car: Path, shape: tuple[int, int], seen: bytes, expected: bytes) -> Layers:
    return _made(Masks(car, _unpacked(seen, shape), _unpacked(expected, shape)))


def _unpacked(bits: bytes, shape: tuple[int, int]) -> np.ndarray:
    """A mask of its bits."""
    count = shape[0] * shape[1]
    return np.unpackbits(np.frombuffer(bits, np.uint8), count=count).reshape(shape).astype(bool)


def _made(masks: Masks) -> Layers:
    with Image.open(masks.car) as image:
        picture = image.convert("RGB")
    scale = min(1, MAX_SIDE / max(picture.size))
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    extra, missing = masks.seen & ~masks.expected, masks.expected & ~masks.seen
    shares = {"seen": masks.seen, "expected": masks.expected, "extra": extra, "missing": missing}
    return Layers(
        *size,
        picture=_jpeg(picture.resize(size, Image.Resampling.LANCZOS)),
        seen=_png(_cut_out(masks.seen, size), [(NIGHT, 255), (OUTLINE, 255), ((255, 255, 255), 0)]),
        expected=_png(_cut_out(masks.expected, size), [(NIGHT, 255), (OUTLINE, 255), ((255, 255, 255), 0)]),
        difference=_png(
            _differing(masks.seen & masks.expected, extra, missing, size),
            [(NIGHT, 225), ((255, 255, 255), 60), (EXTRA, 255), (MISSING, 255)],
        ),
        shares={name: _percent(mask) for name, mask in shares.items()},
    )


def _covered(mask: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """The share (h, w) in 0..255 of each smaller pixel that the mask covers."""
    return np.asarray(Image.fromarray(mask.astype(np.uint8) * 255).resize(size, Image.Resampling.BOX))


def _cut_out(mask: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """0 outside, 1 on a thin line round the mask, 2 inside."""
    inside = _covered(mask, size) > 127
    return _grown(inside, 2).astype(np.uint8) + inside


def _differing(both: np.ndarray, extra: np.ndarray, missing: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """0 in neither, 1 in both, 2 extra, 3 missing. A single wrong pixel must not fade away."""
    indices = (_covered(both, size) > 127).astype(np.uint8)
    indices[_covered(extra, size) > 0] = 2
    row, column = np.indices(indices.shape)
    is_missing = _covered(missing, size) > 0
    is_thin = is_missing & ~_thick(is_missing)  # stripes would dash what is no wider than they are
    indices[is_missing & (((row + column) // STRIPE % 2 == 0) | is_thin)] = 3
    return indices


def _thick(where: np.ndarray) -> np.ndarray:
    """What is left of an area when everything narrower than two stripes is taken away."""
    return _grown(~_grown(~where, STRIPE), STRIPE)


def _grown(where: np.ndarray, reach: int) -> np.ndarray:
    """An area (h, w), and what lies at most so many rows and columns from it."""
    for axis in (0, 1):  # one after the other: a square at once, as Pillow does it, takes fifty times as long
        before = np.moveaxis(where, axis, 0)
        grown = before.copy()
        for step in range(1, reach + 1):
            grown[step:] |= before[:-step]
            grown[:-step] |= before[step:]
        where = np.moveaxis(grown, 0, axis)
    return where


def _png(indices: np.ndarray, colors: list[tuple[tuple[int, int, int], int]]) -> str:
    image = Image.fromarray(indices, "P")
    image.putpalette([value for color, _ in colors for value in color])
    return _uri(image, "PNG", transparency=bytes(alpha for _, alpha in colors), optimize=True)


def _jpeg(image: Image.Image) -> str:
    return _uri(image, "JPEG", quality=JPEG_QUALITY, optimize=True, progressive=True)


def _uri(image: Image.Image, kind: str, **options: Any) -> str:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return f"data:image/{kind.lower()};base64,{base64.b64encode(buffer.getvalue()).decode()}"


def _percent(mask: np.ndarray) -> str:
    """Two figures that never say 0 where there is something."""
    share = 100 * float(mask.mean())
    return f"{share:.1f}" if share >= 0.1 else _("less than 0.1") if share else "0"
