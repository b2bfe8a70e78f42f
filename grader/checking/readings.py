"""Pictures and masks compared with every reading of TODO 4 that a careful student may have."""

from collections.abc import Callable

import numpy as np

from grader.compare import Mismatch, assert_same_pixels
from grader.implementations import Implementation, Picture
from grader.lab.readings import EVERY, FILTERS, MASKS, given_input
from grader.language import _

FAR = 0.25  # of a value in [0, 1]: smooth filters differ by that much only on a few sharp edges
FEW = 0.02  # of all values


def assert_right_pixels(seen: np.ndarray, reference: Implementation, picture: Picture, what: str) -> None:
    """Compare what preprocess gives with the reference's, by any smooth filter. Raises Mismatch."""
    expected = reference.preprocess(picture)
    try:
        assert_same_pixels(seen, expected, what)
    except Mismatch:
        if seen.shape != expected.shape or seen.dtype != expected.dtype:
            raise
        if not np.mean(np.abs(seen - expected) > FAR) <= FEW:  # nan is not few
            raise
        part = seen[..., ::EVERY, ::EVERY]
        if not any(_is_same(part, reference.preprocess(picture, EVERY, reading)) for reading in FILTERS):
            raise


def assert_right_input(seen: np.ndarray, reference: Implementation, picture: Picture, what: str) -> None:
    """The same for what predict_mask gives the network, which may come from our stand-in for preprocess."""
    reference.preprocess(picture)  # asked in any case, so that its answer is among the frozen ones
    if not np.array_equal(seen, given_input()):
        assert_right_pixels(seen, reference, picture, what)


def by_any_reading(compare: Callable[[str | None], None]) -> None:
    """Compare by the reference itself, then by its other readings. Raises the first one's Mismatch."""
    try:
        compare(None)
    except Mismatch:
        for reading in MASKS:
            try:
                return compare(reading)
            except Mismatch:
                continue
        raise


def _is_same(seen: np.ndarray, expected: np.ndarray) -> bool:
    try:
        assert_same_pixels(seen, expected, _("the picture"))
    except Mismatch:
        return False
    return True
