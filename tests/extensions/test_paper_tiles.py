"""Tiles do not show in the scores of the paper's U-Net."""

import numpy as np
import pytest
import torch
from torch import nn

from solution.extensions import paper_unet

SEAMLESS = 1e-4  # of the scores' spread; measured 1e-6; a tile off the pooling grid gives 0.5


def whole(model, image):
    """Scores of the whole picture at once; NumPy mirrors the border."""
    height, width = image.shape[1:]
    below, right = ((4 - side) % 16 for side in (height, width))
    border = ((0, 0), (92, 92 + below), (92, 92 + right))
    padded = torch.from_numpy(np.pad(image.numpy(), border, mode="reflect"))
    with torch.no_grad():
        return model(padded[None])[0, :, :height, :width]


def distance(tiled, expected):
    assert tiled.shape == expected.shape
    return float((tiled - expected).abs().max() / (expected.max() - expected.min()))


@pytest.mark.parametrize("size", [1, 2, 3, 5, 92, 93, 94, 500])
def test_rows_are_mirrored_as_numpy_does(size):
    expected = np.pad(np.arange(size), (92, 300), mode="reflect")
    assert paper_unet.mirrored(-92, size + 300, size).tolist() == expected.tolist()


def test_the_border_pixel_is_not_repeated():
    assert paper_unet.mirrored(-2, 5, 3).tolist() == [2, 1, 0, 1, 2, 1, 0]


@pytest.mark.parametrize(
    ("size", "tile"),
    [
        ((388, 388), 388),  # a tile that fits
        ((400, 200), 388),  # a bit more than a tile
        ((61, 140), 52),  # many tiles, no multiple
        ((100, 100), 37),  # a tile that the network cannot give, rounded up to 52
        ((70, 33), 1),  # the smallest tile
        ((150, 41), 1000),  # a tile larger than the picture
        ((37, 5), 36),  # smaller than the border
        ((2, 90), 20),  # mirrored many times over
        ((1, 1), 388),
    ],
)
def test_tiles_do_not_show(narrow_paper_unet, size, tile):
    image = torch.rand(3, *size, generator=torch.Generator().manual_seed(sum(size)))
    assert (
        distance(paper_unet.predict_tiled(narrow_paper_unet, image, tile), whole(narrow_paper_unet, image))
        < SEAMLESS
    )


def test_random_sizes_and_tiles(narrow_paper_unet):
    generator = torch.Generator().manual_seed(0)
    for _ in range(12):
        height, width, tile = torch.randint(1, 160, (3,), generator=generator).tolist()
        image = torch.rand(3, height, width, generator=generator)
        off = distance(
            paper_unet.predict_tiled(narrow_paper_unet, image, tile), whole(narrow_paper_unet, image)
        )
        assert off < SEAMLESS, (height, width, tile)


def test_the_model_never_sees_more_than_a_tile_and_not_more_tiles_than_needed():
    seen = []

    class Spy(nn.Module):
        def forward(self, x):
            seen.append(tuple(x.shape))
            return x[:, :2, 92:-92, 92:-92]

    image = torch.rand(3, 1000, 772)
    assert torch.equal(paper_unet.predict_tiled(Spy(), image), image[:2])
    assert seen == [(1, 3, 572, 572)] * 6, "3 x 2 tiles, of which each covers 384 new pixels"


def test_what_predict_tiled_leaves_behind(narrow_paper_unet):
    image = torch.rand(3, 30, 30)
    before = image.clone()
    scores = paper_unet.predict_tiled(narrow_paper_unet.train(), image, 20)
    assert not scores.requires_grad
    assert not narrow_paper_unet.training
    assert torch.equal(image, before)


@pytest.mark.parametrize(("shape", "tile"), [((3, 30, 30), 0), ((3, 0, 30), 20), ((1, 3, 30, 30), 20)])
def test_what_predict_tiled_refuses(narrow_paper_unet, shape, tile):
    with pytest.raises(ValueError, match="expected a tile"):
        paper_unet.predict_tiled(narrow_paper_unet, torch.zeros(shape), tile)
