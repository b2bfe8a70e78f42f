"""The layers that lie over a picture."""

import numpy as np
import pytest
from PIL import Image, ImageFilter

from grader.outputs.pages.layers import STRIPE, _grown, _thick


@pytest.mark.parametrize("shape", [(60, 90), (7, 5), (3, 200)])
def test_areas_grow_as_by_pillow_s_filters_which_take_far_longer(shape):
    random = np.random.RandomState(7)
    squares = np.kron(random.rand(shape[0] // 10 + 1, shape[1] // 10 + 1) > 0.5, np.ones((10, 10), bool))
    area = squares[: shape[0], : shape[1]] ^ (random.rand(*shape) > 0.995)
    image, side = Image.fromarray(area).convert("L"), 2 * STRIPE + 1
    opened = image.filter(ImageFilter.MinFilter(side)).filter(ImageFilter.MaxFilter(side))
    np.testing.assert_array_equal(_thick(area), np.asarray(opened) > 0)
    np.testing.assert_array_equal(_grown(area, 2), np.asarray(image.filter(ImageFilter.MaxFilter(5))) > 0)
