"""Extension 6: the training loop

Runs of a few steps with networks so small that NumPy can follow them.
"""

import numpy as np

from grader.checking.extensions.descent import bce, followed, soft_max_loss
from grader.compare import assert_same
from grader.rubric import points

RECIPES = {"momentum 0.99": (0.99, 0.0, 0.02), "momentum 0.9, weight decay 0.0005": (0.9, 0.0005, 0.3)}


def recipe(momentum: float, weight_decay: float, rate: float, **more) -> dict:
    return {"momentum": momentum, "weight_decay": weight_decay, "rate": rate} | more


@points(1)
def test_loss(student, draw):
    """The loss of one score is binary cross-entropy, of several the soft-max's"""
    for channels, gain in ((1, 1), (3, 1), (1, 200), (2, 200)):
        scores = (gain * draw(2, channels, 4, 5)).astype(np.float32)
        target = draw.random.randint(max(2, channels), size=(2, 4, 5)).astype(np.int64)
        expected = bce(scores, target) if channels == 1 else soft_max_loss(scores, target)
        seen = float(student.ask("train_loss", {}, {"scores": scores, "target": target})[1]["y"])
        what = f"of {channels} score{'s' * (channels > 1)} up to {np.abs(scores).max():.0f}"
        assert np.isfinite(seen), f"expected a finite loss {what}, not {seen}"
        assert abs(seen - expected) < 1e-4 * expected, (
            f"expected a loss of {expected:.6g} {what}, not {seen:.6g}"
        )


@points(1)
def test_steps(student, draw):
    """A step moves the weights as stochastic gradient descent does, for both recipes"""
    image, kernel = draw(3, 6, 8) / 4, draw(3) / 4
    mask = (draw(6, 8) > 0).astype(np.uint8)
    for name, (momentum, weight_decay, rate) in RECIPES.items():
        data = recipe(momentum, 40 * weight_decay, rate, steps=6)  # forty times: six steps must show it
        tensors = {"image": image, "mask": mask, "kernel": kernel, "bias": np.float32(0.25).reshape(1)}
        _, found = student.ask("train_steps", data, tensors)
        expected, losses = followed(
            image, mask, np.append(kernel, 0.25), momentum, 40 * weight_decay, rate, 6
        )
        assert_same(found["losses"], losses, f"the losses of 6 steps with {name}")
        assert_same(found["weights"], expected, f"the weights after 6 steps with {name}")


@points(1)
def test_dice(student, draw):
    """Dice is right, and measured in evaluation mode"""
    a, b = draw(7, 9) > 0, draw(7, 9) > 1
    none = np.zeros_like(a)
    for mask, truth in ((a, b), (b, a), (a, ~a), (a, none), (none, none)):
        total = mask.sum() + truth.sum()
        expected = 2 * (mask & truth).sum() / total if total else 1.0
        value = float(student.ask("train_dice", {}, {"mask": mask, "truth": truth})[1]["y"])
        assert abs(value - expected) < 1e-6, (
            f"expected a Dice of {expected:.4f} for masks of {mask.sum()} and {truth.sum()} pixels, "
            f"{(mask & truth).sum()} of them shared, not {value:.4f}"
        )
    images, truths = draw(4, 3, 8, 8), draw(4, 8, 8) > np.array([-2, 0, 2, 4]).reshape(4, 1, 1)
    norm, kernel, bias = np.abs(draw(4, 3)) + 0.5, draw(3), draw(1)
    weight, shift, mean, variance = norm[:, None, :, None, None].astype(np.float64)
    scores = (((images - mean) / np.sqrt(variance + 1e-5) * weight + shift) * kernel[:, None, None]).sum(
        1
    ) + bias
    masks = scores > 0
    values = 2 * (masks & truths).sum((1, 2)) / (masks.sum((1, 2)) + truths.sum((1, 2)))
    tensors = {"images": images, "truths": truths, "norm": norm, "kernel": kernel, "bias": bias}
    _, found = student.ask("train_mean_dice", {}, tensors)
    assert_same(found["mean"], norm[2], "the running mean of a BatchNorm after measuring")
    seen = float(found["y"])
    assert abs(seen - values.mean()) < 1e-4, (
        f"expected a mean Dice of {values.mean():.4f} over 4 pictures, not {seen:.4f}"
    )


def squares(draw, count: int) -> dict[str, np.ndarray]:
    """Bright squares on noise: images (count, 3, 24, 32), masks (count, 24, 32)."""
    masks = np.zeros((count, 24, 32), np.uint8)
    for mask in masks:
        top, left = draw.random.randint(10), draw.random.randint(14)
        mask[top : top + 12, left : left + 16] = 1
    images = draw(count, 3, 24, 32) / 20 + 0.6 * masks[:, None]
    return {"images": images.astype(np.float32), "masks": masks}


@points(1)
def test_resume(student, draw):
    """A run that was stopped goes on bit for bit"""
    data = recipe(0.9, 0.0005, 0.05, steps=12, stop=5, seed=draw.seed())
    _, found = student.ask("train_resume", data, squares(draw, 4))
    assert found["resumed_losses"].shape == (12,), (
        f"expected 12 losses of 12 steps, stopped after 5 and gone on, not {found['resumed_losses'].size}"
    )
    for name in ("losses", "weights"):
        straight, resumed = (
            found[f"{way}_losses" if name == "losses" else way] for way in ("straight", "resumed")
        )
        off = np.abs(straight - resumed).max()
        assert off == 0, f"expected the {name} of a run that never stopped, not up to {off:.2g} off"


@points(1, needs=test_steps)
def test_learning(student, draw):
    """A network with BatchNorm learns, and being measured does not disturb it"""
    data = recipe(0.9, 0.0005, 0.1, steps=30, every=6, seed=draw.seed())
    _, found = student.ask("train_learning", data, squares(draw, 3))
    losses, dices = found["losses"], found["dices"]
    assert int(found["batches"]) == 30, (
        f"expected the BatchNorm to normalise 30 batches in 30 steps, not {int(found['batches'])}"
    )
    first, last = losses[:5].mean(), losses[-5:].mean()
    assert last < 0.5 * first, (
        f"expected the loss to fall to less than half in 30 steps, not from {first:.3f} to {last:.3f}"
    )
    assert len(dices) == 5, f"expected 5 measurements in 30 steps, not {len(dices)}"
    assert dices[-1] > 0.9, f"expected a Dice above 0.9 on the pictures it learnt from, not {dices[-1]:.3f}"
