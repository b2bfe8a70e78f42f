"""Losses and steps of gradient descent, followed in NumPy."""

import numpy as np


def bce(scores: np.ndarray, target: np.ndarray) -> float:
    """Mean over the pixels of -log p of what is there: scores (N, 1, H, W), target (N, H, W) of 0 and 1."""
    signed = np.where(target > 0, scores[:, 0], -scores[:, 0]).astype(np.float64)
    return float(np.logaddexp(0, -signed).mean())


def soft_max_loss(scores: np.ndarray, target: np.ndarray) -> float:
    """Mean over the pixels of -log p of the true class: scores (N, K, H, W), target (N, H, W)."""
    scores = scores.astype(np.float64)
    true = np.take_along_axis(scores, target[:, None], 1)[:, 0]
    return float((np.logaddexp.reduce(scores, axis=1) - true).mean())


def followed(
    image, mask, weights, momentum: float, weight_decay: float, rate: float, steps: int, kept: bool = False
):
    """Binary cross-entropy of kernel . image + bias in some steps; the rate falls to 0 in the second half.

    Shapes: image (3, H, W), mask (H, W), weights (4,) -> weights (4,), losses (steps,). kept: as if no step
    forgot the slopes of those before.
    """
    x = np.concatenate([image, np.ones_like(image[:1])]).reshape(4, -1).astype(np.float64)
    y, weights, velocity, losses = mask.reshape(-1), weights.astype(np.float64), np.zeros(4), []
    slope = np.zeros(4)
    for step in range(steps):
        scores = weights @ x
        losses.append(bce(scores.reshape(1, 1, -1, 1), y.reshape(1, -1, 1)))
        slope = x @ (1 / (1 + np.exp(-scores)) - y) / y.size + slope * kept
        velocity = momentum * velocity + slope + weight_decay * weights
        weights = weights - rate * min(1, 2 * (1 - step / steps)) * velocity
    return weights, np.array(losses)
