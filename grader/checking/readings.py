"""Pictures and masks compared with every reading of TODO 4 that a careful student may have."""

from collections.abc import Callable

import numpy as np

from grader.compare import Mismatch, assert_same_pixels, is_same
from grader.implementations import Array, Implementation, Picture, SubmissionFault
from grader.lab.readings import EVERY, FILTERS, MASKS, given_input
from grader.language import _

FAR = 0.25  # of a value in [0, 1]: smooth filters differ by that much only on a few sharp edges
FEW = 0.02  # of all values


def assert_right_pixels(seen: np.ndarray, reference: Implementation, picture: Picture, what: str) -> None:
    """Compare what preprocess gives with the reference's, by any smooth filter. Raises Mismatch."""
    expected = reference.preprocess(picture)
    try:
        assert_same_pixels(seen, expected, what)
    except Mismatch:
        if seen.shape != expected.shape or seen.dtype != expected.dtype:
            raise
        if not np.mean(np.abs(seen - expected) > FAR) <= FEW:  # nan is not few
            raise
        part = seen[..., ::EVERY, ::EVERY].clip(0, 1)  # bicubic ones of a tensor overshoot at an edge
        if not any(is_same(part, reference.preprocess(picture, EVERY, reading)) for reading in FILTERS):
            raise


def assert_right_input(
    student: Implementation, reference: Implementation, picture: Picture, scores: Array
) -> None:
    """Compare what predict_mask gives the network with what preprocess makes of the picture.

    With the student's own preprocess, so that a picture altered before it shows. What that does wrong is paid
    for where it is checked itself: predict_mask is right, too, where it hands on the same wrong thing, and
    where nothing comes of it, our stand-in takes its place. Raises Mismatch, and SubmissionFault.
    """
    reference.preprocess(picture)  # asked in any case, so that its answer is among the frozen ones
    what = _("what predict_mask gives the network")
    try:
        seen = student.served_mask(picture, scores, own=True, given=True).x
    except SubmissionFault:
        if _is_right(student, reference, picture):
            raise
        seen = student.served_mask(picture, scores, given=True).x
        if seen is not None and np.array_equal(seen, given_input()):
            return
    assert seen is not None, _("expected predict_mask to run the network")
    try:
        assert_right_pixels(seen, reference, picture, what)
    except Mismatch:
        if not _is_own(seen, student, picture):
            raise


def by_any_reading(compare: Callable[[str | None], None]) -> None:
    """Compare by the reference itself, then by its other readings. Raises the first one's Mismatch."""
    try:
        compare(None)
    except Mismatch:
        for reading in MASKS:
            try:
                return compare(reading)
            except Mismatch:
                continue
        raise


def _is_right(student: Implementation, reference: Implementation, picture: Picture) -> bool:
    """Whether preprocess is right for this picture."""
    try:
        assert_right_pixels(student.preprocess(picture), reference, picture, _("what preprocess gives"))
    except (Mismatch, SubmissionFault):
        return False
    return True


def _is_own(seen: np.ndarray, student: Implementation, picture: Picture) -> bool:
    """Whether this is what the student's preprocess makes of the picture, right or wrong."""
    try:
        return is_same(seen, student.preprocess(picture))
    except SubmissionFault:
        return False
