"""How good a model's masks are, with the lab's own pipeline at 572 x 572."""

from collections.abc import Iterable

import numpy as np
from PIL import Image
from torch import nn

from assets.make.pairs import FULL_SIZE, Pair, read
from solution.infer import predict_mask


def dice(mask: np.ndarray, truth: np.ndarray) -> float:
    """2 |A and B| / (|A| + |B|) of two 0/1 arrays of equal shape; 1.0 if both are empty."""
    total = int(mask.sum()) + int(truth.sum())
    return 2 * int((mask & truth).sum()) / total if total else 1.0


def squashed(pair: Pair) -> tuple[Image.Image, Image.Image]:
    """Picture and mask at 572 x 572."""
    image, mask = read(pair)
    size = (FULL_SIZE, FULL_SIZE)
    return image.resize(size, Image.Resampling.BILINEAR), mask.resize(size, Image.Resampling.NEAREST)


def mask_and_truth(model: nn.Module, image: Image.Image, mask: Image.Image) -> tuple[np.ndarray, np.ndarray]:
    """The model's mask of a picture, and the true one, both (H, W) of 0 and 1."""
    return predict_mask(model, image), (np.asarray(mask) > 127).astype(np.uint8)


def dice_of_pairs(model: nn.Module, pairs: Iterable[Pair]) -> dict[str, float]:
    """{name: Dice} of every pair, picture and mask squashed to 572 x 572 first."""
    return {pair.image.stem: dice(*mask_and_truth(model, *squashed(pair))) for pair in pairs}
