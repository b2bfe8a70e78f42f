"""Mistakes in train.py: runs of ours, followed in NumPy as each mistake would have them."""

import numpy as np

from grader.checking.extensions.descent import bce, followed, soft_max_loss
from grader.compare import Mismatch
from grader.explain.extensions.found import Found, says
from grader.implementations import Array, Implementation, SubmissionFault, Tensors, claims
from grader.implementations.arrays import REAL
from grader.language import N_

HINTS = N_({
    "train.loss_unstable": "The loss is not finite for large scores. Which function takes scores instead of probabilities?",
    "train.loss_sum": "The loss of {pixels} pixels is their sum. What does the docstring ask for?",
    "train.sigmoid_twice": "The loss is that of a sigmoid of a sigmoid.",
    "train.loss_sign": "The loss is negative: minimising it would make things worse.",
    "train.gradients_kept": "The second step goes too far. What is left in the gradients from the first?",
    "train.momentum_ignored": "The weights move as if there were no momentum. Does the recipe reach the optimiser?",
    "train.weight_decay_ignored": "The weights move as if there were no weight decay. Does the recipe reach the optimiser?",
    "train.nesterov": "The momentum looks ahead (Nesterov's). Neither recipe does.",
    "train.other_optimiser": "This is {found}. Which optimiser does the paper name?",
    "train.no_step": "The weights do not move. Which call moves them?",
    "train.iou": "That is intersection over union. What counts double in Dice?",
    "train.empty_masks": "Where both masks are empty they agree: what does the docstring say?",
    "train.measured_in_training_mode": "Measuring moved the running statistics. What does model.eval() do?",
    "train.pooled_dice": "All pictures were thrown together. Whose mean is asked for?",
    "train.optimiser_not_saved": "The weights go on otherwise. What does momentum remember from one step to the next?",
    "train.step_not_saved": "The run begins at step 0 again. What decides which picture comes next, and the learning rate?",
    "train.weights_not_saved": "The run goes on with other weights than it had.",
    "train.losses_not_saved": "The losses from before the stop are gone.",
    "train.left_in_eval_mode": "The BatchNorm did not see every batch. In which mode is the network after it was measured?",
})  # fmt: skip
SHORT: dict[str, object] = {"momentum": 0.9, "weight_decay": 0.0, "rate": 0.05, "steps": 6, "seed": 1}

MEAN_DICE = N_("expected a mean Dice of {right:.4f} over 4 pictures, not {seen:.4f}")


def find(student: Implementation, reference: Implementation, check: str, error: BaseException) -> Found:
    """The mistake behind a failed check of train.py."""
    return {
        "loss": _of_loss,
        "steps": _of_steps,
        "dice": _of_dice,
        "resume": _of_resume,
        "learning": _of_learning,
    }[check](student, error)


def _of_loss(student: Implementation, error: BaseException) -> Found:
    if isinstance(error, SubmissionFault):
        return None

    def loss(scores: Array, target: Array) -> float:
        return student.number("train_loss", {}, {"scores": scores, "target": target})

    random = np.random.RandomState(0)
    target = random.randint(2, size=(2, 3, 4))
    one, two = (random.randn(2, channels, 3, 4).astype(np.float32) for channels in (1, 2))
    if not (np.isfinite(loss(1000 * one, target)) and np.isfinite(loss(1000 * two, target))):
        return "loss_unstable"
    squashed = 1 / (1 + np.exp(-one))
    for scores, seen, right in (
        (one, loss(one, target), bce(one, target)),
        (two, loss(two, target), soft_max_loss(two, target)),
    ):
        if np.isclose(seen, -right, rtol=1e-3):
            return "loss_sign"
        if np.isclose(seen, target.size * right, rtol=1e-3):
            return "loss_sum", {"pixels": target.size}
        if scores is one and np.isclose(seen, bce(squashed, target), rtol=1e-3):
            return "sigmoid_twice"
    if abs(loss(1000 * one, target) / bce(1000 * one, target) - 1) > 1e-3:
        return "loss_unstable"  # a logarithm that is kept from infinity stops at some 16 or 100
    return None


