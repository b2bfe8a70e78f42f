"""Wheels: a lathed tyre with tread and wall, a rim whose openings are cut by a function of the plane."""

import numpy as np

from assets.make.cars.fields import smooth_min
from assets.make.cars.mesh import Mesh
from assets.make.cars.parts import Letters, Part, part
from assets.make.cars.solids import lathe, rounded_box

SPOKES = (5, 5, 5, 6, 7, 8, 9, 10)
RIM_COLOURS = ("rim_bright", "rim_grey", "rim_black", "rim_polished")
TYRE_MARKS = ("NORDA  GRIP  4", "KESTRIN  ALLSEASON", "MIRUNE  TOURING  S2", "SOLVIN  AQUA")
GROOVES = (-0.5, -0.17, 0.17, 0.5)  # across the tread, as a share of half its width


def draw_wheels(body, rng: np.random.Generator) -> tuple[list[Part], list[Letters]]:
    """The four wheels of a car, each turned at random."""
    heavy = body.kind in ("suv", "pickup", "van")
    radius, half = body.wheel_radius, 0.125 if body.kind in ("suv", "pickup") else 0.1075
    rim = radius * (rng.uniform(0.60, 0.68) if heavy else rng.uniform(0.66, 0.74))
    colour = str(rng.choice(RIM_COLOURS, p=[0.5, 0.2, 0.15, 0.15]))
    wheel = [_tyre(radius, rim, half), *_rim(rim, half, colour, rng)]
    mark = str(rng.choice(TYRE_MARKS))
    parts, letters = [], []
    out = body.half - 0.03 - half + (0.008 if body.flare > 0.015 else 0)
    for axle in (body.front_axle, body.rear_axle):
        for side in (1, -1):
            turn = rng.uniform(0, 2 * np.pi)
            at, spin = (axle, side * out, radius), (0.0, turn, np.pi if side < 0 else 0.0)
            parts += [piece.moved(at, spin) for piece in wheel]
            face = at[1] + side * (half * 1.053 + 0.0012)
            for start in (turn, turn + np.pi):
                ring = (radius + rim) / 2 + 0.004
                letters.append(
                    Letters(mark, 0.018, "tyre_mark", (axle, face, radius), side=side, ring=(ring, start))
                )
    return parts, letters


def _tyre(radius: float, rim: float, half: float) -> Part:
    """Wall with two raised rings, rounded shoulder, grooved tread; the outside is +y."""
    wall = (radius + rim) / 2
    profile = [(rim * 0.97, -half * 0.82), (rim + 0.01, -half * 0.95), (wall, -half * 1.04),
               (radius - 0.03, -half * 0.97), (radius - 0.012, -half * 0.86)]  # fmt: skip
    for groove in GROOVES:
        for depth, edge in ((0.002, -0.06), (0.010, -0.045), (0.010, 0.045), (0.002, 0.06)):
            profile.append((radius - depth, half * (groove + edge)))
    profile += [(radius - 0.012, half * 0.86), (radius - 0.022, half * 0.93), (radius - 0.024, half * 0.965),
                (radius - 0.030, half * 0.97), (wall + 0.026, half * 1.03), (wall + 0.024, half * 1.05),
                (wall - 0.018, half * 1.05), (wall - 0.020, half * 1.035), (rim + 0.022, half * 1.0),
                (rim + 0.020, half * 1.02), (rim + 0.013, half * 1.02), (rim + 0.011, half * 0.97),
                (rim * 0.985, half * 0.86)]  # fmt: skip
    return part(lathe(profile, 128), "tyre")


