"""What is screwed on a body: mirrors, handles, aerial, rails and racks, plates, exhausts, wipers."""

import numpy as np

from assets.make.cars.body import THREE_BOXES, Body
from assets.make.cars.face import Face
from assets.make.cars.glazing import Pillars
from assets.make.cars.mesh import Mesh
from assets.make.cars.parts import Letters, Part, part
from assets.make.cars.solids import lathe, rod, rounded_box, tube

MODELS = (
    "ALTRO",
    "VENTIS",
    "NORDA",
    "KESTRIN",
    "MIRUNE",
    "SOLVIN",
    "TARVO",
    "OREL 40",
    "LUMENA",
    "CORVINO S",
)
PLATE_LETTERS, PLATE_DIGITS = list("ABCDEFGHJKLMNPRSTUVWXYZ"), list("0123456789")


def _waist(body: Body, x: float) -> float:
    return float(body.waist(np.array([x]))[0])


def mirrors_and_handles(body: Body, posts: Pillars, rng: np.random.Generator) -> list[Part]:
    x = body.cowl_x - (0.65 if body.kind == "van" else 0.47)
    z = _waist(body, x) + 0.10
    y = float(body.cabin_side(np.array([x]), np.array([z]))[0])
    housing = "paint" if rng.random() < 0.75 else "black"
    tall = 0.22 if body.is_pickup else 0.15
    handle = "chrome" if rng.random() < 0.25 else "paint"
    doors = [posts.b + 0.13] + ([max(posts.c + 0.16, posts.b - 0.78)] if body.doors == 4 else [])
    parts = []
    for side in (1, -1):
        turn = (0, 0, side * 0.25)
        parts += [
            part(rounded_box((0.13, 0.22, tall), 0.5), housing, (x, side * (y + 0.15), z + 0.02), turn),
            part(
                rounded_box((0.02, 0.18, tall - 0.035), 0.4),
                "mirror",
                (x - 0.060, side * (y + 0.15), z + 0.02),
                turn,
            ),
            part(rounded_box((0.06, 0.20, 0.03), 0.6), "black", (x + 0.01, side * (y + 0.04), z - 0.04)),
        ]
        for door in doors:
            height = _waist(body, door) - 0.10
            out = body.y_at_side(door, height)
            parts += [
                part(rounded_box((0.20, 0.035, 0.026), 0.6), handle, (door, side * (out + 0.020), height)),
                part(rounded_box((0.12, 0.016, 0.05), 0.7), "gap", (door, side * (out - 0.004), height)),
            ]
    return parts


def aerial(body: Body, rng: np.random.Generator) -> list[Part]:
    if body.is_pickup and rng.random() < 0.6:  # a mast on the wing
        x, y = body.cowl_x + 0.1, -(body.half - 0.17)
        z = float(body.z_on_top(x, abs(y)))
        return [part(rod(0.006, 0.75), "black", (x, y, z - 0.01)),
                part(rounded_box((0.05, 0.05, 0.03), 0.8), "black", (x, y, z))]  # fmt: skip
    if rng.random() < 0.55:  # a fin
        x = body.boot_x + (0.95 if body.kind in THREE_BOXES else 0.55)
        z = float(body.z_on_top(x, 0.0))
        housing = "paint" if rng.random() < 0.75 else "black"
        return [part(rounded_box((0.17, 0.035, 0.10), 0.7), housing, (x, 0, z + 0.005), (0, 0.25, 0))]
    x = body.roof_x + 0.3 if body.kind in THREE_BOXES else body.boot_x + 0.5
    z = float(body.z_on_top(x, 0.0))
    length = 0.45 if rng.random() < 0.5 else 0.25
    return [part(rod(0.0065, length), "black", (x, 0, z - 0.01), (0, -0.6, 0)),
            part(rounded_box((0.06, 0.04, 0.04), 0.7), "black", (x, 0, z))]  # fmt: skip


def rails_and_rack(body: Body, rng: np.random.Generator) -> list[Part]:
    """Rails that stand on the roof on feet; cross bars over them, or on a bare roof, now and then."""
    has_rails = body.kind in ("suv", "van") and rng.random() < 0.65
    has_rack = body.kind not in ("coupe", "pickup") and rng.random() < (0.3 if has_rails else 0.07)
    material = "trim" if rng.random() < 0.5 else "black"
    front, back = body.roof_x + 0.30, body.boot_x + (0.62 if body.kind in THREE_BOXES else 0.55)
    y = float(body.cabin_side(np.array([body.roof_x]), np.array([body.height - 0.1]))[0]) - 0.10
    x = np.linspace(front, back, 41)
    along = np.abs(np.linspace(-1, 1, 41))
    roof = body.z_on_top(x, y)
    lift = 0.048 * (1 - along**14) - 0.012 * along**14
    parts = []
    for side in (1, -1):
        if has_rails:
            path = np.stack([x, np.full(41, side * y), roof + lift], 1)
            parts.append(part(tube(path, 0.015), material))
            middle = (float(x[20]), side * y, float(roof[20]) + 0.02)
            parts.append(part(rounded_box((0.10, 0.03, 0.06), 0.4), material, middle))
    if has_rack:
        for at in (x[11], x[29]):
            foot = float(body.z_on_top(at, y))
            high = foot + 0.085
            bar = np.stack([np.full(21, at), np.linspace(-y - 0.06, y + 0.06, 21), np.full(21, high)], 1)
            parts.append(part(tube(bar, 0.014), "black"))
            parts += [
                part(rounded_box((0.06, 0.05, 0.11), 0.4), "black", (at, side * y, foot + 0.035))
                for side in (1, -1)
            ]
    return parts


