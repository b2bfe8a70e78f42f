"""Where the camera stands, and where a point lands in the picture: plain numpy, the pinhole model.

Carvana's own rig, as far as its pictures tell: some seven metres away, at chest height, the
car turned by 22.5 degrees from view to view.
"""

from dataclasses import dataclass, replace

import numpy as np

VIEWS = 16
SENSOR = 36.0  # mm, the width of full frame
MARGIN = 0.02  # of the picture's width and height that a car leaves free


@dataclass(frozen=True)
class Camera:
    position: np.ndarray  # (3,) metres; the turntable's axis is the origin
    target: np.ndarray  # (3,)
    lens: float  # mm
    roll: float = 0.0  # radians

    def axes(self) -> np.ndarray:
        """Rows: to the right, up, backwards; orthonormal (3, 3)."""
        back = self.position - self.target
        back = back / np.linalg.norm(back)
        right = np.cross([0.0, 0.0, 1.0], back)
        right /= np.linalg.norm(right)
        up = np.cross(back, right)
        c, s = np.cos(self.roll), np.sin(self.roll)
        return np.stack([c * right + s * up, c * up - s * right, back])

    def project(self, points: np.ndarray) -> np.ndarray:
        """Points (N, 3) -> (N, 2): 0..1 from left to right, 0..height/width from top to bottom, where
        the picture's middle is (0.5, half of that); only for points before the camera."""
        right, up, back = ((points - self.position) @ self.axes().T).T
        scale = self.lens / SENSOR / -back
        return np.stack([0.5 + right * scale, -up * scale], 1)


def turn_of(view: int, offset: float = 0.0) -> float:
    """The turntable's angle in radians at a view 1..16; the first shows the front."""
    return -(np.pi / 2 + 2 * np.pi * (view - 1) / VIEWS + offset)


def draw_camera(length: float, rng: np.random.Generator) -> Camera:
    """A camera for a car of this length."""
    distance = rng.uniform(7.25, 7.75) + 0.62 * (length - 4.7)
    position = np.array([rng.uniform(-0.15, 0.15), -distance, rng.uniform(1.55, 1.85)])
    target = np.array([rng.uniform(-0.12, 0.12), 0.0, rng.uniform(0.60, 0.78)])
    return Camera(position, target, rng.uniform(37.0, 39.2))


def shaken(camera: Camera, rng: np.random.Generator) -> Camera:
    """The same rig at the next view: nothing stands still to the millimetre."""
    return replace(
        camera,
        position=camera.position + rng.normal(0, 0.006, 3),
        target=camera.target + rng.normal(0, 0.008, 3),
        roll=rng.normal(0, 0.002),
    )


def stepped_back(camera: Camera, points: np.ndarray, size: tuple[int, int], turns: list[float]) -> Camera:
    """As far back as it takes for all points (N, 3) to be in the picture at every turn of the table."""
    seen = points[_hull_candidates(points)]
    while not all(fits(camera, seen, size, turn) for turn in turns):
        away = camera.position - camera.target
        camera = replace(camera, position=camera.target + away * 1.02)
    return camera


def fits(camera: Camera, points: np.ndarray, size: tuple[int, int], turn: float) -> bool:
    """Whether all points (N, 3) land in the picture, MARGIN from its edges, the table turned."""
    c, s = np.cos(turn), np.sin(turn)
    x, y, z = points.T
    u, v = camera.project(np.stack([c * x - s * y, s * x + c * y, z], 1)).T
    half = size[1] / size[0] / 2
    inside = 0.5 - MARGIN
    return bool(np.abs(u - 0.5).max() < inside and np.abs(v).max() < 2 * half * inside)


def _hull_candidates(points: np.ndarray, directions: int = 200) -> np.ndarray:
    """Indices of the points that lie outermost in many directions."""
    ways = np.random.default_rng(0).normal(size=(directions, 3))
    return np.unique([np.argmax(points @ way) for way in ways])  # all at once would take gigabytes
