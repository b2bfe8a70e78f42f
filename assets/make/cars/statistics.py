"""Do drawn pictures look real in numbers? A table of two folders of pairs, made at equal resolution.

    python -m assets.make.cars.statistics REAL DRAWN

Each picture is squashed to SIDE x SIDE, as the real set here is kept. A measure agrees where the
median of the drawn pictures lies between the 5th and the 95th percentile of the real ones.
"""

import io
import sys
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from PIL import Image
from rich.console import Console
from rich.progress import track
from rich.table import Table

from assets.make.pairs import Pair, find_pairs, read
from grader.commands.start import start
from grader.errors import LabError

SIDE = 512
OUTLINE = 2  # pixels on either side of the mask's edge where sharpness is measured


def measure(image: Image.Image, mask: Image.Image, tables: dict | None = None) -> dict[str, float]:
    """One picture's figures; brightness and colour in 0..255.

    tables: quantisation tables of the JPEG whose size is compared, so that both sets are packed alike.
    """
    if image.size != (SIDE, SIDE):
        image = image.resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    car = np.asarray(mask.resize((SIDE, SIDE), Image.Resampling.BOX)) > 127
    pixels = np.asarray(image, np.float32)
    light = pixels @ np.float32([0.299, 0.587, 0.114])
    colour = pixels.max(2) - pixels.min(2)
    warmth = pixels[..., 0] - pixels[..., 2]
    found = {"area of the car, %": 100 * car.mean()}
    for name, where in (("car", car), ("studio", ~car)):
        found |= {
            f"{name}: brightness, mean": light[where].mean(),
            f"{name}: brightness, spread": light[where].std(),
            f"{name}: colour, mean": colour[where].mean(),
            f"{name}: colour, spread": colour[where].std(),
            f"{name}: red minus blue": warmth[where].mean(),
        }
    vertical, horizontal = np.gradient(light)
    found["outline: step per pixel"] = np.hypot(vertical, horizontal)[_outline(car)].mean()
    packed = io.BytesIO()
    image.save(packed, "JPEG", **({"qtables": tables} if tables else {"quality": 90}))
    found["JPEG, kB"] = len(packed.getvalue()) / 1000
    return {name: float(value) for name, value in found.items()}


def _outline(car: np.ndarray) -> np.ndarray:
    """bool (H, W): within OUTLINE pixels of the mask's edge."""
    inner, outer = car, car
    for _ in range(OUTLINE):
        inner, outer = _shrink(inner), ~_shrink(~outer)
    return outer & ~inner


def _shrink(mask: np.ndarray) -> np.ndarray:
    padded = np.pad(mask, 1, mode="edge")
    return padded[1:-1, 1:-1] & padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]


def measure_all(pairs: list[Pair], tables: dict | None) -> dict[str, np.ndarray]:
    """{measure: one value per picture}"""
    rows = [
        measure(*read(pair), tables) for pair in track(pairs, description=pairs[0].folder, transient=True)
    ]
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


def compare(
    real: Annotated[Path, typer.Argument(help="Folder of real pairs: images/ and masks/.")],
    drawn: Annotated[Path, typer.Argument(help="Folder of drawn pairs, as the studio leaves it.")],
    most: Annotated[int, typer.Option(min=2, help="Measure at most so many of each, evenly spaced.")] = 400,
) -> None:
    """Table the measures of both sets. Exit status 1 where one of them disagrees."""
    try:
        sets = [find_pairs(folder) for folder in (real, drawn)]
    except FileNotFoundError as error:
        raise LabError(f"{error}: give a folder with images/ and masks/") from None
    sets = [pairs[:: -(-len(pairs) // most)] for pairs in sets]
    with Image.open(sets[0][0].image) as first:
        tables = getattr(first, "quantization", None)
    known, ours = (measure_all(pairs, tables) for pairs in sets)
    table = Table("measure", *("5 %", "median", "95 %", "drawn"), "inside", box=None, pad_edge=False)
    outside = 0
    for name, values in known.items():
        low, middle, high = np.percentile(values, (5, 50, 95))
        median = np.median(ours[name])
        agrees = low <= median <= high
        outside += not agrees
        inside = np.mean((ours[name] >= low) & (ours[name] <= high))
        numbers = [f"{number:.1f}" for number in (low, middle, high, median)]
        table.add_row(name, *numbers, f"{inside:.0%}" + ("" if agrees else "  no"))
    console = Console(width=None if sys.stdout.isatty() else 80, highlight=False)
    console.print(f"{len(sets[0])} real pictures: 5th percentile, median, 95th; {len(sets[1])} drawn: median")
    console.print(table)
    raise typer.Exit(min(outside, 1))


if __name__ == "__main__":
    start(compare)
