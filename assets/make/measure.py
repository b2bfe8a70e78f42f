"""How well a mask agrees with the true one, and pictures as they are measured: at 572 x 572."""

import numpy as np
from PIL import Image

from assets.make.geometry import LAB_SIZE
from assets.make.pairs import Pair, read


def dice(mask: np.ndarray, truth: np.ndarray) -> float:
    """2 |A and B| / (|A| + |B|) of two 0/1 arrays of equal shape; 1.0 if both are empty."""
    total = int(mask.sum()) + int(truth.sum())
    return 2 * int((mask & truth).sum()) / total if total else 1.0


def squashed(pair: Pair) -> tuple[Image.Image, Image.Image]:
    """Picture and mask at 572 x 572."""
    image, mask = read(pair)
    size = (LAB_SIZE, LAB_SIZE)
    return image.resize(size, Image.Resampling.BILINEAR), mask.resize(size, Image.Resampling.NEAREST)
