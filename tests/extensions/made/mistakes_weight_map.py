"""Known mistakes in weight_map.py."""

from .build import Mistake

MISTAKES = (
    Mistake(
        "weights-same-distance",
        "weight_map.same_distance",
        (("torch.exp(-((nearest + second) ** 2)", "torch.exp(-((nearest + nearest) ** 2)"),),
    ),
    Mistake(
        "weights-foreground-as-one",
        "weight_map.cells_merged",
        (
            (
                "    for number in labels[labels > 0].unique():\n        cell = labels == number\n",
                "    for cell in [labels > 0] * bool((labels > 0).any()):\n",
            ),
        ),
    ),
    Mistake(
        "weights-sum-of-squares",
        "weight_map.sum_of_squares",
        (("-((nearest + second) ** 2)", "-(nearest**2 + second**2)"),),
    ),
    Mistake(
        "weights-not-squared",
        "weight_map.not_squared",
        (("-((nearest + second) ** 2)", "-(nearest + second)"),),
    ),
    Mistake("weights-sigma-once", "weight_map.sigma_not_squared", (("(2 * sigma**2)", "(2 * sigma)"),)),
    Mistake("weights-without-2", "weight_map.factor_2", (("(2 * sigma**2)", "(sigma**2)"),)),
    Mistake(
        "weights-no-balance",
        "weight_map.balance_missing",
        (("    return class_balance(labels) + w0", "    return w0"),),
    ),
    Mistake(
        "weights-balance-is-one",
        "weight_map.balance_one",
        (("    return class_balance(labels) + w0", "    return 1 + w0"),),
    ),
    Mistake(
        "weights-balance-inverted",
        "weight_map.balance_inverted",
        (
            (
                "torch.where(foreground, pixels / (2 * cells), pixels / (2 * (pixels - cells)))",
                "torch.where(foreground, pixels / (2 * (pixels - cells)), pixels / (2 * cells))",
            ),
        ),
    ),
    Mistake(
        "weights-balance-not-normalised",
        "weight_map.balance_scale",
        (
            (
                "torch.where(foreground, pixels / (2 * cells), pixels / (2 * (pixels - cells)))",
                "torch.where(foreground, pixels / cells, pixels / (pixels - cells))",
            ),
        ),
    ),
    Mistake(
        "weights-background-only",
        "weight_map.background_only",
        (
            (
                "    return class_balance(labels) + w0 * torch",
                "    return class_balance(labels) + w0 * (labels == 0) * torch",
            ),
        ),
    ),
    Mistake(
        "weights-whole-picture",
        "weight_map.slow",
        (
            (
                "        near = tuple(slice(max(0, at[0] - reach), at[-1] + reach + 1) for at in (rows, columns))\n",
                "        near, reach = (slice(None), slice(None)), max(labels.shape)\n",
            ),
        ),
    ),
    Mistake(
        "loss-mean", "weight_map.loss_mean", (('reduction="none")).sum()', 'reduction="none")).mean()'),)
    ),
    Mistake(
        "loss-weighted-mean",
        "weight_map.loss_weighted_mean",
        (('reduction="none")).sum()', 'reduction="none")).sum() / weights.sum()'),),
    ),
    Mistake(
        "loss-sign",
        "weight_map.loss_sign",
        (
            (
                "    return (weights * nn.functional.cross_entropy(",
                "    return -(weights * nn.functional.cross_entropy(",
            ),
        ),
    ),
    Mistake(
        "loss-overflows",
        "weight_map.loss_unstable",
        (
            (
                'nn.functional.cross_entropy(scores, target.long(), reduction="none")',
                "-scores.softmax(1).log().gather(1, target.long()[:, None])[:, 0]",
            ),
        ),
    ),
    Mistake(
        "loss-unweighted",
        "weight_map.loss_unweighted",
        (
            (
                '(weights * nn.functional.cross_entropy(scores, target.long(), reduction="none"))',
                'nn.functional.cross_entropy(scores, target.long(), reduction="none")',
            ),
        ),
    ),
)
