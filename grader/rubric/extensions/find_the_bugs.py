"""Extension 5: find the bugs

Nothing is asked of how the network is put together: only what it has registered, and what it computes.
Where numbers are compared, its layers have weights of ours, given in the order in which they are run.
"""

import numpy as np

from grader.checking.inputs import Draw
from grader.compare import assert_same
from grader.implementations import Array, Implementation, Tensors
from grader.implementations.arrays import REAL
from grader.implementations.claims import named, text
from grader.language import _
from grader.rubric import points

PARAMETERS, ENTRIES = 1_944_083, 136  # with 3 channels out, and narrow
PUBLISHED = 31_043_651  # parameters with 3 channels out, at the widths of those who published it
# Gains of every BatchNorm: what it gives lies within [0, 6], where ReLU6 cuts nothing, or much of it outside.
GENTLE, HARSH = 0.25, 4.0


def picture(draw: Draw, height: int, width: int, count: int = 1) -> Array:
    """(count, 3, height, width), in [0, 1]."""
    made: Array = draw(count, 3, height, width) / 8 + np.float32(0.5)
    return made


def assert_computes(
    student: Implementation, reference: Implementation, draw: Draw, gain: float = GENTLE, way: str = "run"
) -> Tensors:
    """The contracting path gives what the reference's does -> all that came.

    Alone, so that a mistake in the expanding path costs no other check's points.
    """
    data = {"seed": draw.seed(), "gain": gain, "way": way, "out_channels": 3}
    tensors = {"x": picture(draw, 32, 48, 2)}
    what = _("the contracting path's last layer")
    expected = reference.array("bugs_run", data, tensors, name="bottom", ndim=4)
    seen = student.arrays("bugs_run", data, tensors, bottom=4, scores=4, y=4, what={"bottom": what})
    assert_same(seen["bottom"], expected, what)
    return seen


@points(1)
def test_registered(student: Implementation, reference: Implementation, draw: Draw) -> None:
    """Every layer is registered when the network is built"""
    data, x = {"seed": draw.seed()}, picture(draw, 32, 32)
    before, after, entries, published = map(
        int, student.array("bugs_registered", data, {"x": x}, shape=(4,), kinds=REAL, what=_("four counts"))
    )
    assert before == after, _(
        "expected as many parameters before the first call as after it, not {before} and {after}"
    ).format(before=before, after=after)
    assert before == PARAMETERS, _(
        "expected {parameters:,} parameters of a narrow UNet, not {before:,}"
    ).format(parameters=PARAMETERS, before=before)
    assert entries == ENTRIES, _("expected {entries} entries in the state dict, not {seen}").format(
        entries=ENTRIES, seen=entries
    )
    assert published == PUBLISHED, _("expected {published:,} parameters of UNet(3), not {seen:,}").format(
        published=PUBLISHED, seen=published
    )
    assert_computes(student, reference, draw, way="registered")


@points(1)
def test_equal_answers(student: Implementation, reference: Implementation, draw: Draw) -> None:
    """In eval() the same picture gives the same answer, also through a state dict"""
    x, other = picture(draw, 32, 48), picture(draw, 32, 48)
    asked, shape = {"seed": draw.seed()}, (1, 3, 32, 48)
    found = student.arrays(
        "bugs_answers", asked, {"x": x, "other": other}, first=4, again=4, between=4, copied=4
    )
    for y in found.values():
        assert y.shape == shape, _("expected probabilities of shape {shape}, not {seen}").format(
            shape=shape, seen=y.shape
        )
    assert_same(found["again"], found["first"], _("the answer to the same picture, asked again"))
    assert np.abs(found["between"] - found["first"]).max() > 1e-5, _(
        "expected another answer to another picture"
    )
    assert_same(found["copied"], found["first"], _("the answer of a new network with the same state dict"))
    assert_computes(student, reference, draw, way="copied")


