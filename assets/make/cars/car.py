"""A car from its seed: everything that is to be drawn, as plain arrays. Read body.py first.

car = build(seed=7)            # kind and paint at random
car.parts[0].vertices          # the body's, (N, 3) in metres
"""

from dataclasses import dataclass, replace

import numpy as np

from assets.make.cars import face, fittings, glazing, seams, tail
from assets.make.cars.body import Body
from assets.make.cars.cabin import draw_seat_colour, furnish
from assets.make.cars.kinds import KINDS, PAINTS, draw_kind, draw_paint
from assets.make.cars.mesh import Mesh
from assets.make.cars.parts import Letters, Part
from assets.make.cars.surface import CELL, half_surface
from assets.make.cars.wheels import draw_wheels

# Material, depth in metres, material of the walls, material of the pane left on top.
SUNK = (
    ("glass", 0.005, "gloss", None), ("windscreen", 0.004, "gloss", None), ("privacy", 0.005, "gloss", None),
    ("lamp", 0.05, "lamp", "lens"), ("daylight", 0.03, "daylight", "lens"), ("grille", 0.03, "gap", None),
    ("foglamp", 0.012, "black", None), ("tail", 0.02, "tail", "tail_lens"),
    ("tail_strip", 0.012, "tail_strip", "tail_lens"), ("reversing", 0.02, "reversing", "clear_lens"),
)  # fmt: skip


@dataclass(frozen=True)
class Finish:
    """What the materials of one car depend on."""

    paint: str
    tint: float  # share of light that the side windows let through
    windscreen_tint: float
    has_privacy_glass: bool
    lamp_is_dark: bool
    seat: tuple[float, float, float]


@dataclass(frozen=True)
class Car:
    kind: str
    finish: Finish
    length: float
    mesh: Mesh  # the body, with a material per face
    parts: list[Part]
    letters: list[Letters]

    def points(self) -> np.ndarray:
        """(N, 3): every vertex, the turntable's axis at the origin."""
        return np.concatenate([self.mesh.vertices, *(part.vertices for part in self.parts)])


def build(seed, kind: str | None = None, paint: str | None = None, cell: float = CELL) -> Car:
    """The same seed, kind, paint and cell always make the same car. Seconds on one core.

    seed: an integer or a sequence of them. Raises KeyError for an unknown kind or paint.
    """
    # Streams of their own, so that a change to the fittings leaves the body as it was.
    shape, skin, look, extras = (np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(4))
    drawn_kind, drawn_paint = draw_kind(shape), draw_paint(look)
    kind, paint = kind or drawn_kind, paint or drawn_paint
    KINDS[kind], PAINTS[paint]
    body = Body(kind, shape)
    posts = glazing.pillars(body, skin)
    mesh = Mesh(*half_surface(body, cell))
    seams.paint_dark_parts(mesh, body, skin)
    glazing.paint_windows(mesh, body, posts, skin)
    front = face.paint_front(mesh, body, skin)
    tail.paint_back(mesh, body, skin)
    seams.paint_seams(mesh, body, posts, skin)
    for material, depth, wall, cover in SUNK:
        mesh.sink(material, depth, wall, cover)
    mesh.mirror()
    finish = Finish(paint, look.uniform(0.25, 0.6), look.uniform(0.6, 0.78), bool(look.random() < 0.7),
                    bool(look.random() < 0.45), draw_seat_colour(look))  # fmt: skip
    parts = furnish(body, posts) + fittings.mirrors_and_handles(body, posts, extras)
    parts += fittings.aerial(body, extras) + fittings.rails_and_rack(body, extras)
    parts += fittings.bulbs(mesh, extras) + fittings.wipers_and_exhaust(body, extras)
    letters: list[Letters] = []
    for more, words in (
        fittings.plates(body, extras), fittings.badges(body, front, extras), draw_wheels(body, extras)
    ):  # fmt: skip
        parts += more
        letters += words
    return _centred(kind, finish, body, mesh, parts, letters)


def _centred(kind, finish, body, mesh, parts, letters) -> Car:
    """The car's middle over the axis of the turntable."""
    middle = (body.front + body.rear) / 2
    mesh.vertices = mesh.vertices - [middle, 0, 0]
    parts = [part.moved((-middle, 0, 0)) for part in parts]
    letters = [replace(word, at=(word.at[0] - middle, *word.at[1:])) for word in letters]
    return Car(kind, finish, body.length, mesh, parts, letters)