def plates(body: Body, rng: np.random.Generator) -> tuple[list[Part], list[Letters]]:
    text = (
        "".join(rng.choice(PLATE_LETTERS, 3))
        + " "
        + "".join(rng.choice(PLATE_DIGITS, int(rng.integers(3, 5))))
    )
    colour = str(rng.choice(["plate", "plate", "plate_yellow", "plate_blue"]))
    high = not body.is_pickup and rng.random() < 0.7
    places = [(-1, body.bumper + (0.32 if high else -0.02))]
    if rng.random() < 0.6:
        places.append((1, body.bumper - 0.02))
    parts, letters = [], []
    for end, z in places:
        x = end * (
            max(end * body.x_at_end(y, z + dz, end) for y in (0, 0.15) for dz in (-0.07, 0, 0.07)) + 0.006
        )
        parts.append(part(rounded_box((0.014, 0.305, 0.152), 0.12), colour, (x, 0, z)))
        parts.append(
            part(rounded_box((0.006, 0.28, 0.022), 0.2), "plate_band", (x + end * 0.006, 0, z + 0.054))
        )
        place = (x + end * 0.0085, 0, z - 0.012)
        letters.append(Letters(text, 0.055, "plate_ink", place, end=end, width=0.26))
    return parts, letters


def badges(body: Body, face: Face, rng: np.random.Generator) -> tuple[list[Part], list[Letters]]:
    """A plain ellipse at either end and a made-up model's name."""
    front, back = face.grille[1] - 0.03, body.boot - 0.13
    shape = rounded_box((0.016, *rng.uniform((0.08, 0.05), (0.14, 0.09))), 0.9)
    x_front, x_back = body.x_at_end(0.0, front, 1), body.x_at_end(0.0, back, -1)
    name_z = body.bumper + (0.45 if body.is_pickup else 0.17)
    inner, outer = (body.x_at_end(y, name_z, -1) for y in (0.38, 0.54))
    slope = (outer - inner) / 0.16
    place = ((inner + outer) / 2 - 0.006, 0.46, name_z)
    return (
        [
            part(shape, "chrome", (x_front + 0.002, 0, front)),
            part(shape, "chrome", (x_back - 0.002, 0, back)),
        ],
        [Letters(str(rng.choice(MODELS)), 0.036, "chrome", place, end=-1, slope=slope)],
    )


def bulbs(mesh: Mesh, rng: np.random.Generator) -> list[Part]:
    """Reflectors inside each head lamp, on the sunk floor of the lamp."""
    floor = mesh.vertices[np.unique(mesh.triangles[mesh.faces_of("lamp")])]
    left = floor[(floor[:, 1] > 0)]
    if not len(left):
        return []
    low, high = left[:, 1].min(), left[:, 1].max()
    material = "chrome" if rng.random() < 0.5 else "foglamp"
    ring = lathe([(0.047, 0.0), (0.05, 0.012), (0.043, 0.018), (0.036, 0.0), (0.001, -0.01)], 32)
    parts = []
    for share in (0.35, 0.62) if rng.random() < 0.7 else (0.35, 0.58, 0.78):
        wanted = low + share * (high - low)
        off = np.abs(left[:, 1] - wanted) + 0.5 * np.abs(left[:, 2] - np.median(left[:, 2]))
        x, y, z = left[np.argmin(off)]
        for side in (1, -1):
            parts.append(part(rounded_box((0.05, 0.075, 0.075), 1.0, 12), material, (x + 0.005, side * y, z)))
            parts.append(part(ring, "chrome", (x + 0.012, side * y, z), (0, 0, -np.pi / 2)))
    return parts


def wipers_and_exhaust(body: Body, rng: np.random.Generator) -> list[Part]:
    parts = []
    for start in (0.05, -0.50):
        y = start + np.linspace(0, 0.55, 9)
        z = body.cowl + 0.035 + 0.05 * (y - start)
        x = body.cowl_x - body.screen_bow * y * y - (z - body.cowl) / np.tan(body.screen_angle)
        normal = np.array([np.sin(body.screen_angle), 0, np.cos(body.screen_angle)])
        parts.append(part(tube(np.stack([x, y, z], 1) + 0.007 * normal, 0.007), "black"))
    pipe = lathe([(0.030, -0.14), (0.030, 0), (0.024, 0), (0.024, -0.14)], 32)
    z = body.clearance + 0.13
    for side in (1, -1) if rng.random() < 0.4 else (-1,):
        x = body.x_at_end(0.52, z + 0.06, -1) - 0.015
        parts.append(part(pipe, "chrome", (x, side * 0.52, z), (0, 0, np.pi / 2)))
    parts.append(part(rounded_box((body.length - 0.7, body.width - 0.4, 0.12), 0.3), "well",
                      ((body.front + body.rear) / 2, 0, body.clearance + 0.06)))  # fmt: skip
    return parts
