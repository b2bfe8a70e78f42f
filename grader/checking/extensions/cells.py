"""Pictures of touching cells, drawn by us."""

import numpy as np

from grader.checking.inputs import Draw
from grader.implementations import Array


def cells(draw: Draw, height: int, width: int, count: int, radius: int) -> Array:
    """Discs drawn one over the other, so that many touch: (height, width), int64, 0 for background."""
    row, column = np.ogrid[:height, :width]
    labels = np.zeros((height, width), np.int64)
    for number in range(1, count + 1):
        y, x = (int(draw.random.randint(side)) for side in (height, width))
        labels[(row - y) ** 2 + (column - x) ** 2 < radius**2] = number
    return labels
