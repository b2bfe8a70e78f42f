"""Simple solids as (vertices (N, 3), faces (M, 4)): what the parts on a car are put together from."""

import numpy as np

Solid = tuple[np.ndarray, np.ndarray]


def _sheet(rows: int, columns: int, closed: bool = True) -> np.ndarray:
    """Quads over a grid of vertices whose columns close to a ring."""
    i, j = np.meshgrid(np.arange(rows - 1), np.arange(columns if closed else columns - 1), indexing="ij")
    k = (j + 1) % columns
    quads = (i * columns + j, i * columns + k, (i + 1) * columns + k, (i + 1) * columns + j)
    return np.stack(quads, -1).reshape(-1, 4)


def rounded_box(size: tuple[float, float, float], roundness: float = 0.25, n: int = 16) -> Solid:
    """A superellipsoid of this size: roundness 0 is a box, 1 an ellipsoid."""
    latitude = np.linspace(-np.pi / 2, np.pi / 2, n + 1)[:, None]
    longitude = np.linspace(-np.pi, np.pi, 2 * n, endpoint=False)[None]

    def power(value):
        return np.sign(value) * np.abs(value) ** roundness

    ring = power(np.cos(latitude))
    parts = (ring * power(np.cos(longitude)), ring * power(np.sin(longitude)), power(np.sin(latitude)))
    vertices = np.stack(np.broadcast_arrays(*parts), -1) * (np.array(size) / 2)
    return vertices.reshape(-1, 3), _sheet(n + 1, 2 * n)


def lathe(profile: list[tuple[float, float]], n: int = 96) -> Solid:
    """The profile of (radius, offset) turned about the y axis."""
    radius, offset = np.array(profile).T
    angle = np.linspace(0, 2 * np.pi, n, endpoint=False)
    parts = (radius[:, None] * np.cos(angle), offset[:, None], radius[:, None] * np.sin(angle))
    vertices = np.stack(np.broadcast_arrays(*parts), -1)
    return vertices.reshape(-1, 3), _sheet(len(profile), n)[:, ::-1]


def upright(solid: Solid) -> Solid:
    """A lathed solid with its axis along z instead of y."""
    vertices, faces = solid
    return vertices[:, [0, 2, 1]], faces[:, ::-1]


def torus(radius: float, thickness: float) -> Solid:
    """A ring about the z axis."""
    turn = np.linspace(0, 2 * np.pi, 25)
    return upright(lathe([(radius + thickness * np.cos(a), thickness * np.sin(a)) for a in turn], 48))


def rod(radius: float, length: float) -> Solid:
    """A mast that tapers upwards, its foot at the origin."""
    return upright(lathe([(radius, 0), (radius * 0.6, length), (0.0001, length)], 12))


def tube(path: np.ndarray, radius, n: int = 12) -> Solid:
    """A tube along the points (K, 3), with one radius or K of them."""
    along = np.gradient(path, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    across = np.cross(along, [0.0, 0.0, 1.0])
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    above = np.cross(across, along)
    angle = np.linspace(0, 2 * np.pi, n, endpoint=False)[None, :, None]
    ring = np.cos(angle) * across[:, None] + np.sin(angle) * above[:, None]
    vertices = path[:, None] + np.broadcast_to(radius, len(path))[:, None, None] * ring
    return vertices.reshape(-1, 3), _sheet(len(path), n)
