"""From a function of space to triangles on its zero surface: surface nets, then Newton's steps.

S. F. F. Gibson, *Constrained Elastic Surface Nets* (1998), without the relaxation: the vertices are
moved onto the surface by its own gradient instead, which also gives exact normals.
"""

import numpy as np

from assets.make.cars.body import Body

CELL = 0.0125  # metres; finer than a pixel of the largest picture
COARSE_CELL = 0.018  # half the time; of a small picture's mask 0.02 % of the car's pixels change
SMALL = 960  # px of width
NEWTON_STEPS = 5
SLAB = 40  # layers of the grid that are evaluated at once, to bound memory
Arrays = tuple[np.ndarray, np.ndarray, np.ndarray]


def cell_for(width: int) -> float:
    """Metres, for a picture so many pixels wide."""
    return COARSE_CELL if width <= SMALL else CELL


def half_surface(body: Body, cell: float = CELL) -> Arrays:
    """The half y >= 0 -> vertices (N, 3), unit normals (N, 3), triangles (M, 3), seen from outside."""
    x = np.arange(body.rear - 0.08, body.front + 0.08, cell, dtype=np.float32)
    y = ((np.arange(int(body.half / cell) + 6) - 0.5) * cell).astype(np.float32)
    z = np.arange(body.clearance - 0.06, body.height + 0.06, cell, dtype=np.float32)
    inside = np.empty((len(x), len(y), len(z)), bool)
    grid = np.meshgrid(x, y, z, indexing="ij", sparse=True)
    for start in range(0, len(x), SLAB):
        slab = slice(start, start + SLAB)
        inside[slab] = body(grid[0][slab], np.abs(grid[1]), grid[2]) < 0
    cells, quads = _net(inside)
    vertices = np.stack([axis[cells[:, i]] + cell / 2 for i, axis in enumerate((x, y, z))], 1).astype(float)
    middle = np.abs(vertices[:, 1]) < cell * 0.3
    vertices[middle, 1] = 0
    for _ in range(NEWTON_STEPS):  # damped, because at sharp edges neighbours pull in turns
        distance, normals = gradient(body, vertices)
        vertices -= 0.9 * np.clip(distance, -cell, cell)[:, None] * normals
        vertices[middle, 1] = 0
    normals = gradient(body, vertices)[1]
    normals[middle, 1] = 0
    normals /= np.linalg.norm(normals, axis=1, keepdims=True) + 1e-9
    return vertices, normals, np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])


def _net(inside: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """One vertex in each cell of the grid that the surface crosses, one quad for each crossed edge:
    the cells' indices (N, 3), and the quads (M, 4)."""
    shape = tuple(n - 1 for n in inside.shape)
    corners = np.zeros(shape, np.int8)
    for i in (0, 1):
        for j in (0, 1):
            for k in (0, 1):
                corners += inside[i : i + shape[0], j : j + shape[1], k : k + shape[2]]
    crossed = (corners > 0) & (corners < 8)
    cells = np.argwhere(crossed)
    number = np.full(shape, -1, np.int32)
    number[crossed] = np.arange(len(cells))
    quads = []
    for axis, (first, second) in enumerate(((1, 2), (2, 0), (0, 1))):
        before, after = [slice(None)] * 3, [slice(None)] * 3
        before[axis], after[axis] = slice(None, -1), slice(1, None)
        changes = inside[tuple(before)] != inside[tuple(after)]
        edges, outward = np.argwhere(changes), inside[tuple(before)][changes]
        around = []
        for i, j in ((0, 0), (-1, 0), (-1, -1), (0, -1)):
            cell = edges.copy()
            cell[:, first] += i
            cell[:, second] += j
            known = ((cell >= 0) & (cell < shape)).all(1)
            cell[~known] = 0
            around.append(np.where(known, number[tuple(cell.T)], -1))
        quad = np.stack(around, 1)
        whole = (quad >= 0).all(1)
        quad, outward = quad[whole], outward[whole]
        quad[~outward] = quad[~outward][:, ::-1]
        quads.append(quad)
    return cells, np.concatenate(quads)


def gradient(body: Body, vertices: np.ndarray, step: float = 2e-3) -> tuple[np.ndarray, np.ndarray]:
    """(signed distance along the normal (N,), unit normals (N, 3)) of the body's function."""
    x, y, z = vertices.T

    def at(dx=0.0, dy=0.0, dz=0.0):
        return body(x + dx, np.abs(y + dy), z + dz)

    slope = np.stack([at(step) - at(-step), at(dy=step) - at(dy=-step), at(dz=step) - at(dz=-step)], 1) / (
        2 * step
    )
    steepness = np.linalg.norm(slope, axis=1, keepdims=True) + 1e-9
    return at() / np.maximum(steepness[:, 0], 0.3), slope / steepness
