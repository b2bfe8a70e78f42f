"""Run in the studio's environment by test_drawn_masks.py: masks of every kind, into one .npz.

python -m tests.studio.draw_masks OUT.npz
"""

import sys

import numpy as np

from assets.make.cars.draw import Shoot
from assets.make.cars.kinds import KINDS
from assets.make.cars.order import Order
from assets.make.cars.parts import Part

SIZE, CELL = (480, 320), 0.025
TWICE = "suv"  # the kind that is also drawn at twice the size, and from all sides
VIEWS = {"suv": range(1, 17)}
TWICE_VIEWS = (3, 6)


def main() -> None:
    found = {}
    for kind in KINDS:
        shoot = Shoot(Order(21, SIZE, 1, 16, kind), 0, CELL)
        scene = shoot.scene()
        for view in VIEWS.get(kind, (2, 5, 8, 13)):
            found[f"mask {kind} {view}"] = shoot.take_mask(scene, view)
            found[f"points {kind} {view}"] = seen(shoot, view)
        if kind == TWICE:
            small = {view: shoot.take_coverage(scene, view) for view in TWICE_VIEWS}
            double = Shoot(Order(21, (2 * SIZE[0], 2 * SIZE[1]), 1, 16, kind), 0, CELL)
            scene = double.scene()
            for view in TWICE_VIEWS:
                found[f"once {view}"] = small[view]
                found[f"twice {view}"] = double.take_coverage(scene, view)
    np.savez_compressed(sys.argv[1], **found)


def seen(shoot: Shoot, view: int) -> np.ndarray:
    """Where points all over the car land, by our own camera: the pixels, bool (H, W)."""
    points = np.concatenate([shoot.car.points(), *map(on_large_faces, shoot.car.parts)])
    c, s = np.cos(shoot.turn(view)), np.sin(shoot.turn(view))
    x, y, z = points.T
    table_top = 0.004
    placed = np.stack([c * x - s * y, s * x + c * y, z + table_top], 1)
    columns, rows = shoot.camera(view).project(placed).T * SIZE[0]
    hit = np.zeros((SIZE[1], SIZE[0]), bool)
    hit[np.floor(rows + SIZE[1] / 2).astype(int), np.floor(columns).astype(int)] = True
    return hit


def on_large_faces(part: Part, n: int = 12) -> np.ndarray:
    """(N, 3): a grid of points on every quad that is longer than a few pixels."""
    corners = part.vertices[part.faces]
    if corners.shape[1] == 3:
        return np.empty((0, 3))
    large = np.linalg.norm(np.ptp(corners, axis=1), axis=1) > 0.04
    a, b, c, d = (corners[large, i, None, None] for i in range(4))
    u, v = np.meshgrid(np.linspace(0, 1, n), np.linspace(0, 1, n))
    u, v = u[None, ..., None], v[None, ..., None]
    return ((1 - u) * (1 - v) * a + u * (1 - v) * b + u * v * c + (1 - u) * v * d).reshape(-1, 3)


if __name__ == "__main__":
    main()
