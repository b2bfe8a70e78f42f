"""Deformations as they are seen from outside: where each pixel of a picture of ours was read."""

import numpy as np


def deform(student, image, mask, sigma=10.0, grid=3, seed: int | None = 0):
    """elastic_deform -> (image, mask), of the shapes and types that went in."""
    data = {"sigma": sigma, "grid": grid, "seed": seed}
    _, made = student.ask("elastic_deform", data, {"image": image, "mask": mask})
    for name, given in (("image", image), ("mask", mask)):
        seen = made[name]
        assert seen.shape == given.shape, (
            f"expected an {name} of shape {given.shape}, not {seen.shape}".replace("an mask", "a mask")
        )
        assert seen.dtype == given.dtype, f"expected the {name} as {given.dtype}, not {seen.dtype}"
    return made["image"], made["mask"]


def coordinates(count: int, height: int, width: int) -> np.ndarray:
    """(count, 2, height, width): the row and the column of every pixel, float32."""
    one = np.stack(np.meshgrid(np.arange(height), np.arange(width), indexing="ij")).astype(np.float32)
    return np.ascontiguousarray(np.broadcast_to(one, (count, 2, height, width)))


def displacements(student, count: int, height: int, width: int, **options) -> np.ndarray:
    """(count, 2, height, width): how far away each pixel was read. Not to be trusted beside the border."""
    image = coordinates(count, height, width)
    moved, _ = deform(student, image, np.zeros((count, height, width), np.uint8), **options)
    return moved.astype(np.float64) - image


def disc(height: int, width: int, radius: int) -> np.ndarray:
    """(height, width), bool."""
    row, column = np.ogrid[:height, :width]
    return (row - height // 2) ** 2 + (column - width // 2) ** 2 < radius**2
