"""Extension 6: the training loop

Runs of a few steps with networks so small that NumPy, or the reference, can follow them.
"""

import numpy as np

from grader.checking.extensions.descent import bce, followed, soft_max_loss
from grader.checking.inputs import Draw
from grader.compare import assert_same
from grader.implementations import Array, Implementation, Tensors
from grader.implementations.arrays import REAL
from grader.language import N_, _, ngettext
from grader.rubric import points

RECIPES = {
    N_("momentum 0.99"): (0.99, 0.0, 0.02),
    N_("momentum 0.9, weight decay 0.0005"): (0.9, 0.0005, 0.3),
}
# Next to none, so that a step is that of every optimiser with momentum: which one it is, is for `steps`.
NO_MOMENTUM = 1e-6


def recipe(momentum: float, weight_decay: float, rate: float, **more: object) -> dict[str, object]:
    """What a run is asked for."""
    return {"momentum": momentum, "weight_decay": weight_decay, "rate": rate} | more


@points(1)
def test_loss(student: Implementation, draw: Draw) -> None:
    """The loss of one score is binary cross-entropy, of several the soft-max's"""
    for channels, gain in ((1, 1), (3, 1), (1, 200), (2, 200)):
        scores = (gain * draw(2, channels, 4, 5)).astype(np.float32)
        target = draw.random.randint(max(2, channels), size=(2, 4, 5)).astype(np.int64)
        expected = bce(scores, target) if channels == 1 else soft_max_loss(scores, target)
        what = ngettext("of {count} score up to {size:.0f}", "of {count} scores up to {size:.0f}", channels)
        what = what.format(count=channels, size=np.abs(scores).max())
        seen = student.number("train_loss", {}, {"scores": scores, "target": target}, what=_("the loss"))
        assert np.isfinite(seen), _("expected a finite loss {what}, not {seen}").format(what=what, seen=seen)
        assert abs(seen - expected) < 1e-4 * expected, _(
            "expected a loss of {expected:.6g} {what}, not {seen:.6g}"
        ).format(expected=expected, what=what, seen=seen)


@points(1)
def test_steps(student: Implementation, draw: Draw) -> None:
    """A step moves the weights as stochastic gradient descent does, for both recipes"""
    image, kernel = draw(3, 6, 8) / 4, draw(3) / 4
    mask = (draw(6, 8) > 0).astype(np.uint8)
    for name, (momentum, weight_decay, rate) in RECIPES.items():
        data = recipe(momentum, 40 * weight_decay, rate, steps=6)  # forty times: six steps must show it
        tensors: Tensors = {
            "image": image,
            "mask": mask,
            "kernel": kernel,
            "bias": np.array([0.25], np.float32),
        }
        found = student.arrays("train_steps", data, tensors, losses=1, weights=1)
        expected, losses = followed(
            image, mask, np.append(kernel, 0.25), momentum, 40 * weight_decay, rate, 6
        )
        assert_same(found["losses"], losses, _("the losses of 6 steps with {recipe}").format(recipe=_(name)))
        assert_same(
            found["weights"], expected, _("the weights after 6 steps with {recipe}").format(recipe=_(name))
        )


@points(1)
def test_dice(student: Implementation, draw: Draw) -> None:
    """Dice is right, and measured in evaluation mode"""
    a, b = draw(7, 9) > 0, draw(7, 9) > 1
    none = np.zeros_like(a)
    for mask, truth in ((a, b), (b, a), (a, ~a), (a, none), (none, none)):
        total = mask.sum() + truth.sum()
        expected = 2 * (mask & truth).sum() / total if total else 1.0
        value = student.number("train_dice", {}, {"mask": mask, "truth": truth}, what=_("the Dice"))
        assert abs(value - expected) < 1e-6, _(
            "expected a Dice of {expected:.4f} for masks of {sum} and {seen} pixels, {sum_3} of "
            "them shared, not {value:.4f}"
        ).format(expected=expected, sum=mask.sum(), seen=truth.sum(), sum_3=(mask & truth).sum(), value=value)
    images, truths = draw(4, 3, 8, 8), draw(4, 8, 8) > np.array([-2, 0, 2, 4]).reshape(4, 1, 1)
    norm, kernel, bias = np.abs(draw(4, 3)) + 0.5, draw(3), draw(1)
    tensors = {"images": images, "truths": truths, "norm": norm, "kernel": kernel, "bias": bias}
    found = student.arrays("train_mean_dice", {}, tensors, kinds=REAL, mean=1, y=0)
    assert_same(found["mean"], norm[2], _("the running mean of a BatchNorm after measuring"))
    right, seen = mean_dice(tensors), float(found["y"])
    assert abs(seen - right) < 1e-4, _(
        "expected a mean Dice of {right:.4f} over 4 pictures, not {seen:.4f}"
    ).format(right=right, seen=seen)


