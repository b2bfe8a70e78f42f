"""Comparing numbers and masks, with a tolerance that has a reason."""

from typing import Any

import numpy as np
import numpy.typing as npt

from grader.language import _

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
        raise Mismatch(
            _("expected {what} to have shape {shape}, not {seen}").format(
                what=what, shape=expected.shape, seen=seen.shape
            ),
            seen,
            expected,
        )
    if seen.dtype != expected.dtype:
        raise Mismatch(
            _("expected {what} to be {dtype}, not {seen}").format(
                what=what, dtype=expected.dtype, seen=seen.dtype
            ),
            seen,
            expected,
        )
    if not np.isfinite(seen).all():
        raise Mismatch(
            _("expected finite numbers in {what}, not {count_nonzero} nan or inf").format(
                what=what, count_nonzero=np.count_nonzero(~np.isfinite(seen))
            ),
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
            _(
                "expected {expected:.4g} at [{place}] of {what}, not {seen:.4g} ({wrong:.3g} % of the "
                "values differ)"
            ).format(expected=expected[at], place=place, what=what, seen=seen[at], wrong=max(wrong, 0.1)),
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
    if np.array_equal(seen, expected):  # the usual case, in a fraction of the time; nan equals nothing
        return
    off = np.abs(seen - expected) > PIXEL_TOLERANCE
    if not np.isfinite(seen).all() or off.mean() > 0.01:
        at = np.unravel_index(int(np.argmax(np.abs(np.nan_to_num(seen) - expected))), seen.shape)
        raise Mismatch(
            _(
                "expected {expected:.3f} at {place} of {what}, not {seen:.3f} ({mean:.3g} % of the "
                "values differ)"
            ).format(
                expected=expected[at],
                place=list(map(int, at)),
                what=what,
                seen=seen[at],
                mean=100 * off.mean(),
            ),
            seen,
            expected,
        )


def is_same(seen: Array, expected: Array) -> bool:
    """Whether `assert_same_pixels` has nothing to say."""
    try:
        assert_same_pixels(seen, expected, "")
    except Mismatch:
        return False
    return True


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
            _("expected a mask of shape {shape} (height, width), not {seen}").format(
                shape=expected.shape, seen=seen.shape
            ),
            seen,
            expected,
        )
    settled = low == high
    wrong = np.count_nonzero(((seen > 0) != (expected > 0)) & settled)
    if wrong:
        raise Mismatch(
            _("expected another mask: {wrong} of {sum} pixels differ, IoU {seen:.3f}").format(
                wrong=wrong, sum=settled.sum(), seen=iou(seen, expected)
            ),
            seen,
            expected,
        )
