"""Mistakes in weight_map.py: small pictures on which each of them gives numbers of its own."""

import numpy as np

from grader.explain.extensions.found import Found
from grader.implementations import Array, Implementation, SubmissionFault
from grader.language import N_

HINTS = N_({
    "weight_map.balance_inverted": "The rare class weighs less than the frequent one. Which of the two should count more?",
    "weight_map.balance_scale": "Both classes weigh the same, but a pixel {found:.3g} on average. What should the mean be?",
    "weight_map.balance_missing": "Far from all cells the weight is 0. Which term of equation (2) is left there?",
    "weight_map.balance_one": "Far from all cells the weight is 1 in both classes. What is w_c there?",
    "weight_map.same_distance": "One cell alone gets a border. How far is the second nearest cell where there is none?",
    "weight_map.cells_merged": "Between two cells there is no border: are all cells taken for one?",
    "weight_map.sum_of_squares": "Look at the exponent: what is squared, each distance, or their sum?",
    "weight_map.not_squared": "The weights fall off too slowly. Is the sum of the distances squared?",
    "weight_map.sigma_not_squared": "Look at the denominator of equation (2): with sigma = 1 you would be right.",
    "weight_map.factor_2": "Look at the denominator of equation (2): a factor is missing.",
    "weight_map.background_only": "Within cells the second term is missing. Does equation (2) make a difference there?",
    "weight_map.slow": "Right, but slow. Must every cell look at the whole picture?",
    "weight_map.loss_mean": "Equation (1) is a sum over the pixels, not a mean.",
    "weight_map.loss_weighted_mean": "Twice the weights give the same loss. Is it divided by something?",
    "weight_map.loss_sign": "The loss is negative: minimising it would make things worse.",
    "weight_map.loss_unstable": "The loss is not finite for large scores. Which function takes scores and does soft-max and logarithm at once?",
    "weight_map.loss_unweighted": "The weights change nothing.",
})  # fmt: skip


def find(student: Implementation, reference: Implementation, check: str, error: BaseException) -> Found:
    """The mistake behind a failed check of weight_map.py."""
    if check == "200_cells":
        return "slow" if isinstance(error, SubmissionFault) and error.kind == "timeout" else None
    if check == "class_balance":
        return _of_balance(student)
    if check == "loss":
        return _of_loss(student)
    return _of_term(student)


def _of_balance(student: Implementation) -> Found:
    labels = np.zeros((10, 10), np.int64)
    labels[0, :] = 1
    balance = student.array("weight_balance", {}, {"labels": labels}, shape=(10, 10))
    rare, frequent = float(balance[0, 0]), float(balance[5, 5])
    if rare < frequent:
        return "balance_inverted"
    if abs(rare / frequent - 9) < 0.01 and abs(balance.mean() - 1) > 0.01:
        return "balance_scale", {"found": float(balance.mean())}
    return None


def _map(student: Implementation, row: list[int], sigma: float = 5.0) -> Array:
    labels = np.array([row], np.int64)
    data = {"w0": 10.0, "sigma": sigma, "every": 1}
    weights = student.array("weight_map", data, {"labels": labels}, shape=labels.shape)
    return weights.astype(np.float64).reshape(-1)


def _of_term(student: Implementation) -> str | None:
    # 100 px of nothing, a cell of 20, a gap of 3 (its middle 2 px from both cells), another cell.
    row = [0] * 100 + [1] * 20 + [0] * 3 + [2] * 20
    two, one = _map(student, row), _map(student, [int(value > 0) * 3 for value in row[:120]])
    balance = [len(row) / 2 / 40, len(row) / 2 / 103]  # of cells, of background
    far, inside, beside, gap = two[0], two[100], two[119] - balance[0], two[121] - balance[1]
    if abs(far) < 1e-3:
        return "balance_missing"
    if abs(far - 1) < 1e-3 and abs(inside - 1) < 0.05:
        return "balance_one"
    if one[100:].max() > 120 / 40 + 5:
        return "same_distance"
    if abs(gap) < 1e-3:
        return "cells_merged"
    if abs(beside) < 1e-3:
        return "background_only"
    seen = np.log(np.maximum([gap, beside], 1e-12) / 10)  # of d1, d2 = 2, 2 and 0, 4
    for word, exponents in {
        "sum_of_squares": (-8 / 50, -16 / 50),
        "not_squared": (-4 / 50, -4 / 50),
        "sigma_not_squared": (-16 / 10, -16 / 10),
        "factor_2": (-16 / 25, -16 / 25),
    }.items():
        if np.allclose(seen, exponents, rtol=0.02):
            return word
    return None


def _of_loss(student: Implementation) -> Found:
    def loss(gain: float, weights: list[float]) -> float:
        scores = np.array([1.0, -1.0, 0.0, 2.0], np.float32).reshape(1, 2, 1, 2) * np.float32(gain)
        asked = {
            "scores": scores,
            "target": np.array([[[0, 1]]]),
            "weights": np.array([[weights]], np.float32),
        }
        return student.number("weight_loss", {}, asked)

    # -log p of the two pixels: 0.3133, 1 against 0, and 0.0486, 2 against -1
    once, twice = loss(1, [1.0, 3.0]), loss(1, [2.0, 6.0])
    right = float(np.logaddexp(0, -1.0) + 3 * np.logaddexp(0, -3.0))
    plain = float(np.logaddexp(0, -1.0) + np.logaddexp(0, -3.0))
    if not np.isfinite(loss(-1000, [1.0, 3.0])):
        return "loss_unstable"
    for word, value in (
        ("loss_sign", -right),
        ("loss_mean", right / 2),
        ("loss_weighted_mean", right / 4),
        ("loss_unweighted", plain),
        ("loss_unweighted", plain / 2),
    ):
        if abs(once - value) < 1e-4 and (word != "loss_weighted_mean" or abs(once - twice) < 1e-4):
            return word
    return None
