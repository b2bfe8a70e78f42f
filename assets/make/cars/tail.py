"""What is painted on the back of a car: lamps, reflectors, the apron."""

import numpy as np

from assets.make.cars.body import THREE_BOXES, Body
from assets.make.cars.fields import polygon
from assets.make.cars.mesh import Mesh


def _round_back(body: Body):
    return lambda v: v[:, 1] + 0.9 * np.maximum(v[:, 0] - body.rear - 0.05, 0)


def paint_back(mesh: Mesh, body: Body, rng: np.random.Generator) -> None:
    along = _round_back(body)
    if body.kind in THREE_BOXES:
        corners = [(rng.uniform(0.36, 0.55), -0.24), (1.05, -0.22), (rng.uniform(1.1, 1.3), -0.14),
                   (1.12, -0.09), (0.50, -0.10)]  # fmt: skip
    elif body.is_pickup:
        corners = [(0.80, -0.42), (1.02, -0.42), (1.02, -0.08), (0.80, -0.08)]
    else:
        corners = [
            (rng.uniform(0.50, 0.62), -0.30),
            (1.02, -0.28),
            (1.22, -0.05),
            (1.10, -0.04),
            (0.62, -0.10),
        ]

    def below(v):
        return body.below_deck(*v.T)

    def lamp(v):
        return polygon(corners, along(v), below(v), 0.025)

    def here(v, n):
        return v[:, 0] < body.rear_axle - body.arch * 0.9

    mesh.paint("gap", lambda v: lamp(v) - 0.005, on="paint", where=here)
    mesh.paint("tail", lamp, on="gap", where=here)
    at = rng.uniform(0.80, 0.9)
    white = [(at - 0.14, -0.22), (at + 0.1, -0.21), (at + 0.12, -0.17), (at - 0.1, -0.17)]
    if body.is_pickup:
        white = [(0.8, -0.3), (1.02, -0.3), (1.02, -0.22), (0.8, -0.22)]
    mesh.paint("reversing", lambda v: polygon(white, along(v), below(v), 0.005), on="tail", where=here)
    if rng.random() < 0.6:  # a brighter strip inside
        mesh.paint("tail_strip", lambda v: np.abs(lamp(v) + 0.028) - 0.006, on="tail", where=here)
    glow = [
        (0.66, body.bumper - 0.1),
        (0.86, body.bumper - 0.1),
        (0.86, body.bumper - 0.06),
        (0.66, body.bumper - 0.06),
    ]
    mesh.paint(
        "reflector",
        lambda v: polygon(glow, along(v), v[:, 2], 0.01),
        on=["paint", "black"],
        where=lambda v, n: (v[:, 0] < body.rear + 0.3) & (n[:, 0] < -0.3),
    )
    if rng.random() < 0.6:  # a dark apron between the exhausts
        top = body.clearance + rng.uniform(0.16, 0.24)
        apron = [(-1, 0), (0.62, 0), (0.52, top), (-1, top)]
        mesh.paint(
            "black",
            lambda v: polygon(apron, v[:, 1], v[:, 2], 0.03),
            on="paint",
            where=lambda v, n: (v[:, 0] < body.rear + 0.5) & (n[:, 0] < 0.1),
        )