def mean_dice(tensors: Tensors) -> float:
    """What BatchNorm in evaluation mode, and a 1x1 convolution after it, give of these pictures."""
    weight, shift, mean, variance = tensors["norm"][:, None, :, None, None].astype(np.float64)
    normed = (tensors["images"] - mean) / np.sqrt(variance + 1e-5) * weight + shift
    masks = (normed * tensors["kernel"][:, None, None]).sum(1) + tensors["bias"] > 0
    truths = tensors["truths"]
    values: Array = 2 * (masks & truths).sum((1, 2)) / (masks.sum((1, 2)) + truths.sum((1, 2)))
    return float(values.mean())


def squares(draw: Draw, count: int) -> Tensors:
    """Bright squares on noise: images (count, 3, 24, 32), masks (count, 24, 32)."""
    masks = np.zeros((count, 24, 32), np.uint8)
    for mask in masks:
        top, left = draw.random.randint(10), draw.random.randint(14)
        mask[top : top + 12, left : left + 16] = 1
    images = draw(count, 3, 24, 32) / 20 + 0.6 * masks[:, None]
    return {"images": images.astype(np.float32), "masks": masks}


@points(1)
def test_resume(student: Implementation, reference: Implementation, draw: Draw) -> None:
    """A run that was stopped goes on bit for bit"""
    data = recipe(0.9, 0.0005, 0.05, steps=12, stop=5, seed=draw.seed(), measured=True)
    found = student.arrays(
        "train_resume", data, squares(draw, 4), resumed=1, resumed_losses=1, straight=1, straight_losses=1
    )
    assert found["resumed_losses"].shape == (12,), _(
        "expected 12 losses of 12 steps, stopped after 5 and gone on, not {size}"
    ).format(size=found["resumed_losses"].size)
    for name, ending in ((N_("losses"), "_losses"), (N_("weights"), "")):
        straight, resumed = (found[f"{way}{ending}"] for way in ("straight", "resumed"))
        assert straight.shape == resumed.shape, _("expected {size} {name}, not {seen}").format(
            size=straight.size, name=_(name), seen=resumed.size
        )
        off = np.abs(straight - resumed).max()
        assert off == 0, _("expected the {name} of a run that never stopped, not up to {off:.2g} off").format(
            name=_(name), off=off
        )
    data = recipe(NO_MOMENTUM, 0.0, 0.05, steps=12, stop=5, seed=draw.seed(), measured=False)
    pictures = squares(draw, 4)
    seen, expected = (
        who.arrays("train_resume", data, pictures, resumed=1, resumed_losses=1)
        for who in (student, reference)
    )
    for name, what in (("resumed_losses", N_("losses")), ("resumed", N_("weights"))):
        assert_same(
            seen[name],
            expected[name],
            _("the {what} of 12 steps, stopped after 5 and gone on").format(what=_(what)),
        )


@points(1, needs=test_steps)
def test_learning(student: Implementation, reference: Implementation, draw: Draw) -> None:
    """A network with BatchNorm learns, and being measured does not disturb it"""
    data, pictures = recipe(0.9, 0.0005, 0.1, steps=30, every=6, seed=draw.seed()), squares(draw, 3)
    seen, expected = (
        who.arrays("train_learning", data, pictures, kinds=REAL, losses=1, dices=1, batches=0)
        for who in (student, reference)
    )
    batches, dices = float(seen["batches"]), seen["dices"]
    assert batches == 30, _(
        "expected the BatchNorm to normalise 30 batches in 30 steps, not {batches:g}"
    ).format(batches=batches)
    assert_same(seen["losses"], expected["losses"], _("the losses of 30 steps"))
    assert len(dices) == 5, _("expected 5 measurements in 30 steps, not {count}").format(count=len(dices))
    off = np.abs(dices - expected["dices"]).max()
    assert off < 0.02, (  # a pixel whose score is about 0 may fall on either side
        _("expected Dice up to {max:.3f} on the pictures it learnt from, not {off:.2g} off").format(
            max=expected["dices"].max(), off=off
        )
    )
