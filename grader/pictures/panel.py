"""prediction.png: the picture and the mask, and below them the mask laid over the picture.

Where the expected mask is known, a fourth tile shows where the two differ. Two rows of two, so that a laptop
shows thin differences pixel by pixel. `try.py` draws it;
the simpler `plot_image_and_mask` of `infer.py` is the student's own.
"""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from grader.compare import iou
from grader.language import _
from grader.pictures.font import font_file

MAX_WIDTH, MAX_TILE_HEIGHT = 1340, 520  # what a laptop's screen shows, a row at a time
COLUMNS = 2
MARGIN, GAP, CAPTION = 28, 20, 64
MIN_COLUMN = 320  # what the longest caption needs
BACKGROUND, INK, PALE_INK, FRAME = (244, 243, 239), (38, 44, 54), (104, 110, 120), (208, 206, 200)
NIGHT, OUTLINE = (12, 22, 48), (255, 214, 92)
EXTRA, MISSING, BOTH = (240, 140, 0), (64, 164, 255), (160, 163, 168)  # orange and blue: colour-blind safe

Array = npt.NDArray[Any]
Color = tuple[int, int, int]
Caption = tuple[str, list[tuple[str, Color | None]]]  # a title; below it texts, each with a swatch or none


def draw_panel(image: Image.Image, mask: Array, other: Array | None = None) -> Image.Image:
    """The panel of a picture and its mask: RGB, at most 1340 wide. `other` is the expected mask.

    Shapes: mask and other (H, W), 0 or 1, of the picture's own size.
    Raises: ValueError for masks of any other shape.
    """
    for what, array in (("mask", mask), ("other", other)):
        if array is not None and np.shape(array) != (image.height, image.width):
            raise ValueError(f"expected {what} of shape {(image.height, image.width)}, not {np.shape(array)}")
    size = _tile_size(image.size)
    picture = _resized(image.convert("RGB"), size)
    cover = _cover(mask, size)
    tiles = [picture, cover.convert("RGB"), _overlay(picture, cover)]
    captions: list[Caption] = [
        (_("Picture"), [(_("{0} x {1} pixels").format(*image.size), None)]),
        (_("Mask"), [(_share(mask), None)]),
        (_("Mask on the picture"), [(_("bright: car, dark: background"), None)]),
    ]
    if other is not None:
        tiles.append(_difference(picture, mask, other))
        legend: list[tuple[str, Color | None]]
        legend = [(_("extra"), EXTRA), (_("missed"), MISSING), (_("in both"), BOTH)]
        title = _("Where it differs: IoU {value}").format(value=_rounded(iou(mask, other)))
        captions.append((title, legend))
    return _arranged(tiles, captions)


def _tile_size(size: tuple[int, int]) -> tuple[int, int]:
    """The largest that fits; small pictures are enlarged by whole numbers, to keep their pixels square."""
    width = (MAX_WIDTH - 2 * MARGIN - (COLUMNS - 1) * GAP) // COLUMNS
    scale = min(width / size[0], MAX_TILE_HEIGHT / size[1])
    scale = scale if scale < 1 else int(scale)
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _resized(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    larger = size[0] > image.width
    return image.resize(size, Image.Resampling.NEAREST if larger else Image.Resampling.BOX)


def _cover(mask: Array, size: tuple[int, int]) -> Image.Image:
    """A mask (H, W) -> L of a tile's size, 255 where it is set, soft at the edges."""
    return _resized(Image.fromarray((np.asarray(mask) > 0).astype(np.uint8) * 255), size)


def _tinted(image: Image.Image, color: Color, amount: float) -> Image.Image:
    return Image.blend(image, Image.new("RGB", image.size, color), amount)


def _overlay(picture: Image.Image, cover: Image.Image) -> Image.Image:
    """The car as it is, the background dark and bluish, and a thin line between them."""
    laid = Image.composite(picture, _tinted(picture, NIGHT, 0.78), cover)
    solid = cover.point(lambda value: min(255, max(0, 2 * value - 128)))  # no rings round faint specks
    outline = ImageChops.subtract(solid.filter(ImageFilter.MaxFilter(5)), cover)
    laid.paste(OUTLINE, mask=outline)
    return laid


def _difference(picture: Image.Image, mask: Array, other: Array) -> Image.Image:
    """Colours over a dim grey picture, strong enough to show a few wrong pixels in a large one."""
    mask, other = np.asarray(mask) > 0, np.asarray(other) > 0
    tile = _tinted(picture.convert("L").convert("RGB"), NIGHT, 0.78)
    parts = ((mask & other, BOTH, 0.8), (mask & ~other, EXTRA, 2.0), (other & ~mask, MISSING, 2.0))
    for where, color, gain in parts:
        cover = np.asarray(_cover(where, picture.size)) * gain
        tile.paste(color, mask=Image.fromarray(cover.clip(0, 255).astype(np.uint8)))
    return tile


def _share(mask: Array) -> str:
    share = float((np.asarray(mask) > 0).mean())
    if share in (0, 1):
        return _("no car: every pixel is 0") if share == 0 else _("all car: every pixel is 1")
    return _("{share:.1f} % of the picture is car").format(share=100 * share)


def _rounded(value: float) -> str:
    """1.000 only where it is exact."""
    return f"{value if value == 1 else min(value, 0.9994):.3f}"


@cache
def _font(size: int, file: Path | None) -> ImageFont.ImageFont | ImageFont.FreeTypeFont:
    return ImageFont.truetype(file, size) if file else ImageFont.load_default(size=size)  # Pillow's own


def _arranged(tiles: list[Image.Image], captions: list[Caption]) -> Image.Image:
    width, height = tiles[0].size
    column = max(width, MIN_COLUMN)
    row, rows = CAPTION + height + MARGIN, -(-len(tiles) // COLUMNS)
    panel_width = 2 * MARGIN + COLUMNS * column + (COLUMNS - 1) * GAP
    panel = Image.new("RGB", (panel_width, MARGIN // 2 + rows * row), BACKGROUND)
    draw, file = ImageDraw.Draw(panel), font_file()
    for index, (tile, (title, texts)) in enumerate(zip(tiles, captions)):
        left, top = MARGIN + index % COLUMNS * (column + GAP), MARGIN // 2 + index // COLUMNS * row
        draw.text((left, top), title, INK, _font(22, file))
        x = left
        for text, color in texts:
            if color:
                draw.rectangle((x, top + 35, x + 13, top + 48), color)
                x += 20
            draw.text((x, top + 31), text, PALE_INK, _font(17, file))
            x += round(draw.textlength(text, _font(17, file))) + 18
        draw.rectangle((left - 1, top + CAPTION - 1, left + width, top + CAPTION + height), FRAME)
        panel.paste(tile, (left, top + CAPTION))
    return panel
