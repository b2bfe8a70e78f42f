"""Known mistakes in train.py."""

from .build import Mistake

MISTAKES = (
    Mistake(
        "train-bce-of-sigmoid",
        "train.sigmoid_twice",
        (("with_logits(scores[:, 0], target", "with_logits(torch.sigmoid(scores[:, 0]), target"),),
    ),
    Mistake(
        "train-bce-of-probabilities",
        "train.loss_unstable",
        (
            (
                "        return nn.functional.binary_cross_entropy_with_logits(scores[:, 0], target.to(scores.dtype))",
                "        return nn.functional.binary_cross_entropy(torch.sigmoid(scores[:, 0]), target.to(scores.dtype))",
            ),
        ),
    ),
    Mistake(
        "train-log-of-soft-max",
        "train.loss_unstable",
        (
            (
                "return nn.functional.cross_entropy(scores, target.long())",
                "return nn.functional.nll_loss(torch.log(torch.softmax(scores, 1)), target.long())",
            ),
        ),
    ),
    Mistake(
        "train-sum",
        "train.loss_sum",
        (
            ("target.to(scores.dtype))", 'target.to(scores.dtype), reduction="sum")'),
            ("cross_entropy(scores, target.long())", 'cross_entropy(scores, target.long(), reduction="sum")'),
        ),
    ),
    Mistake("train-gradients-kept", "train.gradients_kept", (("        self.optimiser.zero_grad()\n", ""),)),
    Mistake(
        "train-zero-grad-too-late",
        "train.no_step",
        (
            (
                "        self.optimiser.zero_grad()\n        loss.backward()\n",
                "        loss.backward()\n        self.optimiser.zero_grad()\n",
            ),
        ),
    ),
    Mistake("train-no-step", "train.no_step", (("        self.optimiser.step()\n", ""),)),
    Mistake(
        "train-no-momentum",
        "train.momentum_ignored",
        (("lr=recipe.rate, momentum=recipe.momentum,", "lr=recipe.rate,"),),
    ),
    Mistake(
        "train-no-weight-decay",
        "train.weight_decay_ignored",
        (("momentum=recipe.momentum, weight_decay=recipe.weight_decay", "momentum=recipe.momentum"),),
    ),
    Mistake(
        "train-nesterov",
        "train.nesterov",
        (("weight_decay=recipe.weight_decay\n", "weight_decay=recipe.weight_decay, nesterov=True\n"),),
    ),
    Mistake(
        "train-adam",
        "train.other_optimiser",
        (
            (
                "    return torch.optim.SGD(\n        model.parameters(), lr=recipe.rate, momentum=recipe.momentum, weight_decay=recipe.weight_decay\n    )",
                "    return torch.optim.Adam(model.parameters(), lr=recipe.rate, weight_decay=recipe.weight_decay)",
            ),
        ),
    ),
    Mistake(
        "train-iou",
        "train.iou",
        (
            (
                "    return 2 * int((a & b).sum()) / total if total else 1.0",
                "    return int((a & b).sum()) / int((a | b).sum()) if total else 1.0",
            ),
        ),
    ),
    Mistake("train-nothing-is-nothing", "train.empty_masks", (("if total else 1.0", "if total else 0.0"),)),
    Mistake("train-division-by-zero", "train.empty_masks", ((" / total if total else 1.0", " / total"),)),
    Mistake(
        "train-measured-in-training-mode", "train.measured_in_training_mode", (("    model.eval()\n", ""),)
    ),
    Mistake(
        "train-pooled",
        "train.pooled_dice",
        (
            (
                "        values = [dice(mask_of(model(image[None]))[0], truth) for image, truth in pairs]\n    return sum(values) / len(values)",
                "        masks = torch.cat([mask_of(model(image[None])) for image, _ in pairs])\n    return dice(masks, torch.stack([truth for _, truth in pairs]))",
            ),
        ),
    ),
    Mistake("train-left-in-eval-mode", "train.left_in_eval_mode", (("        self.model.train()\n", ""),)),
    Mistake(
        "train-momentum-forgotten",
        "train.optimiser_not_saved",
        (
            ('            "optimiser": self.optimiser.state_dict(),\n', ""),
            ('        self.optimiser.load_state_dict(state["optimiser"])\n', ""),
        ),
    ),
    Mistake(
        "train-step-forgotten",
        "train.step_not_saved",
        (
            ('            "step": self.step,\n', ""),
            (
                '        self.step, self.losses, self.dices = state["step"], state["losses"], state["dices"]',
                '        self.losses, self.dices = state["losses"], state["dices"]',
            ),
        ),
    ),
    Mistake(
        "train-weights-forgotten",
        "train.weights_not_saved",
        (
            ('            "model": self.model.state_dict(),\n', ""),
            ('        self.model.load_state_dict(state["model"])\n', ""),
        ),
    ),
    Mistake(
        "train-losses-forgotten",
        "train.losses_not_saved",
        (
            ('            "losses": self.losses,\n', ""),
            (
                'self.step, self.losses, self.dices = state["step"], state["losses"], state["dices"]',
                'self.step, self.dices = state["step"], state["dices"]',
            ),
        ),
    ),
)
