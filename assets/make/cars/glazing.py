"""Windows, pillars and their frames, painted on a body's mesh."""

from dataclasses import dataclass

import numpy as np

from assets.make.cars.body import BOXES, THREE_BOXES, Body
from assets.make.cars.fields import polygon, smooth_max
from assets.make.cars.mesh import Mesh


@dataclass(frozen=True)
class Pillars:
    """x of the pillars behind the front and the rear door, at the waist."""

    b: float
    c: float


def pillars(body: Body, rng: np.random.Generator) -> Pillars:
    four = body.doors == 4
    b = body.cowl_x - (rng.uniform(1.12, 1.22) if four else rng.uniform(1.35, 1.5))
    c = max(body.rear_axle + 0.28, b - 0.92) if four and not body.is_pickup else b - 0.95
    return Pillars(b, c)


def paint_windows(mesh: Mesh, body: Body, posts: Pillars, rng: np.random.Generator) -> None:
    _side_windows(mesh, body, posts, rng)
    _windscreen(mesh, body)
    _rear_window(mesh, body)
    if rng.random() < 0.3 and not body.is_pickup:
        at = body.roof_x - 0.1
        corners = [(at - 0.35, -0.5), (at + 0.35, -0.5), (at + 0.35, 0.42), (at - 0.35, 0.42)]
        mesh.paint(
            "gloss",
            lambda v: polygon(corners, v[:, 0], v[:, 1], 0.06),
            on="paint",
            where=lambda v, n: n[:, 2] > 0.9,
        )


def _side_windows(mesh: Mesh, body: Body, posts: Pillars, rng: np.random.Generator) -> None:
    front, top = rng.uniform(0.08, 0.10), rng.uniform(0.085, 0.105)
    low, high = (0.20, 0.30) if body.kind in THREE_BOXES else (0.14, 0.24)
    back = 0.12 if body.is_pickup else rng.uniform(low, high)
    kick = rng.uniform(0, 0.10) if body.kind in ("hatch", "suv", "coupe") else 0.0  # waist rising at the back

    def glass(v):
        x, y, z = v.T
        upper = z - body.roof_z(x, y) + top
        shape = smooth_max(body.windscreen(x, y, z) + front, upper, 0.06)
        shape = smooth_max(shape, body.rear_window(x, y, z) + back, 0.10)
        lower = body.waist(x) + 0.035 + kick * np.clip((posts.b - x) / 1.2, 0, 1) ** 2 - z
        return smooth_max(shape, lower, 0.03)

    def on_side(v, n):
        away = (v[:, 1] - body.cabin_side(v[:, 0], v[:, 2])) * np.cos(body.lean)
        return (away > -0.05) & (n[:, 1] > 0.45)

    shiny = rng.random() < 0.3 and body.kind in (*THREE_BOXES, "suv")
    frame = "chrome" if shiny else "gloss"
    mesh.paint(frame, lambda v: glass(v) - 0.016, on="paint", where=on_side)
    mesh.paint("gloss", lambda v: glass(v) - 0.004, on=frame, where=on_side)
    mesh.paint("glass", glass, on=["gloss", frame], where=on_side)
    bars = [(posts.b, 0.035)]
    if body.doors == 4 and not body.is_pickup:
        bars.append((posts.c, 0.035 if body.kind in ("suv", "van") else 0.018))
    for x, half_width in bars:
        mesh.line(
            "gloss",
            lambda v, x=x: v[:, 0] + 0.12 * (v[:, 2] - 1.1) - x,
            half_width,
            on="glass",
            where=on_side,
        )


def _windscreen(mesh: Mesh, body: Body) -> None:
    def glass(v):
        x, y, z = v.T
        shape = smooth_max(body.roof(x, y, z) + 0.07, y - body.cabin_side(x, z) + 0.075, 0.06)
        return smooth_max(shape, body.deck_z(x, y) + 0.035 - z, 0.04)

    def here(v, n):
        return (body.windscreen(*v.T) > -0.13) & (n[:, 0] > 0.15) & (v[:, 0] < body.cowl_x + 0.1)

    mesh.paint("gloss", lambda v: glass(v) - 0.028, on="paint", where=here)
    mesh.paint("windscreen", glass, on="gloss", where=here)


def _rear_window(mesh: Mesh, body: Body) -> None:
    boxy = body.kind in BOXES and not body.is_pickup
    low = 0.05 if body.kind in THREE_BOXES else 0.11
    margin = 0.2 if body.is_pickup else 0.10

    def glass(v):
        x, y, z = v.T
        top = body.roof(x, y, z) + (0.13 if body.spoiler else 0.08)
        shape = smooth_max(top, y - body.cabin_side(x, z) + margin, 0.08)
        return smooth_max(shape, body.deck_z(x, y) + low - z, 0.06)

    def here(v, n):
        steep = n[:, 0] < (-0.5 if boxy else -0.15)
        return (body.rear_window(*v.T) > -0.13) & steep & (v[:, 0] < body.boot_x + 1.6)

    mesh.paint("gloss", lambda v: glass(v) - 0.02, on="paint", where=here)
    mesh.paint("privacy" if boxy else "glass", glass, on="gloss", where=here)
    if boxy:  # the third brake lamp, under the spoiler
        mesh.paint(
            "tail",
            lambda v: np.abs(body.roof(*v.T) + 0.155) - 0.012,
            lambda v: v[:, 1] - 0.16,
            on=["gloss", "privacy"],
            where=here,
        )
