"""Eight pictures from outside the studio, and what the network sees in them: `python -m assets.make.outside`.

Run it after the weights have changed. Everything in them is ours: drawn cars, set into streets made of noise.
Draws assets/figures/walkthrough_outside.jpg, in which letters stand for words; prints the figures for the
table in docs/outside.md.
"""

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from assets.make.evaluation.rows import truth
from grader.compare import iou
from grader.lab.paths import ASSETS, CARS, SOLUTION
from grader.notebook.lab import Lab

WIDTH, HEIGHT = 720, 480  # of a scene, px
HORIZON = 190  # row at which the ground begins
TILE = (360, 240)
OUT = ASSETS / "figures" / "walkthrough_outside.jpg"

Scene = tuple[Image.Image, Image.Image]  # the picture, and its mask in L, 0 or 255


def noise(seed: int, finest: int = 2, coarsest: int = 128) -> np.ndarray:
    """(HEIGHT, WIDTH), mean 0, deviation 1: coarse noise under ever finer noise, as clouds have."""
    rng = np.random.default_rng(seed)
    total = np.zeros((HEIGHT, WIDTH), np.float32)
    step = coarsest
    while step >= finest:
        shape = (HEIGHT // step + 2, WIDTH // step + 2)
        grid = Image.fromarray(rng.normal(0, step**0.7, shape).astype(np.float32))
        total += np.asarray(grid.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC))
        step //= 2
    return (total - total.mean()) / total.std()


