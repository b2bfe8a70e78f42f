"""What is seen through the windows: seats, dashboard, steering wheel, mirror, floor."""

import numpy as np

from assets.make.cars.body import Body
from assets.make.cars.glazing import Pillars
from assets.make.cars.parts import Part, part
from assets.make.cars.solids import rounded_box, torus


def furnish(body: Body, posts: Pillars) -> list[Part]:
    inner, top, floor = body.half - 0.13, body.cowl - 0.06, body.clearance + 0.12
    front = body.cowl_x
    back = max(body.boot_x + (0.05 if body.is_pickup else 0.25), body.rear + 0.15)
    middle, long, wide = (front + back) / 2, front - back, body.width / 1.84
    rear_mirror = (
        front - (0.8 if body.kind == "van" else 0.62),
        0,
        min(body.height - 0.17, body.cowl + 0.37),
    )
    parts = [
        part(rounded_box((long, inner * 2, 0.04), 0.1), "cabin", (middle, 0, floor)),
        part(rounded_box((long + 0.2, inner * 2 - 0.02, 0.02), 0.1), "cabin", (middle, 0, floor + 0.06)),
        part(rounded_box((0.55, inner * 2, 0.30), 0.35), "cabin", (front - 0.28, 0, top - 0.20)),
        part(torus(0.18, 0.014), "cabin", (posts.b + 0.72, 0.37 * wide, top), (0, -1.15, 0)),
        part(rounded_box((0.024, 0.20, 0.06), 0.5), "cabin", rear_mirror),
    ]
    for x, seats in _rows(body, posts):
        for y in seats:
            parts += _seat(x, y * wide, top - 0.03)
    return parts


def _rows(body: Body, posts: Pillars) -> list[tuple[float, tuple[float, ...]]]:
    """(x, the seats' y) of each row."""
    rows = [(posts.b + 0.12, (-0.37, 0.37))]
    if body.doors == 4:
        rows.append((posts.b - 0.85, (-0.40, 0.0, 0.40)))
    if body.kind == "van":
        rows.append((posts.b - 1.70, (-0.38, 0.38)))
    return rows


def _seat(x: float, y: float, top: float) -> list[Part]:
    return [
        part(rounded_box((0.5, 0.46, 0.16), 0.4), "seat", (x + 0.18, y, top - 0.42)),
        part(rounded_box((0.13, 0.46, 0.60), 0.45), "seat", (x - 0.12, y, top - 0.10), (0, -0.22, 0)),
        part(rounded_box((0.09, 0.25, 0.16), 0.5), "seat", (x - 0.21, y, top + 0.27), (0, -0.15, 0)),
    ]


def draw_seat_colour(rng: np.random.Generator) -> tuple[float, float, float]:
    colours = [(0.02, 0.02, 0.022), (0.035, 0.035, 0.038), (0.20, 0.16, 0.12), (0.16, 0.16, 0.165)]
    return colours[rng.choice(4, p=[0.45, 0.25, 0.15, 0.15])]
