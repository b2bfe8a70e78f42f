"""Comparing numbers and masks, with a tolerance that has a reason."""

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

# Of the spread (standard deviation) of the expected values. benchmarks/tolerance.py: threads, memory
# layout and oneDNN move right answers by at most 3e-5; the mildest known mistake (one leaky ReLU) by 0.1.
TOLERANCE = 5e-4
# Pixels whose probability lies this close to the threshold may fall on either side.
DEAD_BAND = 0.01
# Of a value in [0, 1]: one and a half steps of an 8-bit picture, since resizing rounds.
PIXEL_TOLERANCE = 1.5 / 255


class Mismatch(AssertionError):
    """Numbers that differ: the message states the fact, and the arrays are there to explain it."""

    def __init__(self, message: str, seen: Array, expected: Array):
        super().__init__(message)
        self.seen, self.expected = seen, expected


def assert_same(seen: Array, expected: Array, what: str) -> None:
    """Compare shape, type and values, in this order. Raises Mismatch with the first difference."""
    if seen.shape != expected.shape:
        raise Mismatch(f"expected {what} to have shape {expected.shape}, not {seen.shape}", seen, expected)
    if seen.dtype != expected.dtype:
        raise Mismatch(f"expected {what} to be {expected.dtype}, not {seen.dtype}", seen, expected)
    if not np.isfinite(seen).all():
        raise Mismatch(
            f"expected finite numbers in {what}, not {np.count_nonzero(~np.isfinite(seen))} nan or inf",
            seen,
            expected,
        )
    distance = np.abs(seen.astype(np.float64) - expected.astype(np.float64))
    spread = float(expected.std(dtype=np.float64)) or 1.0  # a sum of float16 would soon be infinite
    if expected.size and distance.max() > TOLERANCE * spread:
        at = np.unravel_index(int(distance.argmax()), distance.shape)
        wrong = 100 * np.count_nonzero(distance > TOLERANCE * spread) / distance.size
        place = ", ".join(str(int(i)) for i in at)
        raise Mismatch(
            f"expected {expected[at]:.4g} at [{place}] of {what}, not {seen[at]:.4g} "
            f"({max(wrong, 0.1):.3g} % of the values differ)",
            seen,
            expected,
        )


def assert_same_pixels(seen: Array, expected: Array, what: str) -> None:
    """Compare resized pictures: resizing the tensor, which rounds differently, is just as right.

    Raises Mismatch for another shape or type, or where more than 1 % of the values are off by more than
    PIXEL_TOLERANCE.
    """
    if seen.shape != expected.shape or seen.dtype != expected.dtype:
        assert_same(seen, expected, what)
    off = np.abs(seen - expected) > PIXEL_TOLERANCE
    if not np.isfinite(seen).all() or off.mean() > 0.01:
        at = np.unravel_index(int(np.argmax(np.abs(np.nan_to_num(seen) - expected))), seen.shape)
        raise Mismatch(
            f"expected {expected[at]:.3f} at {list(map(int, at))} of {what}, not {seen[at]:.3f} "
            f"({100 * off.mean():.3g} % of the values differ)",
            seen,
            expected,
        )


def iou(mask: Array, truth: Array) -> float:
    """|A and B| / |A or B| of two masks of equal shape; 1.0 if both are empty."""
    mask, truth = mask > 0, truth > 0
    union = np.count_nonzero(mask | truth)
    return np.count_nonzero(mask & truth) / union if union else 1.0


def assert_same_mask(seen: Array, low: Array, high: Array, expected: Array) -> None:
    """Compare a mask (H, W) with the expected one, except for pixels close to the threshold. Raises Mismatch.

    low, high: the masks at thresholds a DEAD_BAND lower and higher; a pixel in which they differ is close.
    """
    if seen.shape != expected.shape:
        raise Mismatch(
            f"expected a mask of shape {expected.shape} (height, width), not {seen.shape}", seen, expected
        )
    settled = low == high
    wrong = np.count_nonzero(((seen > 0) != (expected > 0)) & settled)
    if wrong:
        raise Mismatch(
            f"expected another mask: {wrong} of {settled.sum()} pixels differ, IoU {iou(seen, expected):.3f}",
            seen,
            expected,
        )
