"""TODO 3: forward

Everything else is replaced by stand-ins with random weights that we send (see
grader/sandbox/calls/stand_ins.py), so the result depends on how forward is wired and on nothing else.
A concat stand-in that ignores its second input leaves the way down and up; one that does not
shows every skip.
"""

from grader.checking.as_a_whole import or_right_as_a_whole
from grader.checking.stand_ins import stand_ins
from grader.compare import assert_same
from grader.rubric import points


def test_forward_runs(student, reference, draw):
    """forward runs from end to end"""
    with or_right_as_a_whole(student, reference, draw):
        student.forward(draw(1, 3, 92, 76), stand_ins(draw))


@points(5, needs=test_forward_runs)
def test_shape(student, reference, draw):
    """forward returns one score per pixel: 16 * (H // 16) x 16 * (W // 16)"""
    x, weights = draw(2, 3, 60, 92), stand_ins(draw)
    expected = reference.forward(x, weights)[0].shape
    with or_right_as_a_whole(student, reference, draw):
        seen = student.forward(x, weights)[0].shape
        assert seen == expected, f"expected scores of shape {expected}, not {seen}"


@points(10, needs=test_shape)
def test_way_down_and_up(student, reference, draw):
    """The way down, through the middle and up again is right"""
    x, weights = draw(1, 3, 92, 76), stand_ins(draw, skips=False)
    with or_right_as_a_whole(student, reference, draw):
        assert_same(student.forward(x, weights)[0], reference.forward(x, weights)[0], "the scores")


@points(10, needs=test_shape)
def test_skips(student, reference, draw):
    """Every level of the way up gets the features kept at that level"""
    x, weights = draw(1, 3, 92, 76), stand_ins(draw)
    with or_right_as_a_whole(student, reference, draw):
        assert_same(student.forward(x, weights)[0], reference.forward(x, weights)[0], "the scores")


@points(5, needs=test_skips)
def test_nothing_else(student, reference, draw):
    """forward gives the same result again, and leaves its input as it was"""
    x, weights = draw(1, 3, 60, 76), stand_ins(draw)
    expected = reference.forward(x, weights)[0]
    with or_right_as_a_whole(student, reference, draw):
        for again, training in enumerate((False, False, True)):
            scores, x_after = student.forward(x, weights, training, again)
            assert x_after is not None, "expected the input to be there after the call"
            assert_same(x_after, x, "the input after the call")
            assert_same(scores, expected, "the scores")