@points(1)
def test_probabilities(student: Implementation, reference: Implementation, draw: Draw) -> None:
    """480 x 640 pixels give probabilities of the same size, that sum to 1 over the channels"""
    for channels, height, width in ((4, 480, 640), (2, 48, 32)):
        data, x = {"seed": draw.seed(), "out_channels": channels}, picture(draw, height, width)
        y = student.array("bugs_probabilities", data, {"x": x}, what=_("the probabilities"))
        expected = (1, channels, height, width)
        assert y.shape == expected, _("expected probabilities of shape {expected}, not {shape}").format(
            expected=expected, shape=y.shape
        )
        off = np.abs(y.sum(1) - 1).max()
        assert off < 1e-4, _("expected the channels to sum to 1, not to be up to {off:.2g} off").format(
            off=off
        )
        assert y.min() >= 0, _("expected no probability below 0, not {min:.2g}").format(min=y.min())
    run = assert_computes(student, reference, draw)
    scores = run["scores"].astype(np.float64)
    exponentials = np.exp(scores - scores.max(1, keepdims=True))
    soft_max = (exponentials / exponentials.sum(1, keepdims=True)).astype(np.float32)
    assert_same(run["y"], soft_max, _("the soft-max of the last convolution's scores"))


@points(1)
def test_activations(student: Implementation, reference: Implementation, draw: Draw) -> None:
    """ReLU6 cuts at 0 and at 6"""
    data, x = {"seed": draw.seed()}, picture(draw, 32, 32)
    y = student.array("bugs_saturated", data, {"x": x}, ndim=4, what=_("the probabilities"))
    assert np.isfinite(y).all(), _("expected finite probabilities")
    # Shifted far up, every ReLU6 gives 6 everywhere: nothing of the picture is left.
    left = np.ptp(y, axis=(2, 3)).max()
    assert left < 1e-4, _(
        "expected every activation to be cut at 6, but {left:.2g} of the picture comes through"
    ).format(left=left)
    assert_computes(student, reference, draw, HARSH)


def test_comments(student: Implementation, reference: Implementation) -> None:
    """The comments say what the code does"""
    said, right = (
        who.fact("bugs_comments", {}, name="said", read=named(text)) for who in (student, reference)
    )
    wrong = [place for place, word in right.items() if said.get(place) != word]
    assert not wrong, _("expected another word for {count} of the {seen} places: {wrong}").format(
        count=len(wrong), seen=len(right), wrong=", ".join(wrong)
    )


# Four words are no work of a network's: they earn nothing by themselves, but this point needs them.
@points(1, needs=test_comments)
def test_skips(student: Implementation, reference: Implementation, draw: Draw) -> None:
    """Each level gets its skip, scores are right, and so are the gradients that the network learns from"""
    data, x = {"seed": draw.seed(), "out_channels": 3}, picture(draw, 32, 32)
    touched = x.copy()
    touched[0, :, 16, 16] += 0.5
    before, after = (
        student.array(
            "bugs_probabilities", data, {"x": one}, shape=(1, 3, 32, 32), what=_("the probabilities")
        )
        for one in (x, touched)
    )
    assert np.isfinite([before, after]).all(), _("expected finite probabilities")
    moved = np.abs(after - before).sum((0, 1))
    share = moved[14:19, 14:19].sum() / max(moved.sum(), 1e-12)
    assert share > 0.2, _(
        "expected a pixel to matter most where it is: only {share:.0f} % of its effect is there"
    ).format(share=100 * share)
    tensors = {
        "x": picture(draw, 32, 48, 2),
        "target": draw.random.randint(3, size=(2, 32, 48)).astype(np.int64),
    }
    seen, expected = (
        who.arrays("bugs_run", data | {"gain": GENTLE, "way": "run"}, tensors, scores=4, gradients=1)
        for who in (student, reference)
    )
    assert_same(seen["scores"], expected["scores"], _("the scores"))
    assert_same(seen["gradients"], expected["gradients"], _("the gradients of the convolutions"))
