"""A piece of a car: vertices, faces and the name of a material, already where it belongs."""

from dataclasses import dataclass, replace

import numpy as np

from assets.make.cars.solids import Solid

Point = tuple[float, float, float]


@dataclass(frozen=True)
class Part:
    material: str
    vertices: np.ndarray  # (N, 3)
    faces: np.ndarray  # (M, 3) or (M, 4)
    normals: np.ndarray | None = None  # (N, 3); None: smooth over the faces

    def moved(self, at: Point, turn: Point = (0.0, 0.0, 0.0)) -> "Part":
        """Turned about x, then y, then z (radians), then moved."""
        rotation = turned(turn)
        normals = None if self.normals is None else self.normals @ rotation.T
        return replace(self, vertices=self.vertices @ rotation.T + np.array(at), normals=normals)

    def made_of(self, material: str) -> "Part":
        return replace(self, material=material)


@dataclass(frozen=True)
class Letters:
    """Raised letters. Flat: centred on `at`, read from outside the end (end = 1 front, -1 back),
    their plane turned so that x changes by `slope` per metre of y, squeezed to at most `width` metres.
    On a tyre: round a ring of (radius, angle at which the word begins), on this side of the car."""

    text: str
    size: float
    material: str
    at: Point
    end: int = 0
    slope: float = 0.0
    width: float = 1.0
    side: int = 0
    ring: tuple[float, float] | None = None


def turned(turn: Point) -> np.ndarray:
    """The rotation (3, 3) about x, then y, then z."""
    (cx, cy, cz), (sx, sy, sz) = np.cos(turn), np.sin(turn)
    about_x = np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]])
    about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    about_z = np.array([[cz, -sz, 0], [sz, cz, 0], [0, 0, 1]])
    return about_z @ about_y @ about_x


def part(solid: Solid, material: str, at: Point = (0, 0, 0), turn: Point = (0, 0, 0)) -> Part:
    return Part(material, *solid).moved(at, turn)
