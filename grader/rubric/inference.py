"""TODO 4: preprocess and predict_mask

predict_mask gets a network of ours whose scores we know, and a preprocess of ours, so that only what it does
itself counts. What it gives the network is looked at in the end, with the student's own preprocess. What a
careful student may read from the text otherwise than the solution does is right, too: see
grader/lab/readings.py.
"""

import numpy as np

from grader.checking.inputs import Draw
from grader.checking.readings import assert_right_input, assert_right_pixels, by_any_reading
from grader.compare import DEAD_BAND, assert_same_mask
from grader.implementations import Implementation, Picture
from grader.lab.paths import CARS
from grader.language import _
from grader.rubric import points


def mask_of(
    student: Implementation,
    picture: Picture,
    scores: np.ndarray,
    threshold: float | None = None,
    strict: bool = False,
    reading: str | None = None,
) -> np.ndarray:
    """The student's mask, as an array (H, W)."""
    served = student.served_mask(picture, scores, threshold, strict, reading=reading)
    assert served.mask is not None, _("expected predict_mask to return an array, not {kind}").format(
        kind=served.kind
    )
    return served.mask


def assert_right_mask(
    student: Implementation,
    reference: Implementation,
    picture: Picture,
    scores: np.ndarray,
    threshold: float = 0.5,
    given: bool = True,
    strict: bool = False,
) -> None:
    """Compare the masks at one threshold, passed if given, else left to the default."""
    seen = mask_of(student, picture, scores, threshold if given else None, strict)

    def compare(reading: str | None) -> None:
        low, expected, high = (
            mask_of(reference, picture, scores, threshold + step, reading=reading)
            for step in (-DEAD_BAND, 0.0, DEAD_BAND)
        )
        assert_same_mask(seen, low, high, expected)

    by_any_reading(compare)


def test_file_can_be_imported(student: Implementation) -> None:
    """infer.py can be imported, with preprocess and predict_mask in it"""
    student.ask("can_be_imported", {})


@points(5, needs=test_file_can_be_imported)
def test_preprocess(student: Implementation, reference: Implementation, draw: Draw) -> None:
    """preprocess gives (1, 3, 572, 572) in [0, 1] for a colour picture of any shape"""
    for width, height in ((300, 200), (90, 160)):
        picture = draw.picture("RGB", width, height)
        assert_right_pixels(student.preprocess(picture), reference, picture, _("what preprocess gives"))


@points(3, needs=test_file_can_be_imported)
def test_preprocess_other_modes(student: Implementation, reference: Implementation, draw: Draw) -> None:
    """preprocess turns grey, transparent and palette pictures into RGB"""
    for mode in ("L", "RGBA", "P"):
        picture = draw.picture(mode, 80, 60)
        what = _("what preprocess gives for a picture of mode {mode}").format(mode=mode)
        assert_right_pixels(student.preprocess(picture), reference, picture, what)


@points(2, needs=test_file_can_be_imported)
def test_mask_has_the_pictures_size(student: Implementation, draw: Draw) -> None:
    """The mask has the height and width of the picture"""
    picture = draw.picture("RGB", 171, 123)
    seen = mask_of(student, picture, draw(1, 1, 40, 56)).shape
    assert seen == (123, 171), _(
        "expected a mask of shape (123, 171) for a picture 171 wide and 123 high, not {seen}"
    ).format(seen=seen)


@points(2, needs=test_file_can_be_imported)
def test_mask_is_zero_and_one(student: Implementation, draw: Draw) -> None:
    """The mask is a NumPy array of type uint8, 1 on the car and 0 elsewhere"""
    served = student.served_mask(draw.picture("RGB", 120, 90), draw(1, 1, 32, 48))
    assert served.mask is not None, _("expected predict_mask to return an array, not {kind}").format(
        kind=served.kind
    )
    values = np.unique(served.mask).tolist()[:4]
    assert set(values) <= {0, 1}, _("expected only the values 0 and 1 in the mask, not {values}").format(
        values=values
    )
    assert served.kind == "array", _("expected predict_mask to return a NumPy array, not a {kind}").format(
        kind=served.kind
    )
    assert served.mask.dtype == np.uint8, _("expected a mask of type uint8, not {dtype}").format(
        dtype=served.mask.dtype
    )


@points(3, needs=test_mask_has_the_pictures_size)
def test_mask(student: Implementation, reference: Implementation, draw: Draw) -> None:
    """The mask covers what is more likely car than not"""
    for width, height, rows, columns in ((171, 123, 40, 56), (96, 200, 48, 48)):
        picture, scores = draw.picture("RGB", width, height), draw(1, 1, rows, columns)
        assert_right_mask(student, reference, picture, scores, given=False)


@points(2, needs=test_mask_has_the_pictures_size)
def test_threshold(student: Implementation, reference: Implementation, draw: Draw) -> None:
    """threshold is a probability, and is obeyed"""
    picture, scores = draw.picture("RGB", 150, 110), draw(1, 1, 36, 44)
    for threshold in (0.2, 0.9):
        assert_right_mask(student, reference, picture, scores, threshold)


@points(1, needs=test_mask)
def test_evaluation_mode(student: Implementation, reference: Implementation, draw: Draw) -> None:
    """The network is run in evaluation mode and without gradients"""
    picture, scores = draw.picture("RGB", 130, 100), draw(1, 1, 32, 40)
    assert_right_mask(student, reference, picture, scores, given=False, strict=True)


@points(2, needs=test_mask)
def test_real_picture(student: Implementation, reference: Implementation, draw: Draw) -> None:
    """The car of a real picture is cut out, from what preprocess gives"""
    car, scores = draw.car(CARS)
    scores = reference.picture_scores(car, every=4) if scores is None else scores
    assert_right_mask(student, reference, car, scores, given=False)
    # Small and large, in colour and in grey: what is done to some pictures alone shows in one of them.
    for mode, width, height in (("RGB", 200, 140), ("L", 640, 600)):
        assert_right_input(student, reference, draw.picture(mode, width, height), draw(1, 1, 32, 32))
