"""Extension 4: the U-Net with BatchNorm, and checkpointing

Weights are drawn by the names that public weights have, so what is called otherwise computes
something else.
"""

import numpy as np

from grader.compare import assert_same
from grader.lab.state_dict import first_misfit
from grader.rubric import points

EXACT = 1e-10  # of the largest gradient, in float64


def assert_same_scores(student, reference, draw, height: int, width: int, **options) -> None:
    found, expected = (who.ask("batchnorm_keys", {"options": options})[0] for who in (student, reference))
    misfit = first_misfit(found["keys"], expected["keys"])
    assert not misfit, f"public weights do not fit: {misfit}"
    data, x = {"options": options, "seed": draw.seed()}, draw(1, 3, height, width) / 4
    seen, wanted = (who.ask("batchnorm_scores", data, {"x": x})[1]["y"] for who in (student, reference))
    assert_same(seen, wanted, f"the scores of {height} x {width} pixels")


@points(1)
def test_double_conv(student, reference, draw):
    """DoubleConv is (convolution, BatchNorm, ReLU) twice, under the public names"""
    for channels in ([3, 6], [4, 2, 5]):
        data, x = {"channels": channels, "seed": draw.seed()}, draw(2, channels[0], 6, 7)
        seen, expected = (who.ask("batchnorm_block", data, {"x": x})[1]["y"] for who in (student, reference))
        assert_same(seen, expected, f"the output of DoubleConv{tuple(channels)}")


@points(1, needs=test_double_conv)
def test_transposed(student, reference, draw):
    """Public weights fit the network with transposed convolutions, and give their scores"""
    assert_same_scores(student, reference, draw, 32, 48)


@points(1, needs=test_double_conv)
def test_odd_sizes(student, reference, draw):
    """Where a size is odd, the up-sampled map is padded to the skip's size"""
    skip_is_kept = {"channels": [4, 2], "bilinear": False, "seed": draw.seed()}
    for height, width in ((5, 7), (6, 9), (7, 6)):
        tensors = {"x": draw(1, 4, 2, 3), "skip": draw(1, 2, height, width)}
        seen, expected = (
            who.ask("batchnorm_up", skip_is_kept, tensors)[1]["y"] for who in (student, reference)
        )
        # The channels in any order: which map comes first is another check.
        seen, expected = (y[:, np.argsort(y.mean((0, 2, 3)))] for y in (seen, expected))
        assert_same(seen, expected, f"what Up concatenates for a skip of {height} x {width}")


@points(1, needs=test_double_conv)
def test_bilinear_and_older(student, reference, draw):
    """The bilinear and the older form are right, too"""
    data, tensors = (
        {"channels": [4, 2], "bilinear": True, "seed": 0},
        {"x": draw(1, 2, 3, 4), "skip": draw(1, 2, 6, 8)},
    )
    seen, expected = (who.ask("batchnorm_up", data, tensors)[1]["y"] for who in (student, reference))
    seen, expected = (y[:, np.argsort(y.mean((0, 2, 3)))] for y in (seen, expected))
    assert_same(seen, expected, "what a bilinear Up concatenates")
    for options in ({"bilinear": True}, {"older": True}):
        assert_same_scores(student, reference, draw, 32, 32, **options)


@points(1)
def test_checkpointing(student, draw):
    """Checkpointing keeps less, and changes neither gradients nor running statistics"""
    x = draw(2, 3, 32, 48).astype(np.float64) / 4
    _, found = student.ask("batchnorm_checkpointing", {"options": {}, "seed": draw.seed()}, {"x": x})
    plain, checkpointed = (
        {name.removeprefix(way): value for name, value in found.items() if name.startswith(way)}
        for way in ("plain_", "checkpointed_")
    )
    for name in ("scores", "gradients"):
        off = np.abs(plain[name] - checkpointed[name]).max()
        assert off <= EXACT * np.abs(plain[name]).max(), (
            f"expected the same {name} with checkpointing, not {off:.2g} off"
        )
    assert np.abs(plain["gradients"]).max() > 0, "expected gradients, but every one is 0"
    batches = int(checkpointed["batches"].max())
    assert batches == 1, f"expected each BatchNorm to count 1 batch in one step, not {batches}"
    off = np.abs(plain["statistics"] - checkpointed["statistics"]).max()
    assert off == 0, f"expected the same running statistics with checkpointing, not {off:.2g} off"
    kept = checkpointed["cost"][0] / plain["cost"][0]
    assert kept < 0.6, f"expected checkpointing to keep less for the backward pass, not {100 * kept:.0f} %"