def _rim(rim: float, half: float, colour: str, rng: np.random.Generator) -> list[Part]:
    barrel = [(0.95, -0.8), (0.88, -0.7), (0.90, 0), (0.93, 0.55), (0.945, 0.72), (0.985, 0.90),
              (1.015, 0.91), (1.02, 0.84)]  # fmt: skip
    face = half * 0.74
    pieces = [
        part(lathe([(rim * r, half * y) for r, y in barrel], 128), colour),
        _spokes(rim * 0.955, rng).made_of(colour).moved((0, face, 0)),
        part(lathe([(0.05, 0.0), (0.075, 0.0), (0.075, -0.01), (rim * 0.72, -0.01), (rim * 0.72, -0.03)], 64),
             "brake", at=(0, half * 0.3, 0)),
        part(lathe([(0.01, -0.06), (rim * 0.93, -0.06)], 64), "well"),
        part(lathe([(0.001, 0.006), (0.028, 0.004), (0.033, -0.004), (0.035, -0.02)], 32), colour,
             at=(0, face + 0.004, 0)),
        part(rounded_box((0.09, 0.05, 0.16)), str(rng.choice(["brake", "brake", "brake", "caliper"])),
             at=(rim * 0.55, half * 0.3, 0)),
    ]  # fmt: skip
    nut = lathe([(0.001, 0.012), (0.009, 0.011), (0.011, 0)], 10)
    for angle in np.arange(5) * 2 * np.pi / 5:
        at = (0.056 * np.cos(angle), face - 0.012, 0.056 * np.sin(angle))
        pieces.append(part(nut, "brake", at=at))
    return pieces


def _spokes(radius: float, rng: np.random.Generator) -> Part:
    """The disc of a rim, openings cut out, on a polar grid; the outside is +y."""
    style = rng.choice(["single", "double", "split", "cover"], p=[0.4, 0.3, 0.2, 0.1])
    count = int(rng.choice(SPOKES)) if style in ("single", "cover") else int(rng.choice([5, 5, 6, 7]))
    width = rng.uniform(0.16, 0.24) * 5 / max(count, 5 if style == "single" else 6)
    dish, twist = rng.uniform(0.01, 0.045), rng.choice([0.0, 0.0, 0.25])
    period = 2 * np.pi / count

    def opening(x, z):
        r = np.hypot(x, z) + 1e-9
        angle = np.arctan2(z, x) + twist * r / radius
        off = np.abs((angle + period / 2) % period - period / 2)
        half = width * radius * (0.85 + 0.35 * r / radius) / 2
        if style == "double":
            distance = np.abs(off * r - half * 1.15 * (0.35 + 0.9 * r / radius)) - half * 0.45
        elif style == "split":  # a spoke that forks halfway
            fork = np.maximum(r / radius - 0.45, 0) * radius * 0.42
            distance = np.abs(off * r - fork) - half * 0.6
        elif style == "cover":  # a full cover with slots near the rim
            slot = np.abs(off - period / 2) * r - half * 0.9
            return np.maximum(np.abs(r - radius * 0.74) - radius * 0.10, slot)
        else:
            distance = off * r - half
        return -smooth_min(smooth_min(distance, radius * 0.955 - r, 0.02), r - radius * 0.24, 0.02)

    radii, angles = np.linspace(0.02, radius, 44), np.linspace(0, 2 * np.pi, 360, endpoint=False)
    r, angle = np.meshgrid(radii, angles, indexing="ij")
    x, z, share = r * np.cos(angle), r * np.sin(angle), r / radius
    y = -dish * (1 - share) + 0.012 * np.sin(np.pi * share) - 0.012 * (share < 0.12)
    y = y - 0.012 * np.exp(-np.clip(opening(x, z), 0, 1) / 0.008)
    rows, columns = np.meshgrid(np.arange(43), np.arange(360), indexing="ij")
    following = (columns + 1) % 360
    quads = np.stack(
        [
            rows * 360 + columns,
            (rows + 1) * 360 + columns,
            (rows + 1) * 360 + following,
            rows * 360 + following,
        ],
        -1,
    ).reshape(-1, 4)[:, ::-1]
    triangles = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
    vertices = np.stack([x, y, z], -1).reshape(-1, 3)
    mesh = Mesh(vertices, _normals(vertices, triangles), triangles, "rim")
    mesh.paint("hole", lambda v: opening(v[:, 0], v[:, 2]))
    kept = mesh.faces_of("rim")
    mesh.triangles, mesh.face_material = mesh.triangles[kept], mesh.face_material[kept]
    mesh.sink("rim", 0.03, "rim", cover="rim", along=np.array([0.0, 1.0, 0.0]))
    return Part("rim", mesh.vertices, mesh.triangles, mesh.normals)


def _normals(vertices: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """Of a grid in the xz plane, towards +y."""
    corners = vertices[triangles]
    flat = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals = np.zeros_like(vertices)
    for i in range(3):
        np.add.at(normals, triangles[:, i], flat)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True) + 1e-12
    return normals * np.sign(normals[:, 1].mean())
