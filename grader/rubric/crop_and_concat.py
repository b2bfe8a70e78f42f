"""TODO 2: CropAndConcat

Called by itself, on feature maps of several sizes. The order of the channels and the place of the crop
are separate matters: a check of the crop takes the channels in any order.
"""

import numpy as np

from grader.checking.inputs import Draw
from grader.compare import assert_same
from grader.implementations import Implementation
from grader.language import N_, _
from grader.rubric import Note, points

OTHER_SIDE = N_(
    "Right. Where one row is left over, you leave it on the other side than the weights were trained with: "
    "expect a mask that differs a little along its outline."
)


def in_any_order(y: np.ndarray) -> np.ndarray:
    """The channels of y (N, C, h, w), sorted by their mean."""
    order = np.argsort(y.mean(axis=(0, 2, 3)), kind="stable")
    return y[:, order]


def test_layer_can_be_called(student: Implementation, draw: Draw) -> None:
    """CropAndConcat takes two feature maps and gives one"""
    student.crop_and_concat(draw(2, 2, 4, 6), draw(2, 3, 8, 10))


@points(4, needs=test_layer_can_be_called)
def test_shape(student: Implementation, reference: Implementation, draw: Draw) -> None:
    """The result has the height and width of x and the channels of both"""
    x, contracting_x = draw(2, 3, 5, 7), draw(2, 4, 9, 13)
    seen, expected = (
        student.crop_and_concat(x, contracting_x).shape,
        reference.crop_and_concat(x, contracting_x).shape,
    )
    assert seen == expected, _("expected a result of shape {expected}, not {seen}").format(
        expected=expected, seen=seen
    )


@points(6, needs=test_shape)
def test_crop_keeps_the_centre(student: Implementation, reference: Implementation, draw: Draw) -> None:
    """The crop is cut from the centre of contracting_x"""
    for x, contracting_x in ((draw(2, 2, 4, 6), draw(2, 3, 8, 10)), (draw(2, 3, 6, 5), draw(2, 2, 8, 17))):
        seen, expected = (
            student.crop_and_concat(x, contracting_x),
            reference.crop_and_concat(x, contracting_x),
        )
        assert_same(in_any_order(seen), in_any_order(expected), _("the channels, in any order"))


@points(5, needs=test_shape)
def test_expanding_features_come_first(
    student: Implementation, reference: Implementation, draw: Draw
) -> None:
    """The features of the expanding path come first"""
    x, one_each = draw(2, 3, 5, 6), draw(2, 4, 1, 1)
    # The same value all over a channel, so that it does not matter where it is cut.
    contracting_x = np.ascontiguousarray(np.broadcast_to(one_each, (2, 4, 9, 8)))
    assert_same(
        student.crop_and_concat(x, contracting_x),
        reference.crop_and_concat(x, contracting_x),
        _("the result"),
    )


@points(3, needs=test_crop_keeps_the_centre)
def test_odd_differences(student: Implementation, reference: Implementation, draw: Draw, note: Note) -> None:
    """Where one row is left over, the crop is next to the centre"""
    for height, width in ((1, 3), (5, 7)):
        x, contracting_x = draw(2, 2, 6, 7), draw(2, 3, 6 + height, 7 + width)
        seen = in_any_order(student.crop_and_concat(x, contracting_x))
        # Both middle places are right: half a row above the centre, or half a row below.
        places = [
            contracting_x[:, :, top : top + 5 + height, left : left + 6 + width]
            for top in (0, 1)
            for left in (0, 1)
        ]
        allowed = [in_any_order(reference.crop_and_concat(x, place)) for place in places]
        if not any(np.array_equal(seen, one) for one in allowed):
            assert_same(seen, allowed[0], _("the channels, in any order"))
        if not np.array_equal(seen, in_any_order(reference.crop_and_concat(x, contracting_x))):
            note(OTHER_SIDE)


@points(2, needs=test_expanding_features_come_first)
def test_large_maps(student: Implementation, reference: Implementation, draw: Draw) -> None:
    """Crop and order are right together: larger maps, a batch of one, and maps of the same size"""
    for batch, small, large in ((3, (20, 12), (24, 22)), (1, (9, 8), (13, 10)), (2, (6, 5), (6, 5))):
        x, contracting_x = draw(batch, 5, *small), draw(batch, 7, *large)
        assert_same(
            student.crop_and_concat(x, contracting_x),
            reference.crop_and_concat(x, contracting_x),
            _("the result"),
        )
