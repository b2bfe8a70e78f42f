"""A small world to train on: cars that are bright on dark, streets, backgrounds."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image


def write_pair(
    folder: Path, name: str, size: tuple[int, int], box: tuple[int, int, int, int], seed: int
) -> None:
    """A dim, grainy picture of (width, height) with a bright box, and its mask."""
    for part in ("images", "masks"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(0, 80, (size[1], size[0], 3)).astype(np.uint8)
    mask = np.zeros(size[::-1], np.uint8)
    left, top, right, bottom = box
    pixels[top:bottom, left:right] += 150
    mask[top:bottom, left:right] = 255
    Image.fromarray(pixels).save(folder / "images" / f"{name}.png")
    Image.fromarray(mask).save(folder / "masks" / f"{name}.png")


@pytest.fixture(scope="session")
def world(tmp_path_factory) -> Path:
    """studio/ (8 cars, two views each), streets/ (5 drives, 2 frames each), backgrounds/ (8)."""
    root = tmp_path_factory.mktemp("world")
    for car in range(8):
        for view in range(2):
            box = (8 + car, 12, 34 + view, 26 + car % 3)
            write_pair(root / "studio", f"car{car}_{view:02}", (48, 40), box, 10 * car + view)
    for drive in range(5):
        for frame in range(2):
            write_pair(root / "streets", f"drive{drive}_{frame}", (40, 30), (2 + drive, 14, 12, 20), drive)
    (root / "backgrounds").mkdir()
    for i in range(8):
        pixels = np.random.default_rng(i).integers(0, 256, (30, 44, 3)).astype(np.uint8)
        Image.fromarray(pixels if i % 4 else pixels.transpose(1, 0, 2)).save(
            root / "backgrounds" / f"{i}.JPG"
        )
    return root
