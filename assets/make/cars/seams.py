"""Shut lines of doors, bonnet, boot and bumpers, and the dark plastic below."""

import numpy as np

from assets.make.cars.body import THREE_BOXES, Body
from assets.make.cars.fields import polygon, ramp
from assets.make.cars.glazing import Pillars
from assets.make.cars.mesh import Mesh

GAP = 0.0026  # half the width of a shut line, metres


def paint_dark_parts(mesh: Mesh, body: Body, rng: np.random.Generator) -> None:
    """Underside, wheel wells, cladding, the lining of a load bed."""
    sill = body.clearance + rng.uniform(0.03, 0.06) + 0.06 * body.is_clad
    mesh.paint("black", lambda v: v[:, 2] - sill)
    for axle in (body.front_axle, body.rear_axle):

        def radius(v, axle=axle):
            return np.hypot(v[:, 0] - axle, v[:, 2] - body.wheel_radius) - body.arch

        if body.is_clad:
            mesh.paint("black", lambda v: radius(v) - 0.055, where=lambda v, n: v[:, 1] > body.half - 0.2)
        mesh.paint("well", lambda v: radius(v) - 0.004)
    if body.is_clad or (body.kind in ("suv", "van") and rng.random() < 0.4):
        mesh.paint(
            "black",
            lambda v: v[:, 2] - body.bumper + 0.12,
            where=lambda v, n: (
                (v[:, 0] < body.rear_axle - body.arch) | (v[:, 0] > body.front_axle + body.arch)
            ),
        )
    if body.is_pickup:
        mesh.paint("well", lambda v: body.bed(*v.T) - 0.004)


def paint_seams(mesh: Mesh, body: Body, posts: Pillars, rng: np.random.Generator) -> None:
    _doors(mesh, body, posts, rng)
    _bonnet(mesh, body)
    _bumpers(mesh, body)
    _boot(mesh, body)
    if rng.random() < 0.25:  # a strip along the doors
        z = body.clearance + 0.30
        metal = "chrome" if rng.random() < 0.4 else "black"
        mesh.line(
            metal,
            lambda v: v[:, 2] - z,
            0.016,
            lambda v: body.rear_axle + body.arch + 0.06 - v[:, 0],
            lambda v: v[:, 0] - body.front_axle + body.arch + 0.06,
            where=_flank,
        )


def _flank(v, n):
    return n[:, 1] > 0.5


def _doors(mesh: Mesh, body: Body, posts: Pillars, rng: np.random.Generator) -> None:
    def below_waist(v):
        return v[:, 2] - body.waist(v[:, 0]) - 0.02

    sill, b = body.clearance + 0.13, posts.b
    hinge = body.front_axle - body.arch - rng.uniform(0.10, 0.16)
    front = [(b - 0.02, sill), (hinge, sill), (hinge + 0.02, 1.0), (hinge - 0.35, 1.6), (b - 0.12, 1.6)]
    mesh.line("gap", lambda v: polygon(front, v[:, 0], v[:, 2], 0.05), GAP, below_waist, where=_flank)
    if body.doors == 4:
        back = body.boot_x + 0.12 if body.is_pickup else body.rear_axle + body.arch * 0.72
        foot, top = (back, back) if body.is_pickup else (back + 0.25, back - 0.25)
        rear = [(foot, sill), (b - 0.02, sill), (b - 0.12, 1.6), (top, 1.6),
                (back if body.is_pickup else back - 0.14, 0.95)]  # fmt: skip
        mesh.line(
            "gap",
            lambda v: polygon(rear, v[:, 0], v[:, 2], 0.05),
            GAP,
            below_waist,
            where=lambda v, n: _flank(v, n) & (v[:, 0] < b),
        )
    if body.is_pickup:
        mesh.line("gap", lambda v: v[:, 0] - body.boot_x + 0.015, 0.008, where=lambda v, n: v[:, 2] > 0.5)
    if rng.random() < 0.7:  # the filler flap
        x, z = body.rear_axle - 0.05, float(body.waist(np.array([body.rear_axle]))[0]) - 0.13
        flap = [(x - 0.09, z - 0.07), (x + 0.09, z - 0.07), (x + 0.09, z + 0.07), (x - 0.09, z + 0.07)]
        mesh.line("gap", lambda v: polygon(flap, v[:, 0], v[:, 2], 0.03), GAP * 0.8, where=_flank)


def _bonnet(mesh: Mesh, body: Body) -> None:
    def edge(v):
        return v[:, 1] - (body.half - 0.14 - 0.09 * np.maximum(v[:, 0] - body.front_axle, 0) ** 2)

    def tip(v):
        return v[:, 0] - (body.front - 0.17 - body.front_bow * v[:, 1] ** 2)

    mesh.line("gap", edge, GAP, tip, where=lambda v, n: (n[:, 2] > 0.5) & (v[:, 0] > body.cowl_x - 0.15))
    mesh.line("gap", tip, GAP, edge, where=lambda v, n: (n[:, 2] > 0.3) & (v[:, 0] > body.front_axle))


def _bumpers(mesh: Mesh, body: Body) -> None:
    ahead = [(body.front + 0.5, -0.4), (body.front + 0.5, 1.5), (body.front - 0.42, 1.5),
             (body.front_axle + body.arch * 0.8, body.bumper + 0.1),
             (body.front_axle, body.bumper - 0.3)]  # fmt: skip
    mesh.line(
        "gap",
        lambda v: polygon(ahead, v[:, 0], v[:, 2], 0.02),
        GAP,
        lambda v: body.below_deck(*v.T) + 0.2,
        where=_flank,
    )
    mesh.line(
        "gap",
        lambda v: v[:, 2] - body.bumper - 0.10
        - 0.03 * ramp(0.6, 1.2, v[:, 1] + 0.9 * np.maximum(v[:, 0] - body.rear - 0.05, 0)),
        GAP,
        where=lambda v, n: v[:, 0] < body.rear_axle - body.arch + 0.02,
    )  # fmt: skip


def _boot(mesh: Mesh, body: Body) -> None:
    edge = body.half - (0.17 if body.is_pickup else 0.24)

    def side(v):
        narrowing = 0 if body.is_pickup else 0.15 * np.maximum(body.waist(v[:, 0]) - v[:, 2], 0)
        return v[:, 1] - edge + narrowing

    mesh.line(
        "gap",
        side,
        GAP,
        lambda v: body.bumper + 0.10 - v[:, 2],
        where=lambda v, n: (v[:, 0] < body.rear + 0.28) & (n[:, 0] < -0.2),
    )
    if body.kind in THREE_BOXES:
        mesh.line(
            "gap",
            lambda v: v[:, 1] - edge,
            GAP,
            lambda v: v[:, 0] - body.boot_x + 0.02,
            where=lambda v, n: (v[:, 0] < body.boot_x) & (n[:, 2] > 0.5),
        )