def street(seed: int) -> Image.Image:
    """A sky, houses with windows, trees, a pavement and a road."""
    rng = np.random.default_rng(seed)
    rows = np.linspace(0, 1, HEIGHT)[:, None, None]
    sky = np.array([150, 185, 225]) * (1 - rows) + np.array([225, 228, 230]) * rows
    picture = Image.fromarray((sky + 10 * noise(seed)[..., None]).clip(0, 255).astype(np.uint8))
    pen, left = ImageDraw.Draw(picture), -20
    while left < WIDTH:
        width, top = int(rng.integers(90, 190)), int(rng.integers(10, 110))
        wall = rng.integers(95, 205, 3) // 2 + int(rng.integers(40, 75))
        pen.rectangle((left, top, left + width, HORIZON + 12), tuple(map(int, wall)))
        for x in range(left + 12, left + width - 20, 30):
            for y in range(top + 14, HORIZON - 22, 34):
                pen.rectangle((x, y, x + 16, y + 22), tuple(map(int, wall // 3 + rng.integers(0, 60))))
        left += width + int(rng.integers(-4, 26))
    pen.rectangle((0, HORIZON + 8, WIDTH, HORIZON + 44), (168, 164, 158))
    pen.rectangle((0, HORIZON + 40, WIDTH, HEIGHT), (98, 99, 102))
    for x in range(-60, WIDTH, 170):
        pen.polygon([(x, 400), (x + 80, 400), (x + 70, 412), (x - 16, 412)], (205, 203, 196))
    for x in rng.integers(0, WIDTH, 3):
        pen.rectangle((x - 5, 90, x + 5, HORIZON + 20), (70, 55, 45))
        pen.ellipse((x - 52, 10, x + 52, 128), (62, 92, 48))
    grain = 7 * noise(seed + 1, 1, 64)[..., None] + 4 * noise(seed + 2, 1, 2)[..., None]
    return Image.fromarray((np.asarray(picture) + grain).clip(0, 255).astype(np.uint8))


def put(scene: Scene, name: str, width: float, left: float, bottom: float) -> Scene:
    """A drawn car of this width, with its shadow; all in shares of the scene."""
    picture, mask = scene
    car = Image.open(CARS / f"{name}.jpg").convert("RGB")
    shape = Image.open(CARS / f"{name}_mask.png").convert("L")
    box = shape.getbbox()
    size = (round(width * WIDTH), round(width * WIDTH * (box[3] - box[1]) / (box[2] - box[0])))
    car, shape = (one.crop(box).resize(size, Image.Resampling.LANCZOS) for one in (car, shape))
    at = (round(left * WIDTH), round(bottom * HEIGHT) - size[1])
    shadow = Image.new("L", picture.size)
    shadow.paste(170, (at[0] + 8, at[1] + round(0.86 * size[1]), at[0] + size[0] - 8, at[1] + size[1] + 4))
    shadow = shadow.filter(ImageFilter.GaussianBlur(max(2, size[0] / 45)))
    picture = Image.composite(Image.new("RGB", picture.size, (18, 18, 22)), picture, shadow)
    picture.paste(car, at, shape.filter(ImageFilter.MinFilter(3)).filter(ImageFilter.GaussianBlur(0.7)))
    mask = mask.copy()
    mask.paste(255, at, shape)
    return picture, mask


def empty(seed: int) -> Scene:
    return street(seed), Image.new("L", (WIDTH, HEIGHT))


def on_a_street() -> Scene:
    return put(empty(1), "hatch_sky", 0.5, 0.27, 0.86)


def near_and_far() -> Scene:
    return put(put(empty(2), "van_maroon", 0.06, 0.14, 0.52), "sedan_red", 0.55, 0.3, 0.93)


def half_of_one() -> Scene:
    return put(empty(3), "suv_orange", 0.85, 0.52, 0.98)


def on_end() -> Scene:
    picture, mask = put(empty(4), "coupe_black", 0.6, 0.2, 0.88)
    return picture.transpose(Image.Transpose.ROTATE_90), mask.transpose(Image.Transpose.ROTATE_90)


def a_toy() -> Scene:
    """On a table, as large as a matchbox."""
    grain = np.asarray(Image.fromarray(noise(7, 1, 32)).resize((WIDTH * 14, HEIGHT)))[:, : WIDTH * 3 : 3]
    boards = np.array([164, 118, 74]) * (1 + 0.1 * grain[..., None] + 0.05 * noise(8)[..., None])
    scene = Image.fromarray(boards.clip(0, 255).astype(np.uint8)), Image.new("L", (WIDTH, HEIGHT))
    return put(scene, "pickup_blue", 0.15, 0.42, 0.62)


def at_night() -> Scene:
    """With one lamp, behind the car."""
    picture, mask = put(empty(5), "hatch_silver", 0.55, 0.2, 0.87)
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    lamp = (
        0.5 * np.exp(-(((x - 620) / 150) ** 2) - ((y - 150) / 170) ** 2)[..., None] * np.array([1, 0.8, 0.5])
    )
    dark = np.asarray(picture) * (np.array([0.07, 0.08, 0.12]) + lamp)
    dark += np.random.default_rng(5).normal(0, 4, dark.shape)
    return Image.fromarray(dark.clip(0, 255).astype(np.uint8)), mask


def a_drawing() -> Scene:
    """Pencil lines on paper, where the picture of a car changes most."""
    picture, mask = put(on_paper(), "sedan_white", 0.7, 0.15, 0.8)
    grey = picture.convert("L").filter(ImageFilter.GaussianBlur(1))
    lines = np.asarray(grey.filter(ImageFilter.FIND_EDGES), np.float32)
    lines[:2], lines[-2:], lines[:, :2], lines[:, -2:] = 0, 0, 0, 0  # the filter leaves a frame
    paper = 244 - 5 * lines.clip(0, 40) + 2 * noise(9, 1, 16)
    return Image.fromarray(paper.clip(40, 255).astype(np.uint8)).convert("RGB"), mask


def on_paper() -> Scene:
    return Image.new("RGB", (WIDTH, HEIGHT), (200, 200, 200)), Image.new("L", (WIDTH, HEIGHT))


def no_car() -> Scene:
    return empty(6)


SCENES: dict[str, Callable[[], Scene]] = {
    "A": on_a_street,
    "B": near_and_far,
    "C": half_of_one,
    "D": on_end,
    "E": a_toy,
    "F": at_night,
    "G": a_drawing,
    "H": no_car,
}


def tile(picture: Image.Image, letter: str = "") -> Image.Image:
    """Of one size; a picture on end between two bars."""
    small = picture.convert("RGB")
    small.thumbnail(TILE)
    whole = Image.new("RGB", TILE, "white")
    whole.paste(small, ((TILE[0] - small.width) // 2, (TILE[1] - small.height) // 2))
    if letter:
        pen = ImageDraw.Draw(whole)
        pen.rectangle((0, 0, 26, 28), "white")
        pen.text((7, 2), letter, (20, 24, 32), font=ImageFont.load_default(20))
    return whole


def draw(seen: dict[str, tuple[Image.Image, np.ndarray]], columns: int = 4, gap: int = 8) -> Image.Image:
    """The pictures, and below each what of it is taken for a car."""
    rows = 2 * -(-len(seen) // columns)
    sheet = Image.new("RGB", (columns * (TILE[0] + gap) - gap, rows * (TILE[1] + gap) - gap), "white")
    for i, (letter, (picture, mask)) in enumerate(seen.items()):
        left, top = i % columns * (TILE[0] + gap), i // columns * 2 * (TILE[1] + gap)
        dark = Image.blend(picture, Image.new("RGB", picture.size, (12, 22, 48)), 0.8)
        sheet.paste(tile(picture, letter), (left, top))
        found = Image.composite(picture, dark, Image.fromarray(mask * np.uint8(255)))
        sheet.paste(tile(found), (left, top + TILE[1] + gap // 2))
    return sheet


def main() -> None:
    lab, seen = Lab(SOLUTION), {}
    network = lab.network()
    for letter, make in SCENES.items():
        picture, mask = make()
        found = lab.infer.predict_mask(network, picture)
        seen[letter] = (picture, found)
        print(f"{letter} {make.__name__:12} IoU {iou(found, truth(mask)):.3f}, {found.mean():.2%} called car")
    draw(seen).save(OUT, quality=85)
    print(f"{OUT.name}: {OUT.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
