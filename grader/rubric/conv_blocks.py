"""TODO 1: the convolution blocks

Each block runs on its own, with the trained weights, on a quiet input and on a loud one. The quiet one
tells ReLU from activations that are smooth around zero; the loud one drives every activation far above 6
and far below 0, where ReLU6 and leaky ReLU show. Uneven sizes tell one padding from another.
"""

import numpy as np
import pytest

from grader.checking.as_a_whole import or_right_as_a_whole, unless_right_as_a_whole
from grader.checking.inputs import Draw
from grader.compare import assert_same
from grader.implementations import Implementation
from grader.lab.plan import BLOCK_CHANNELS_IN, UP_SAMPLE_CHANNELS_IN
from grader.language import _
from grader.rubric import points

LOUD = 32.0  # times the quiet input, whose values lie in [-4, 4]


def block_input(draw: Draw, name: str) -> np.ndarray:
    """The input of a block (2, C, 7, 9): the quiet one, and the loud one."""
    quiet = draw(1, BLOCK_CHANNELS_IN[name], 7, 9)
    return np.concatenate([quiet, LOUD * quiet])


def assert_same_each(seen: np.ndarray, expected: np.ndarray, what: str) -> None:
    """Each sample by itself: measured by the spread of the loud one, the quiet one would not count."""
    if seen.shape != expected.shape:
        assert_same(seen, expected, what)
    for one in range(len(expected)):
        assert_same(seen[one : one + 1], expected[one : one + 1], what)


def test_network_can_be_built(student: Implementation) -> None:
    """unet.py can be imported, and UNet is a network"""
    student.ask("can_be_built", {})


@points(3, needs=test_network_can_be_built)
@pytest.mark.parametrize("name", BLOCK_CHANNELS_IN)
@unless_right_as_a_whole
def test_block(student: Implementation, reference: Implementation, draw: Draw, name: str) -> None:
    """{name} computes what it should"""
    x = block_input(draw, name)
    expected = reference.block(name, x)
    what = _("the output of {name}").format(name=name)
    assert_same_each(student.block(name, x), expected, what)
    # In training mode the quiet one alone: what differs there shows in it, and a loud one takes as long.
    assert_same(student.block(name, x[:1], training=True), expected[:1], what)


@points(1, needs=test_network_can_be_built)
@unless_right_as_a_whole
def test_final_conv(student: Implementation, reference: Implementation, draw: Draw) -> None:
    """final_conv turns features into one score per pixel"""
    x = draw(2, 64, 5, 6)
    assert_same(
        student.block("final_conv", x), reference.block("final_conv", x), _("the output of final_conv")
    )


@points(1, needs=test_network_can_be_built)
def test_other_channels(student: Implementation, reference: Implementation, draw: Draw) -> None:
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
            assert_same(seen, expected, _("the output of {name} of UNet(1, 2)").format(name=name))


@points(1, needs=test_final_conv)
@unless_right_as_a_whole
def test_given_layers(student: Implementation, reference: Implementation, draw: Draw) -> None:
    """The four up-samplings are as they were given"""
    for name, channels in UP_SAMPLE_CHANNELS_IN.items():
        x = draw(1, channels, 3, 4)
        assert_same(
            student.block(name, x), reference.block(name, x), _("the output of {name}").format(name=name)
        )
