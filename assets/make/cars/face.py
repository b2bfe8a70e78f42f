"""What gives a car its face: lamps, grille, intakes."""

from dataclasses import dataclass

import numpy as np

from assets.make.cars.body import Body
from assets.make.cars.fields import polygon
from assets.make.cars.mesh import Mesh

FACES = ("bars", "hexagon", "shield", "slim", "closed")


@dataclass(frozen=True)
class Face:
    """Where things sit on the front: heights of the grille, and the lamps' inner and outer ends."""

    grille: tuple[float, float]
    lamp: tuple[float, float]
    style: str


def paint_front(mesh: Mesh, body: Body, rng: np.random.Generator) -> Face:
    face = _draw_face(body, rng)
    _head_lamps(mesh, body, face, rng)
    _grille(mesh, body, face, rng)
    _intakes(mesh, body, face, rng)
    return face


def _draw_face(body: Body, rng: np.random.Generator) -> Face:
    style = str(rng.choice(["bars", "shield", "hexagon"] if body.is_pickup else FACES))
    low, high = body.bumper + rng.uniform(-0.02, 0.05), body.nose - rng.uniform(0.09, 0.12)
    if style in ("hexagon", "shield"):
        low -= rng.uniform(0.10, 0.18)
    if style in ("slim", "closed"):
        low = max(low, high - rng.uniform(0.07, 0.11))
    lamp = (0.62, 1.08) if body.is_pickup else (rng.uniform(0.48, 0.58), rng.uniform(1.08, 1.26))
    return Face((low, high), lamp, style)


def _round_front(body: Body):
    """Distance from the middle along the bumper, round the corner."""
    return lambda v: v[:, 1] + 0.9 * np.maximum(body.front - v[:, 0], 0)


def _head_lamps(mesh: Mesh, body: Body, face: Face, rng: np.random.Generator) -> None:
    along, (inner, outer) = _round_front(body), face.lamp
    top, low = (-0.08, -rng.uniform(0.28, 0.36)) if body.is_pickup else (-0.055, -rng.uniform(0.14, 0.21))
    slant = rng.uniform(0, 0.05)
    corners = [(inner, low + 0.01), (outer - 0.18, low + slant), (outer, low + 0.08 + slant),
               (outer - 0.02, top + 0.02), (inner + 0.03, top - 0.02 - slant)]  # fmt: skip

    def below(v):
        return body.below_deck(*v.T)

    def lamp(v):
        return polygon(corners, along(v), below(v), 0.02)

    def here(v, n):
        ahead = (n[:, 0] > 0) & (v[:, 0] > body.front_axle + 0.2)
        return ahead | (v[:, 0] > body.front_axle + body.arch * 0.9)

    mesh.paint("gap", lambda v: lamp(v) - 0.005, on="paint", where=here)
    mesh.paint("lamp", lamp, on="gap", where=here)
    if rng.random() < 0.7:  # a strip of daytime light along the lower or the upper edge
        edge = rng.choice([0, 2])
        start, end = [(corners[0], corners[1]), (corners[4], corners[3])][int(edge > 0)]
        slope = (end[1] - start[1]) / (end[0] - start[0])
        lift = 0.022 if edge == 0 else -0.022

        def strip(v):
            return np.abs(below(v) - start[1] - lift - slope * (along(v) - start[0])) - 0.008

        mesh.paint("daylight", strip, lambda v: lamp(v) + 0.012, on="lamp", where=here)


def _grille(mesh: Mesh, body: Body, face: Face, rng: np.random.Generator) -> None:
    low, high = face.grille
    width = min(rng.uniform(0.40, 0.56), face.lamp[0] + 0.04)
    middle = (low + high) / 2
    if face.style == "hexagon":
        half = [(width - 0.10, low), (width, middle + 0.02), (width - 0.07, high)]
    elif face.style == "shield":
        half = [(width - rng.uniform(0.12, 0.2), low), (width, high)]
    else:
        lean = rng.uniform(-0.08, 0.08)
        half = [(width - max(lean, 0), low), (width + min(lean, 0), high)]
    corners = [(-0.9, low), *half, (-0.9, high)]

    def shape(v):
        return polygon(corners, v[:, 1], v[:, 2], 0.03)

    def here(v, n):
        return (v[:, 0] > body.front_axle + 0.3) & (n[:, 0] > 0.25)

    frame = "chrome" if rng.random() < 0.5 else "gloss"
    mesh.paint(frame, lambda v: shape(v) - 0.016, on="paint", where=here)
    if face.style == "closed":
        mesh.paint("gloss", shape, on=frame, where=here)
        return
    mesh.paint("grille", shape, on=frame, where=here)
    pattern = rng.choice(["bars", "net", "posts"]) if face.style != "bars" else "bars"
    metal = "chrome" if rng.random() < 0.5 else "gloss"
    if pattern != "posts":
        step = rng.uniform(0.045, 0.075) if pattern == "bars" else 0.032
        for z in np.arange(low + step * 0.7, high, step):
            mesh.line(metal, lambda v, z=z: v[:, 2] - z, 0.008 if pattern == "bars" else 0.004, on="grille")
    if pattern != "bars":
        for y in np.arange(0.0, width, 0.05):
            mesh.line(metal, lambda v, y=y: v[:, 1] - y, 0.005, on="grille")


def _intakes(mesh: Mesh, body: Body, face: Face, rng: np.random.Generator) -> None:
    along = _round_front(body)
    low, high = body.clearance + 0.09, min(body.bumper - 0.08, face.grille[0] - 0.06)
    middle = (low + high) / 2

    def here(v, n):
        return (v[:, 0] > body.front_axle + 0.3) & (n[:, 0] > 0.25)

    width = rng.uniform(0.45, 0.66)
    if high - low > 0.06:
        corners = [(-0.9, low), (width + 0.04, low), (width - 0.03, high), (-0.9, high)]
        mesh.paint(
            "grille",
            lambda v: polygon(corners, v[:, 1], v[:, 2], 0.02),
            on=["paint", "black"],
            where=here,
        )
        for z in np.arange(low + 0.04, high, 0.045):
            mesh.line(
                "black", lambda v, z=z: v[:, 2] - z, 0.007, on="grille", where=lambda v, n: v[:, 2] < high
            )
    middle = max(middle, body.clearance + 0.17)
    tall = rng.uniform(0.05, 0.085)
    vent = [(0.72, middle - tall), (0.99, middle - 0.03), (1.0, middle + tall), (0.80, middle + tall - 0.02)]
    mesh.paint(
        "black", lambda v: polygon(vent, along(v), v[:, 2], 0.015), on="paint", where=lambda v, n: here(v, n)
    )
    if rng.random() < 0.6:
        mesh.paint(
            "foglamp", lambda v: np.hypot(along(v) - 0.885, v[:, 2] - middle) - 0.034, on="black", where=here
        )
    if rng.random() < 0.4:  # a bright lip under everything
        mesh.paint(
            "trim",
            lambda v: np.abs(v[:, 2] - body.clearance - 0.075) - 0.012,
            lambda v: v[:, 1] - 0.62,
            on=["paint", "black"],
            where=here,
        )