def _of_steps(student: Implementation, error: BaseException) -> Found:
    return _of_weights(student) if isinstance(error, Mismatch) else None


def _of_weights(student: Implementation) -> Found:
    random = np.random.RandomState(0)
    image, start = random.rand(3, 5, 6).astype(np.float32), np.array([1.0, -2.0, 1.5, 0.5], np.float32)
    mask = (random.rand(5, 6) > 0.6).astype(np.uint8)
    settings = {"momentum": 0.8, "weight_decay": 0.1, "rate": 0.3}
    tensors: Tensors = {"image": image, "mask": mask, "kernel": start[:3], "bias": start[3:]}
    seen = student.array("train_steps", settings | {"steps": 3}, tensors, name="weights", shape=(4,))
    if np.array_equal(seen, start):
        return "no_step"
    kind = student.fact("train_optimiser", settings, name="type", read=claims.word)
    if kind != "SGD":
        return "other_optimiser", {"found": kind}
    if (
        student.fact("train_optimiser", settings, name="nesterov", read=claims.optional(claims.word))
        == "True"
    ):
        return "nesterov"

    def is_that_of(kept: bool = False, **other: float) -> bool:
        changed = settings | other
        weights, _ = followed(
            image, mask, start, changed["momentum"], changed["weight_decay"], changed["rate"], 3, kept
        )
        return np.allclose(seen, weights, rtol=1e-4)

    if is_that_of(momentum=0.0):
        return "momentum_ignored"
    if is_that_of(weight_decay=0.0):
        return "weight_decay_ignored"
    return "gradients_kept" if is_that_of(kept=True) else None


def _of_dice(student: Implementation, error: BaseException) -> Found:
    def dice(mask: Array, truth: Array) -> float:
        return student.number("train_dice", {}, {"mask": mask, "truth": truth})

    if isinstance(error, Mismatch):
        return "measured_in_training_mode"
    mask, truth = np.zeros((2, 4, 4), bool)
    try:
        empty = dice(mask, truth)
    except SubmissionFault:
        return "empty_masks"
    if abs(empty - 1) > 1e-3:
        return "empty_masks"
    mask[:2], truth[1:] = True, True
    if abs(dice(mask, truth) - 4 / 16) < 1e-3:
        return "iou"
    return "pooled_dice" if says(error, MEAN_DICE) else None


def _of_resume(student: Implementation, error: BaseException) -> Found:
    if isinstance(error, SubmissionFault):
        return None
    asked = ("train_resume", SHORT | {"stop": 3, "measured": True}, _pictures())
    steps = student.fact(*asked, name="steps", read=claims.integer)
    found = student.arrays(*asked, resumed_losses=1, straight_losses=1)
    seen, right = found["resumed_losses"], found["straight_losses"]
    if steps == 6 and seen.size == 3:
        return "losses_not_saved"
    if seen.size == 9 or (seen.size == 6 and not np.array_equal(seen[:3], right[:3])):
        return "step_not_saved"
    # A wrong loss or step, and what a run keeps between steps, shows in any run.
    if found_elsewhere := (_of_loss(student, error) or _of_weights(student) or _of_learning(student, error)):
        return found_elsewhere
    if seen.size == 6 and seen[3] != right[3]:
        return "weights_not_saved"
    return "optimiser_not_saved" if seen.size == 6 and not np.array_equal(seen, right) else None


def _of_learning(student: Implementation, error: BaseException) -> Found:
    data = SHORT | {"every": 2}
    batches = student.array("train_learning", data, _pictures(), name="batches", shape=(), kinds=REAL)
    if batches == SHORT["steps"]:
        return None
    return "left_in_eval_mode" if batches < SHORT["steps"] else "measured_in_training_mode"


def _pictures() -> Tensors:
    random = np.random.RandomState(0)
    images = random.rand(3, 3, 8, 8).astype(np.float32)
    return {"images": images, "masks": (random.rand(3, 8, 8) > 0.5).astype(np.uint8)}
