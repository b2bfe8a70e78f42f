"""TODO 1: the convolution blocks

Each block is run on its own, with the trained weights, on inputs large enough to tell ReLU
from ReLU6 and uneven enough to tell one padding from another.
"""

import pytest

from grader.checking.as_a_whole import or_right_as_a_whole
from grader.compare import assert_same
from grader.lab.plan import BLOCK_CHANNELS_IN, UP_SAMPLE_CHANNELS_IN
from grader.rubric import points


def test_network_can_be_built(student):
    """unet.py can be imported, and UNet is a network"""
    student.ask("can_be_built", {})


@points(3, needs=test_network_can_be_built)
@pytest.mark.parametrize("name", BLOCK_CHANNELS_IN)
def test_block(student, reference, draw, name):
    """{name} computes what it should"""
    x = draw(1, BLOCK_CHANNELS_IN[name], 7, 9)
    with or_right_as_a_whole(student, reference, draw):
        for training in (False, True):
            assert_same(student.block(name, x, training), reference.block(name, x), f"the output of {name}")


@points(1, needs=test_network_can_be_built)
def test_final_conv(student, reference, draw):
    """final_conv turns features into one score per pixel"""
    x = draw(2, 64, 5, 6)
    with or_right_as_a_whole(student, reference, draw):
        assert_same(
            student.block("final_conv", x), reference.block("final_conv", x), "the output of final_conv"
        )


@points(1, needs=test_network_can_be_built)
def test_other_channels(student, reference, draw):
    """UNet(1, 2) takes 1 channel and gives 2 scores per pixel"""
    first = {
        "0.weight": draw(64, 1, 3, 3),
        "0.bias": draw(64),
        "2.weight": draw(64, 64, 3, 3),
        "2.bias": draw(64),
    }
    last = {"weight": draw(2, 64, 1, 1), "bias": draw(2)}
    parts = (("down_conv1", draw(1, 1, 6, 7), first), ("final_conv", draw(1, 64, 6, 7), last))
    with or_right_as_a_whole(student, reference, draw, channels=(1, 2)):
        for name, x, weights in parts:
            seen = student.block(name, x, channels=(1, 2), weights=weights)
            expected = reference.block(name, x, channels=(1, 2), weights=weights)
            assert_same(seen, expected, f"the output of {name} of UNet(1, 2)")


@points(1, needs=test_final_conv)
def test_given_layers(student, reference, draw):
    """The four up-samplings are as they were given"""
    for name, channels in UP_SAMPLE_CHANNELS_IN.items():
        x = draw(1, channels, 3, 4)
        with or_right_as_a_whole(student, reference, draw):
            assert_same(student.block(name, x), reference.block(name, x), f"the output of {name}")
