"""Extension 3: the weight map and the weighted loss

Small pictures of touching cells, and one of 200 cells that has to be quick.
"""

import numpy as np

from grader.checking.extensions.cells import cells
from grader.checking.inputs import Draw
from grader.compare import assert_same
from grader.implementations import Array, Implementation
from grader.language import _
from grader.rubric import points


def map_of(
    who: Implementation,
    labels: Array,
    w0: float = 10.0,
    sigma: float = 5.0,
    every: int = 1,
    call: str = "weight_map",
) -> Array:
    """Every n-th row and column of weight_map."""
    data = {"w0": w0, "sigma": sigma, "every": every}
    return who.array(call, data, {"labels": labels}, ndim=2, what=_("the weights"))


@points(1)
def test_class_balance(student: Implementation, draw: Draw) -> None:
    """Cells and background weigh the same in total, a pixel 1 on average"""
    for count in (3, 6):
        labels = cells(draw, 40, 60, count, 6)
        what, shape = _("the weights"), labels.shape
        balance = student.array("weight_balance", {}, {"labels": labels}, shape=shape, what=what)
        balance, inside = balance.astype(np.float64), labels > 0
        of_cells, of_background = balance[inside].sum(), balance[~inside].sum()
        assert abs(of_cells - of_background) < 1e-3 * abs(of_background), _(
            "expected both classes to weigh the same in total, not {of_cells:.1f} and {of_background:.1f}"
        ).format(of_cells=of_cells, of_background=of_background)
        assert abs(balance.mean() - 1) < 1e-3, _("expected a mean weight of 1, not {mean:.3f}").format(
            mean=balance.mean()
        )
        assert all(np.ptp(balance[part]) < 1e-3 for part in (inside, ~inside)), _(
            "expected one weight per class"
        )
    alone = student.array("weight_balance", {}, {"labels": np.zeros((5, 6), np.int64)}, what=_("the weights"))
    assert np.array_equal(alone, np.ones((5, 6))), _("expected 1 everywhere where there is but one class")


@points(1)
def test_border_term(student: Implementation, reference: Implementation, draw: Draw) -> None:
    """Between touching cells the weights are equation (2)"""
    for labels in (cells(draw, 36, 48, 9, 6), np.array([[1, 0, 2]]), np.array([[1, 2], [2, 1]])):
        seen, expected = map_of(student, labels), map_of(reference, labels)
        assert_same(seen, expected, _("the weights of {max} cells").format(max=labels.max()))


@points(1)
def test_other_settings(student: Implementation, reference: Implementation, draw: Draw) -> None:
    """Other w0 and sigma, one cell, none, numbers missing, a cell in pieces"""
    labels = cells(draw, 30, 44, 5, 6)
    cut = np.where(labels == 2, 0, labels) * 7
    cut[:, 20:23] = 0
    one = (labels == labels.max()).astype(np.int64)
    for given, w0, sigma in (
        (labels, 0.0, 5.0),
        (labels, 4.0, 2.0),
        (cut, 10.0, 8.0),
        (one, 10.0, 5.0),
        (0 * one, 10.0, 5.0),
    ):
        expected = map_of(reference, given, w0, sigma)
        assert_same(
            map_of(student, given, w0, sigma),
            expected,
            _("the weights for w0 = {w0:g}, sigma = {sigma:g}").format(w0=w0, sigma=sigma),
        )


@points(1)
def test_loss(student: Implementation, reference: Implementation, draw: Draw) -> None:
    """The loss is the weighted sum, and finite for any scores"""
    scores, weights = draw(2, 3, 5, 7), np.abs(draw(2, 5, 7)) + 0.5
    target = draw.random.randint(3, size=(2, 5, 7)).astype(np.int64)
    for gain in (1.0, 300.0):
        tensors = {"scores": (gain * scores).astype(np.float32), "target": target, "weights": weights}
        seen, expected = (
            who.number("weight_loss", {}, tensors, what=_("the loss")) for who in (student, reference)
        )
        assert np.isfinite(seen), _("expected a finite loss for scores up to {gain:.0f}, not {seen}").format(
            gain=gain * np.abs(scores).max(), seen=seen
        )
        assert abs(seen / expected - 1) < 1e-4, _("expected a loss of {expected:.6g}, not {seen:.6g}").format(
            expected=expected, seen=seen
        )


@points(1, needs=test_border_term)
def test_200_cells(student: Implementation, reference: Implementation, draw: Draw) -> None:
    """512 x 512 pixels with 200 cells take seconds"""
    # The call has a limit of its own, in processor time: the clock on the wall earns and costs nothing.
    labels = cells(draw, 512, 512, 220, 18)
    seen = map_of(student, labels, every=23, call="weight_map_fast")
    assert_same(seen, map_of(reference, labels, every=23), _("the weights of 200 cells"))
