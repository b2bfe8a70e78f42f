"""The distance between two outlines, of shapes whose distance is known."""

import numpy as np
import pytest

from assets.make.outline import outline, outline_error


def disc(radius: float, size: int = 120, centre: tuple[float, float] = (60, 60)) -> np.ndarray:
    y, x = np.mgrid[:size, :size]
    return (y - centre[0]) ** 2 + (x - centre[1]) ** 2 <= radius**2


def test_of_equal_masks_is_nothing():
    assert outline_error(disc(30), disc(30)) == 0


@pytest.mark.parametrize("wider", [2, 5, 9])
def test_of_discs_in_one_another_is_the_difference_of_their_radii(wider):
    assert outline_error(disc(40 + wider), disc(40)) == pytest.approx(wider, abs=0.3)
    assert outline_error(disc(40), disc(40 + wider)) == pytest.approx(wider, abs=0.3)


def test_a_stray_patch_counts_with_its_distance():
    stray = disc(30) | disc(4, centre=(60, 112))
    patch, whole = outline(disc(4, centre=(60, 112))), outline(stray)
    mean_from_patch = np.mean([min(np.hypot(*(point - outline(disc(30))).T)) for point in patch])
    expected = mean_from_patch * len(patch) / len(whole) / 2
    assert outline_error(stray, disc(30)) == pytest.approx(expected, rel=1e-5)


def test_the_border_of_the_picture_is_no_outline():
    mask = np.zeros((20, 30), np.uint8)
    mask[:, :10] = 1
    assert sorted(map(tuple, outline(mask))) == [(row, 9) for row in range(20)]


def test_without_an_outline_the_error_is_zero_or_infinite():
    nothing, car = np.zeros((120, 120), np.uint8), disc(20)
    assert outline_error(nothing, nothing) == 0
    assert outline_error(nothing, car) == outline_error(car, nothing) == float("inf")
