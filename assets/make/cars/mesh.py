"""Triangles with a normal per vertex and a material per face, and the knives that cut them.

A region such as a window is where functions of the vertices are negative. Triangles are cut along
the zero line, so its edge is crisp at any size of picture, without a texture.
"""

from collections.abc import Callable

import numpy as np

Function = Callable[[np.ndarray], np.ndarray]  # vertices (N, 3) -> (N,), negative inside the region
Where = Callable[[np.ndarray, np.ndarray], np.ndarray]  # vertices, normals -> bool (N,)


class Mesh:
    def __init__(self, vertices, normals, triangles, material: str = "paint"):
        self.vertices, self.normals, self.triangles = vertices, normals, triangles
        self.materials = [material]
        self.face_material = np.zeros(len(triangles), int)

    def number(self, material: str) -> int:
        if material not in self.materials:
            self.materials.append(material)
        return self.materials.index(material)

    def faces_of(self, material: str) -> np.ndarray:
        """bool (M,): the faces of one material."""
        return self.face_material == self.number(material)

    def paint(self, material: str, *regions: Function, on=None, where: Where | None = None) -> None:
        """Give the faces where every region is negative a material. `on`: only faces of these
        materials; `where`: only faces all of whose vertices say yes (not cut: keep it off the edge)."""
        number = self.number(material)
        allowed = (
            None if on is None else [self.number(name) for name in ([on] if isinstance(on, str) else on)]
        )

        def candidates() -> np.ndarray:
            chosen = np.ones(len(self.triangles), bool)
            if allowed is not None:
                chosen = np.isin(self.face_material, allowed)
            if where is not None:
                chosen &= where(self.vertices, self.normals)[self.triangles].all(1)
            return chosen

        for i, region in enumerate(regions):
            chosen = candidates()
            for earlier in regions[:i]:
                chosen &= earlier(self.vertices)[self.triangles].mean(1) < 1e-3
            self._cut(region, chosen)
        chosen = candidates()
        for region in regions:
            chosen &= region(self.vertices[self.triangles].mean(1)) < 0
        self.face_material[chosen] = number

    def line(
        self, material: str, along: Function, half_width: float, *regions: Function, on="paint", where=None
    ):
        """The same for a stripe on both sides of a function's zero line."""
        self.paint(
            material,
            lambda v: along(v) - half_width,
            lambda v: -along(v) - half_width,
            *regions,
            on=on,
            where=where,
        )

    def _cut(self, region: Function, chosen: np.ndarray) -> None:
        """Split the chosen triangles that the region's edge crosses, each into three."""
        value = region(self.vertices)
        value = np.where(np.abs(value) < 1e-7, 1e-7, value)
        outside = (value > 0)[self.triangles]
        count = outside.sum(1)
        crossed = chosen & (count > 0) & (count < 3)
        if not crossed.any():
            return
        triangles, material = self.triangles[crossed], self.face_material[crossed]
        outside, count, rows = outside[crossed], count[crossed], np.arange(crossed.sum())
        lone = np.where(count == 1, np.argmax(outside, 1), np.argmin(outside, 1))
        a, b, c = (triangles[rows, (lone + i) % 3] for i in range(3))
        edges = np.concatenate([np.sort(np.stack(pair, 1), 1) for pair in ((a, b), (a, c))])
        unique, where = np.unique(edges, axis=0, return_inverse=True)
        start, end = unique.T
        share = (value[start] / (value[start] - value[end]))[:, None]
        offset = len(self.vertices)
        self.vertices = np.concatenate(
            [self.vertices, self.vertices[start] * (1 - share) + self.vertices[end] * share]
        )
        normals = self.normals[start] * (1 - share) + self.normals[end] * share
        normals /= np.linalg.norm(normals, axis=1, keepdims=True) + 1e-9
        self.normals = np.concatenate([self.normals, normals])
        ab, ac = np.split(where.ravel() + offset, 2)
        new = [np.stack(t, 1) for t in ((a, ab, ac), (ab, b, c), (ab, c, ac))]
        self.triangles = np.concatenate([self.triangles[~crossed], *new])
        self.face_material = np.concatenate([self.face_material[~crossed], material, material, material])

    def sink(self, material: str, depth: float, wall: str, cover: str | None = None, along=None) -> None:
        """Sink the faces of a material by `depth` metres, against their normals or along a direction
        (3,), with walls round them; `cover`: the material of a pane left where they were."""
        chosen = self.faces_of(material)
        if not chosen.any():
            return
        top = self.triangles[chosen]
        used = np.unique(top)
        moved = np.full(len(self.vertices), -1)
        moved[used] = np.arange(len(used)) + len(self.vertices)
        direction = self.normals[used] if along is None else np.broadcast_to(along, (len(used), 3))
        self.vertices = np.concatenate([self.vertices, self.vertices[used] - depth * direction])
        self.normals = np.concatenate([self.normals, self.normals[used]])
        self.triangles[chosen] = moved[top]
        edges = np.concatenate([top[:, [0, 1]], top[:, [1, 2]], top[:, [2, 0]]])
        _, which, count = np.unique(np.sort(edges, 1), axis=0, return_inverse=True, return_counts=True)
        self._add_walls(edges[count[which.ravel()] == 1], moved, wall)
        if cover is not None:
            self._add(top, cover)

    def _add_walls(self, rim: np.ndarray, moved: np.ndarray, material: str) -> None:
        """Quads from each edge of the rim (N, 2) to where it has moved."""
        ends = (rim[:, 0], rim[:, 1], moved[rim[:, 1]], moved[rim[:, 0]])
        corners = np.stack([self.vertices[end] for end in ends], 1)
        normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 3] - corners[:, 0])
        normals /= np.linalg.norm(normals, axis=1, keepdims=True) + 1e-12
        first = len(self.vertices) + 4 * np.arange(len(rim))[:, None]
        self.vertices = np.concatenate([self.vertices, corners.reshape(-1, 3)])
        self.normals = np.concatenate([self.normals, np.repeat(normals, 4, axis=0)])
        self._add(np.concatenate([first + np.array([0, 1, 2]), first + np.array([0, 2, 3])]), material)

    def _add(self, triangles: np.ndarray, material: str) -> None:
        self.triangles = np.concatenate([self.triangles, triangles])
        self.face_material = np.concatenate(
            [self.face_material, np.full(len(triangles), self.number(material))]
        )

    def mirror(self) -> None:
        """Add the other half, y -> -y."""
        count, flip = len(self.vertices), np.array([1.0, -1.0, 1.0])
        self.vertices = np.concatenate([self.vertices, self.vertices * flip])
        self.normals = np.concatenate([self.normals, self.normals * flip])
        self.triangles = np.concatenate([self.triangles, self.triangles[:, ::-1] + count])
        self.face_material = np.concatenate([self.face_material, self.face_material])
