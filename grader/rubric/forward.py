"""TODO 3: forward

What the student wrote elsewhere is replaced by stand-ins with random weights that we send (see
grader/sandbox/calls/stand_ins.py), so the result depends on the wiring of forward and on nothing else.
With a concat stand-in that passes on its first input only the way down and up counts; with one that mixes
both, every skip does. Where the way is wrong, other stand-ins follow the skips alone, so that one mistake is
paid for once. All look at what final_conv gives, and what is returned is a check of its own. In the end the
network runs as a whole, with the student's own parts.
"""

import numpy as np

from grader.checking.as_a_whole import (
    UNCROPPED,
    assert_right_as_a_whole,
    is_right_as_a_whole,
    unless_right_as_a_whole,
)
from grader.checking.inputs import Draw
from grader.checking.stand_ins import skip_marks, stand_ins
from grader.compare import Mismatch, assert_same
from grader.implementations import Implementation, SubmissionFault
from grader.language import _
from grader.rubric import Checking, conv_blocks, crop_and_concat, points

ODD = (46, 37)  # each of the four poolings gets a map with an odd side


def assert_right_way(student: Implementation, reference: Implementation, draw: Draw) -> None:
    """The way, without what the skips bring; asked for by two checks, with the same numbers."""
    own = Draw("forward.way", draw.hidden)
    x, weights = own(1, 3, *ODD), stand_ins(own, skips=False)
    assert_same(student.forward(x, weights).final, reference.forward(x, weights).scores, _("the scores"))


def assert_right_marks(student: Implementation, reference: Implementation, draw: Draw) -> None:
    """Which skip arrives where, whatever the way does: the same in every pixel."""
    own = Draw("forward.marks", draw.hidden)
    x, marks = own(1, 3, *ODD), skip_marks(own)
    expected = reference.forward(x, marks).scores
    assert_same(student.forward(x, marks).final[:, :, :1, :1], expected[:, :, :1, :1], _("the scores"))


def holds(check: Checking, *question: Implementation | Draw) -> bool:
    """Whether it raises nothing that costs points."""
    try:
        check(*question)
    except (AssertionError, SubmissionFault):
        return False
    return True


@unless_right_as_a_whole
def test_forward_runs(student: Implementation, reference: Implementation, draw: Draw) -> None:
    """forward runs from end to end"""
    student.forward(draw(1, 3, *ODD), stand_ins(draw))


@points(4, needs=test_forward_runs)
@unless_right_as_a_whole
def test_shape(student: Implementation, reference: Implementation, draw: Draw) -> None:
    """forward returns one score per pixel: 16 * (H // 16) x 16 * (W // 16)"""
    x, weights = draw(2, 3, 44, 60), stand_ins(draw)
    expected = reference.forward(x, weights).scores.shape
    seen = student.forward(x, weights).scores.shape
    given = _("for an input of shape {shape}").format(shape=x.shape)
    assert seen == expected, _("expected scores of shape {expected} {given}, not {seen}").format(
        expected=expected, given=given, seen=seen
    )


@points(8, needs=test_forward_runs)
@unless_right_as_a_whole
def test_way_down_and_up(student: Implementation, reference: Implementation, draw: Draw) -> None:
    """The way down, through the middle and up again is right"""
    assert_right_way(student, reference, draw)


@points(9, needs=test_forward_runs)
@unless_right_as_a_whole
def test_skips(student: Implementation, reference: Implementation, draw: Draw) -> None:
    """Every level of the way up gets the features kept at that level"""
    x, weights = draw(1, 3, *ODD), stand_ins(draw)
    seen, expected = student.forward(x, weights).final, reference.forward(x, weights).scores
    question = student, reference, draw
    try:
        assert_same(seen, expected, _("the scores"))
        if reference.records:
            assert_right_marks(*question)
    except Mismatch:
        # A wrong way changes what the skips bring, too. It is paid for above: then they are followed alone.
        if holds(assert_right_way, *question) or not holds(assert_right_marks, *question):
            raise


@points(4, needs=(test_shape, test_way_down_and_up, test_skips))
@unless_right_as_a_whole
def test_nothing_else(student: Implementation, reference: Implementation, draw: Draw) -> None:
    """forward returns the scores as they are, the same ones again, and leaves its input as it was"""
    x, weights = draw(1, 3, 44, 36), stand_ins(draw)
    expected = reference.forward(x, weights).scores
    middle = np.median(expected)  # half of the scores get below 0: what a ReLU at the end takes away
    weights["final_conv"][:, -1] -= middle
    expected = expected - middle
    for again, training in enumerate((False, False, True)):
        seen = student.forward(x, weights, training, again)
        assert seen.x_after is not None, _("expected the input to be there after the call")
        assert_same(seen.x_after, x, _("the input after the call"))
        assert_same(seen.scores, expected, _("what forward returns"))


@points(
    5,
    needs=(
        test_way_down_and_up,
        test_nothing_else,
        conv_blocks.test_block,
        conv_blocks.test_final_conv,
        conv_blocks.test_given_layers,
        crop_and_concat.test_odd_differences,
        crop_and_concat.test_large_maps,
    ),
)
def test_whole_network(student: Implementation, reference: Implementation, draw: Draw) -> None:
    """All parts together, with the trained weights, give the right scores"""
    try:
        assert_right_as_a_whole(student, reference, draw)
    except Mismatch:
        # A crop that leaves the odd row on the other side is right, too: then look where nothing is cropped.
        if not is_right_as_a_whole(student, reference, draw, size=UNCROPPED):
            raise
