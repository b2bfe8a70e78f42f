"""plot_image_and_mask, which students are given: the same in solution/ and student/."""

import importlib.util

import numpy as np
import pytest
from PIL import Image

from grader.lab.paths import SOLUTION, STUDENT


@pytest.fixture(params=[SOLUTION, STUDENT], ids=["solution", "student"])
def plot(request):
    spec = importlib.util.spec_from_file_location("given_infer", request.param / "infer.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.plot_image_and_mask


def test_the_car_is_bright_and_the_background_dark(plot):
    image = Image.new("RGB", (60, 40), (200, 180, 160))
    mask = np.zeros((40, 60), np.uint8)
    mask[10:30, 20:50] = 1
    tiles = np.asarray(plot(image, mask)).astype(int)
    assert tiles.shape == (40, 3 * 60 + 20, 3)
    picture, cover, laid_over = (tiles[:, start : start + 60] for start in (0, 70, 140))
    assert (picture == (200, 180, 160)).all()
    assert (cover[mask == 1] == 255).all()
    assert (cover[mask == 0] == 0).all()
    assert (laid_over[mask == 1] == (200, 180, 160)).all()
    assert laid_over[mask == 0].max() < 90


def test_large_pictures_are_shown_small_and_wrong_shapes_refused(plot):
    image = Image.new("L", (1200, 600), 128)
    assert plot(image, np.ones((600, 1200), np.uint8)).size == (3 * 600 + 20, 300)
    with pytest.raises(ValueError, match=r"expected a mask of shape \(600, 1200\), not \(1200, 600\)"):
        plot(image, np.ones((1200, 600), np.uint8))
