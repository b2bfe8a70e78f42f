"""Losses and steps of gradient descent, followed in NumPy."""

import numpy as np

from grader.implementations import Array


def bce(scores: Array, target: Array) -> float:
    """Binary cross-entropy, the mean over the pixels: scores (N, 1, H, W), target (N, H, W) of 0 and 1."""
    signed = np.where(target > 0, scores[:, 0], -scores[:, 0]).astype(np.float64)
    return float(np.logaddexp(0, -signed).mean())


def soft_max_loss(scores: Array, target: Array) -> float:
    """Soft-max cross-entropy, the mean over the pixels: scores (N, K, H, W), target (N, H, W) of classes."""
    scores = scores.astype(np.float64)
    true = np.take_along_axis(scores, target[:, None], 1)[:, 0]
    return float((np.logaddexp.reduce(scores, axis=1) - true).mean())


def followed(
    image: Array,
    mask: Array,
    weights: Array,
    momentum: float,
    weight_decay: float,
    rate: float,
    steps: int,
    kept: bool = False,
) -> tuple[Array, Array]:
    """Some steps that minimise the binary cross-entropy of kernel . image + bias.

    The learning rate falls to 0 in the second half. kept: gradients add up, as if none was ever cleared.
    Shapes: image (3, H, W), mask (H, W), weights (4,) -> weights (4,), losses (steps,).
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
