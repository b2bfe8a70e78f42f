"""Numbers are compared with a tolerance that depends on their spread, whatever their type."""

import numpy as np
import pytest

from grader.compare import TOLERANCE, Mismatch, assert_same


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_a_difference_is_found_among_many_large_numbers(dtype):
    expected = np.where(np.arange(100_000) % 2, 60, -40).astype(dtype)  # their squares add up to 2.5e8
    assert_same(expected.copy(), expected, "scores")
    seen = expected.copy()
    seen[7] += 1
    with pytest.raises(Mismatch, match=r"expected 60 at \[7\] of scores, not 61"):
        assert_same(seen, expected, "scores")


def test_a_difference_below_the_tolerance_is_none():
    expected = np.where(np.arange(1000) % 2, 1.0, -1.0)
    assert_same(expected + 0.9 * TOLERANCE, expected, "scores")
    with pytest.raises(Mismatch):
        assert_same(expected + 1.1 * TOLERANCE, expected, "scores")
