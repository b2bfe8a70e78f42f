"""A picture of four areas, how it must look once opened, and the line that refuses a file."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from grader.errors import LabError
from grader.pictures.opening import open_picture

RED, GREEN, BLUE, GREY = (200, 30, 40), (30, 180, 50), (30, 50, 190), (120, 120, 120)

CORNERS = [[RED, GREEN], [BLUE, GREY]]

LOSSY = 12  # what JPEG may move a value in the middle of an even area


def scene(width: int = 64, height: int = 48) -> Image.Image:
    """Four areas of different colours: no turn or mirroring of it looks the same."""
    pixels = np.empty((height, width, 3), np.uint8)
    for i, row in enumerate(CORNERS):
        for j, color in enumerate(row):
            pixels[i * height // 2 :, j * width // 2 :] = color
    return Image.fromarray(pixels)


def saved(image: Image.Image, path: Path, **options) -> Path:
    image.save(path, **options)
    return path


def assert_scene(image: Image.Image, size: tuple[int, int] = (64, 48), corners=CORNERS) -> None:
    assert (image.mode, image.size, image.info) == ("RGB", size, {})
    for i, row in enumerate(corners):
        for j, color in enumerate(row):
            seen = image.getpixel(((2 * j + 1) * size[0] // 4, (2 * i + 1) * size[1] // 4))
            assert np.abs(np.subtract(seen, color)).max() <= LOSSY, f"{seen} in corner {i}, {j}, not {color}"


def refusal(path: Path) -> str:
    """The line that refuses a file, without its name."""
    with pytest.raises(LabError) as refused:
        open_picture(path)
    message = str(refused.value)
    assert message.startswith(str(path))
    assert "\n" not in message
    assert ": " in message, "says what is wrong, but not what to do"
    return message.removeprefix(str(path))


SIDEWAYS = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"  # EXIF with orientation 6
