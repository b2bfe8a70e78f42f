"""The loss that makes the network learn the thin borders between touching cells.

O. Ronneberger, P. Fischer and T. Brox, "U-Net" (2015), section 3, equations (1) and (2), figure 3:
a weight for every pixel, computed before training from the ground truth,

    w(x) = w_c(x) + w0 * exp(-(d1(x) + d2(x))^2 / (2 sigma^2))

with d1 and d2 the distances from x to the nearest and to the second nearest cell, w0 = 10 and sigma
about 5 pixels, and the soft-max cross-entropy that counts every pixel with its weight.

Fill the places marked TODO E3; `distance_to` is given. Next file: batchnorm_unet.py.
"""

import math

import torch
from torch import nn

REACH_SIGMAS = 6  # at 6 sigma the term is w0 * 1.5e-8: lost in float32 beside a w_c of about 1


def distance_to(cell: torch.Tensor, reach: int) -> torch.Tensor:
    """How far every pixel is from the cell's nearest pixel: bool (h, w) -> float32 (h, w).

    Units: pixels, between centres, so 0 in the cell and 1 beside it. Exact up to `reach`; pixels
    farther away get some larger number, or infinity.
    """
    squared = torch.where(cell, 0.0, torch.inf)
    for axis in (0, 1):  # the squared distance is a sum over the axes: the nearest by column, then by row
        source, size = squared, cell.shape[axis]
        squared = source.clone()
        for shift in range(1, min(reach, size - 1) + 1):
            low, high = (0, size - shift), (shift, size - shift)
            squared.narrow(axis, *low).clamp_(max=source.narrow(axis, *high) + shift**2)
            squared.narrow(axis, *high).clamp_(max=source.narrow(axis, *low) + shift**2)
    return squared.sqrt()


def class_balance(labels: torch.Tensor) -> torch.Tensor:
    """w_c: both classes, cells and background, weigh the same in total: (H, W) -> float32 (H, W).

    A pixel's weight is the number of all pixels over twice the number of pixels in its class, so the
    mean is 1. Where there is only one class, every weight is 1.
    Source: section 3, "the weight map to balance the class frequencies".
    """
    foreground = labels.long() > 0  # torch compares no unsigned numbers of 16 bits
    # TODO E3: weigh the pixels of each of the two classes.
    raise NotImplementedError("TODO E3: weigh the pixels of each of the two classes")


def weight_map(labels: torch.Tensor, w0: float = 10.0, sigma: float = 5.0) -> torch.Tensor:
    """Equation (2): labels (H, W) of any integer type, 0 background, 1..n the cells -> weights, float32.

    d1 is 0 within a cell, and d2 the distance from there to the nearest other one; where there are
    fewer than two cells the second term is 0. Numbers may be missing, and a cell may be in pieces.
    Units: sigma in pixels. Error: below 1e-6 * w0, because cells farther away than 6 sigma are ignored.
    Raises: ValueError for labels that are not (H, W), or a sigma that is not positive.
    """
    if labels.dim() != 2 or sigma <= 0:
        raise ValueError(f"expected labels (H, W) and sigma > 0, not {tuple(labels.shape)} and {sigma}")
    labels, reach = labels.long(), math.ceil(REACH_SIGMAS * sigma)
    nearest = torch.full(labels.shape, torch.inf, device=labels.device)
    second = nearest.clone()
    # TODO E3: find d1 and d2 for every pixel, then the weights. 200 cells of 512 x 512 pixels
    # should not take two seconds: how much of the picture does one cell concern?
    raise NotImplementedError("TODO E3: find d1 and d2 for every pixel, then the weights")


def weighted_cross_entropy(scores: torch.Tensor, target: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """Equation (1): the sum over all pixels of -w(x) log p(x), p the soft-max of the true class.

    Shapes: scores (N, K, H, W), target (N, H, W) with classes 0..K-1, weights (N, H, W) -> ().
    A sum, as in the paper; divide by target.numel() for a step size that does not depend on the
    picture's size. (The paper writes the sum without the minus; it is minimised with it.)
    Raises: ValueError where target and weights differ in shape: they would be broadcast.
    """
    if target.shape != weights.shape:
        raise ValueError(f"expected weights {tuple(target.shape)}, not {tuple(weights.shape)}")
    # TODO E3: compute the loss. Scores may be as large as 1000: is the logarithm still finite?
    raise NotImplementedError("TODO E3: compute the loss")
