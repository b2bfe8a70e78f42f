"""What the stand-in of predict_tiled gives for a whole picture.

The stand-in is in grader/sandbox/calls/extensions/paper_unet.py.
"""

from typing import Literal

import numpy as np

from grader.compare import Mismatch
from grader.implementations import Array

SEAMLESS = 1e-4  # of the scores' spread
BORDER = 92  # pixels that the network takes off every side

Mode = Literal["reflect", "symmetric", "edge", "constant"]  # of np.pad


class TilesShow(Mismatch):
    """Scores that are not those of the whole picture; the picture is there to explain it."""

    def __init__(self, message: str, seen: Array, expected: Array, image: Array) -> None:
        super().__init__(message, seen, expected)
        self.image = image


def whole(image: Array, mode: Mode = "reflect", border: int = BORDER) -> Array:
    """The scores of an image (C, H, W) as a whole: (2, H, W).

    NumPy extends the image, by 92 pixels on every side and up to the next size that the network takes.
    """
    _, height, width = image.shape
    more = (border, 2 * BORDER - border + 16)
    x: Array = np.pad(image.mean(0, dtype=np.float32), (more, more), mode=mode)
    rows, columns = (side + (4 - side) % 16 for side in (height, width))
    x = x[: rows + 2 * BORDER, : columns + 2 * BORDER]
    inner = x[6:-6, 6:-6]
    pooled = inner.reshape(inner.shape[0] // 16, 16, inner.shape[1] // 16, 16).max((1, 3))[5:-5, 5:-5]
    pooled = pooled.repeat(16, 0).repeat(16, 1)[6:-6, 6:-6]
    middle = x[BORDER:-BORDER, BORDER:-BORDER] + 2 * pooled
    corners = x[: -2 * BORDER, : -2 * BORDER] - 3 * x[2 * BORDER :, 2 * BORDER :]
    both: Array = np.stack([middle, corners])[:, :height, :width]
    return both
