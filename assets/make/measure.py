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


def dice_of_pairs(model: nn.Module, pairs: Iterable[Pair]) -> dict[str, float]:
    """{name: Dice} of every pair, picture and mask squashed to 572 x 572 first."""
    scores = {}
    for pair in pairs:
        image, mask = (
            part.resize((FULL_SIZE, FULL_SIZE), how)
            for part, how in zip(read(pair), (Image.Resampling.BILINEAR, Image.Resampling.NEAREST))
        )
        scores[pair.image.stem] = dice(predict_mask(model, image), (np.asarray(mask) > 127).astype(np.uint8))
    return scores
