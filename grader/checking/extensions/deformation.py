"""Deformations as they are seen from outside: where each pixel of a picture of ours was read.

The first two channels of such a picture are its own rows and columns. Deformed, they say where every pixel
was read; what the other channels hold must then have been read there, too. So an answer that was made for
another picture is told from one that was computed.
"""

import numpy as np

from grader.compare import Mismatch
from grader.implementations import Array, Implementation
from grader.implementations.arrays import REAL
from grader.language import N_, _

READ_TOLERANCE = 0.02  # values in [-4, 4], places in float32: right ones are off by 0.001


def deform(
    student: Implementation,
    image: Array,
    mask: Array,
    sigma: float = 10.0,
    grid: int = 3,
    seed: int | None = 0,
) -> tuple[Array, Array]:
    """elastic_deform -> (image, mask), of the shapes and types that went in."""
    data = {"sigma": sigma, "grid": grid, "seed": seed}
    tensors = {"image": image, "mask": mask}
    made = student.arrays("elastic_deform", data, tensors, kinds=REAL, image=None, mask=None)
    for name, one, it in (("image", N_("an image"), N_("the image")), ("mask", N_("a mask"), N_("the mask"))):
        seen, given = made[name], tensors[name]
        assert seen.shape == given.shape, _("expected {name} of shape {shape}, not {seen}").format(
            name=_(one), shape=given.shape, seen=seen.shape
        )
        assert seen.dtype == given.dtype, _("expected {name} as {dtype}, not {seen}").format(
            name=_(it), dtype=given.dtype, seen=seen.dtype
        )
    return made["image"], made["mask"]


def coordinates(count: int, height: int, width: int) -> Array:
    """The row and the column of every pixel: (count, 2, height, width), float32."""
    one = np.stack(np.meshgrid(np.arange(height), np.arange(width), indexing="ij")).astype(np.float32)
    return np.ascontiguousarray(np.broadcast_to(one, (count, 2, height, width)))


def with_coordinates(textures: Array) -> Array:
    """Textures (count, C, H, W) behind rows and columns: (count, 2 + C, H, W), float32."""
    count, _, height, width = textures.shape
    return np.concatenate([coordinates(count, height, width), textures], axis=1, dtype=np.float32)


def assert_read_there(moved: Array, image: Array, inner: tuple[slice, slice] = (slice(None),) * 2) -> None:
    """Every channel behind the coordinates was read, bilinearly, where the coordinates were.

    Shapes: both (N, 2 + C, H, W), `image` from `with_coordinates`. inner: the rows and columns to look at,
    where the border is for another check. Raises Mismatch.
    """
    seen = moved[:, 2:, inner[0], inner[1]]
    expected = bilinear(image[:, 2:], moved[:, :2, inner[0], inner[1]])
    off = np.abs(seen - expected).max()
    if not off < READ_TOLERANCE:  # nan is not, either
        raise Mismatch(
            _(
                "expected every channel to be read at the same places, bilinearly, but one is off by "
                "{off:.2g}"
            ).format(off=off),
            seen,
            expected,
        )


def bilinear(pictures: Array, places: Array) -> Array:
    """The values of pictures (N, C, H, W) at places (N, 2, h, w), in pixels -> (N, C, h, w), float64."""
    height, width = pictures.shape[2:]
    rows, columns = (
        np.clip(np.nan_to_num(places[:, axis].astype(np.float64)), 0, side - 1)
        for axis, side in ((0, height), (1, width))
    )
    top, left = (
        np.minimum(np.floor(at).astype(np.int64), max(side - 2, 0))
        for at, side in ((rows, height), (columns, width))
    )
    down, right = (rows - top)[:, None], (columns - left)[:, None]
    which = np.arange(len(pictures))[:, None, None]

    def at(row: Array, column: Array) -> Array:
        found: Array = pictures[which, :, np.minimum(row, height - 1), np.minimum(column, width - 1)]
        return np.moveaxis(found, -1, 1).astype(np.float64)

    upper = at(top, left) * (1 - right) + at(top, left + 1) * right
    lower = at(top + 1, left) * (1 - right) + at(top + 1, left + 1) * right
    read: Array = upper * (1 - down) + lower * down
    return read


def displacements(
    student: Implementation, count: int, height: int, width: int, sigma: float = 10.0, grid: int = 3
) -> Array:
    """How far away each pixel was read: (count, 2, height, width). Not to be trusted beside the border."""
    image = coordinates(count, height, width)
    moved, _ = deform(student, image, np.zeros((count, height, width), np.uint8), sigma, grid)
    return offsets(moved)


def offsets(moved: Array) -> Array:
    """The displacements in pixels, (N, 2, H, W), that a deformed picture with coordinates shows."""
    count, _, height, width = moved.shape
    found: Array = moved[:, :2].astype(np.float64) - coordinates(count, height, width)
    return found


def disc(height: int, width: int, radius: int, down: int = 0, right: int = 0) -> Array:
    """A disc in the middle, or so far from it: (height, width), bool."""
    row, column = np.ogrid[:height, :width]
    inside: Array = (row - height // 2 - down) ** 2 + (column - width // 2 - right) ** 2 < radius**2
    return inside
