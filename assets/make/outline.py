"""How far the outlines of two masks lie apart."""

import numpy as np
import torch


def outline(mask: np.ndarray) -> np.ndarray:
    """(n, 2) rows and columns of the mask's pixels that touch one outside it, by an edge.

    The picture's border is no outline: a car that leaves the picture has none there.
    """
    padded = np.pad(mask.astype(bool), 1, mode="edge")
    inner = padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]
    return np.argwhere(mask.astype(bool) & ~inner)


def outline_error(mask: np.ndarray, truth: np.ndarray) -> float:
    """Mean distance between the outlines of two (H, W) masks, in pixels.

    From each point of either outline to the nearest of the other, each direction's mean with
    equal weight. inf if one of the two has no outline, 0.0 if neither has.
    """
    a, b = (torch.from_numpy(outline(part)).float() for part in (mask, truth))
    if not len(a) or not len(b):
        return 0.0 if len(a) == len(b) else float("inf")
    nearest = [
        torch.cat([torch.cdist(part, q).amin(1) for part in p.split(2048)]) for p, q in ((a, b), (b, a))
    ]
    return float(sum(part.mean() for part in nearest) / 2)
