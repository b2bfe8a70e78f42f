"""Draws the pictures that the lab ships, and the contact sheet for the README.

.venv-studio/bin/python -m assets.make.cars.public                # all, and the contact sheet: 15 minutes
.venv-studio/bin/python -m assets.make.cars.public NAME ...       # these pictures only
.venv-studio/bin/python -m assets.make.cars.public --sheet        # only the contact sheet
"""

import io
import sys
from pathlib import Path

import numpy as np
from PIL import Image

from assets.make.cars.order import Order
from grader.lab.files import write_bytes

CARS = Path(__file__).resolve().parents[2] / "cars"
SHEET = CARS.parent / "figures" / "cars.jpg"
SIZE, SAMPLES = (1918, 1280), 10
COLUMNS, TILE = 4, (400, 267)
PICTURES = {  # name (kind_paint): seed, view
    "coupe_black": (6, 10),
    "hatch_silver": (1, 14),
    "hatch_sky": (8, 5),
    "pickup_blue": (5, 3),
    "sedan_red": (2, 2),
    "sedan_white": (3, 8),
    "suv_orange": (4, 15),
    "van_maroon": (7, 13),
}


def draw_public(name: str) -> None:
    """NAME.jpg and NAME_mask.png in assets/cars."""
    from assets.make.cars.draw import Shoot  # late: the sheet needs no bpy
    from assets.make.cars.film import as_jpeg

    seed, view = PICTURES[name]
    shoot = Shoot(Order(seed, SIZE, SAMPLES, 16, *name.split("_")), 0)
    scene = shoot.scene()
    photograph = as_jpeg(shoot.take(scene, view))
    mask = Image.fromarray(shoot.take_mask(scene, view).astype(np.uint8) * 255)
    file = io.BytesIO()
    mask.convert("1", dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
    write_bytes(CARS / f"{name}_mask.png", file.getvalue())
    write_bytes(CARS / f"{name}.jpg", photograph)


def draw_sheet() -> None:
    """All of them, small, the last of each row with its mask over it."""
    names = list(PICTURES)
    rows = -(-len(names) // COLUMNS)
    sheet = Image.new("RGB", (COLUMNS * TILE[0], rows * TILE[1]), "white")
    for i, name in enumerate(names):
        with Image.open(CARS / f"{name}.jpg") as image, Image.open(CARS / f"{name}_mask.png") as mask:
            tile = image.resize(TILE, Image.Resampling.LANCZOS)
            if i % COLUMNS == COLUMNS - 1:
                cover = mask.convert("L").resize(TILE, Image.Resampling.BOX).point(lambda value: value // 2)
                tile.paste((40, 120, 255), (0, 0), cover)
            sheet.paste(tile, (i % COLUMNS * TILE[0], i // COLUMNS * TILE[1]))
    file = io.BytesIO()
    sheet.save(file, "JPEG", quality=88, optimize=True)
    write_bytes(SHEET, file.getvalue())


if __name__ == "__main__":
    wanted = [argument for argument in sys.argv[1:] if argument != "--sheet"]
    unknown = set(wanted) - set(PICTURES)
    if unknown:
        sys.exit(f"error: {', '.join(sorted(unknown))}: choose from {', '.join(PICTURES)}")
    for one in wanted or ([] if "--sheet" in sys.argv else PICTURES):
        print(one, flush=True)
        draw_public(one)
    if not wanted:
        draw_sheet()
