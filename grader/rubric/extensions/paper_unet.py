"""Extension 1: the paper's U-Net, and overlapping tiles

The network is filled with weights of ours. For predict_tiled a network stands in whose scores are
known for every pixel, and which refuses what is more than a tile.
"""

import numpy as np

from grader.checking.extensions.tiles import SEAMLESS, TilesShow, whole
from grader.checking.inputs import Draw
from grader.compare import assert_same
from grader.implementations import Array, Implementation
from grader.language import _
from grader.rubric import points


@points(1)
def test_block(student: Implementation, reference: Implementation, draw: Draw) -> None:
    """A block is two unpadded convolutions, each with its ReLU"""
    data, x = {"channels": [3, 5], "seed": draw.seed()}, draw(2, 3, 9, 8)
    seen, expected = (
        who.array("paper_block", data, {"x": x}, ndim=4, what=_("the output of a block"))
        for who in (student, reference)
    )
    assert_same(seen, expected, _("the output of a block"))


@points(1)
def test_initialisation(student: Implementation, draw: Draw) -> None:
    """Weights are drawn as He et al. say, biases are 0"""
    # The numbers of channels are drawn, too: what was drawn for other layers does not fit.
    first, second, third = (low + int(draw.random.randint(17)) for low in (48, 112, 96))
    channels = [[first, 128], [second, 64], [third, 160]]
    data = {"seed": draw.seed(), "channels": channels}
    shapes = ((128, first, 3, 3), (second, 64, 2, 2), (160, third, 1, 1))
    kinds = (_("a 3x3 convolution"), _("an up-convolution"), _("a 1x1 convolution"))
    for number, (what, shape, incoming) in enumerate(zip(kinds, shapes, (9 * first, second, third))):
        weight, bias = (
            student.array("paper_initialise", data, name=f"{number}_{part}", shape=sides, what=f"the {part}")
            for part, sides in (("weight", shape), ("bias", None))
        )
        weight = weight.astype(np.float64)
        expected = (2 / incoming) ** 0.5
        assert abs(weight.std() / expected - 1) < 0.04, (  # seven standard errors of the smallest layer
            _(
                "expected weights of standard deviation {expected:.4f} in {what} with {channels} "
                "channels in, not {std:.4f}"
            ).format(expected=expected, what=what, channels=channels[number][0], std=weight.std())
        )
        assert abs(weight.mean()) < 0.05 * expected, _("expected weights of mean 0, not {mean:.4f}").format(
            mean=weight.mean()
        )
        kurtosis = ((weight / weight.std()) ** 4).mean()
        assert 2.6 < kurtosis < 3.4, _(
            "expected a Gaussian (kurtosis 3), not one of kurtosis {kurtosis:.2f}"
        ).format(kurtosis=kurtosis)
        assert not bias.any(), _("expected biases of 0 in {what}, not {max:.3g}").format(
            what=what, max=np.abs(bias).max()
        )


@points(1, needs=test_block)
def test_scores(student: Implementation, reference: Implementation, draw: Draw) -> None:
    """188 x 204 pixels give 4 x 20 scores, and the right ones"""
    data, x = {"seed": draw.seed()}, draw(1, 2, 188, 204) / 2
    seen, expected = (
        who.array("paper_scores", data, {"x": x}, ndim=4, what=_("the scores"))
        for who in (student, reference)
    )
    assert_same(seen, expected, _("the scores"))


def assert_seamless(student: Implementation, image: Array, tile: int) -> None:
    """The scores of the tiles are those of the whole picture (C, H, W). Raises TilesShow."""
    most = 4 * (tile + 15 + 184) ** 2  # four tiles at a time are still bounded by the tile
    what = _("the scores of {shape} x {seen} pixels in tiles of {tile}").format(
        shape=image.shape[1], seen=image.shape[2], tile=tile
    )
    seen = student.array("paper_tiled", {"tile": tile, "most": most}, {"image": image}, ndim=3, what=what)
    expected = whole(image)
    if seen.shape != expected.shape:
        assert_same(seen, expected, what)
    off = np.abs(seen - expected).max(0)
    if not off.max() <= SEAMLESS * expected.std():  # nan is not, either
        row, column = np.unravel_index(int(np.argmax(off > SEAMLESS * expected.std())), off.shape)
        message = _(
            "expected {what} to be those of the whole picture: from [{row}, {column}] on they are not"
        ).format(what=what, row=row, column=column)
        raise TilesShow(message, seen, expected, image)


@points(1)
def test_tiles(student: Implementation, draw: Draw) -> None:
    """Tiles do not show, whatever the size of the picture and the tile"""
    # In the last picture the tiles at the end, which begin 64 apart, give three pixels more.
    sizes = ((150, 231), 68), ((440, 397), 100), ((203, 140), 35), ((388, 392), 388), ((131, 195), 68)
    for size, tile in sizes:
        assert_seamless(student, draw(2, *size), tile)


@points(1)
def test_small_pictures(student: Implementation, draw: Draw) -> None:
    """Pictures smaller than the border are mirrored as often as it takes"""
    for size, tile in (((60, 47), 36), ((93, 92), 52), ((5, 140), 20), ((2, 3), 388), ((1, 1), 20)):
        assert_seamless(student, draw(1, *size), tile)
