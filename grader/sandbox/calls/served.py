"""What predict_mask gets while it is checked: a network with known scores, and a preprocess of ours.

Whatever the student's own preprocess does wrong is paid for where it is checked itself.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

import torch
from PIL import Image
from torch import nn

from grader.lab.readings import given_input


class Served(nn.Module):
    """A network with known scores (logits); a strict one changes them in training mode or with gradients."""

    def __init__(self, scores: torch.Tensor, strict: bool):
        super().__init__()
        self.strict = strict
        self.anchor = nn.Parameter(torch.zeros(()))
        self.scores = scores
        self.calls, self.was_training, self.had_gradients = 0, False, False
        self.seen: torch.Tensor | None = None

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """The known scores, after noting how the network was run."""
        if x.dim() != 4:
            raise ValueError(f"expected an input of shape (N, 3, H, W), not {tuple(x.shape)}")
        self.calls += 1
        self.seen = x.detach().clone()
        self.was_training |= self.training
        self.had_gradients |= torch.is_grad_enabled()
        scores = self.scores.clone()
        if self.strict and self.training:
            scores = scores.flip(-1)
        if self.strict and torch.is_grad_enabled():
            scores = scores.flip(-2)
        return scores + self.anchor  # with gradients it needs .detach() before .numpy(), as a real one does


@contextmanager
def given_preprocess(module: ModuleType) -> Iterator[None]:
    """Within this context the module's preprocess gives `given_input` for any picture that it is handed.

    Handed no picture, it is the submission's own: that call is a mistake of predict_mask's.
    """
    there = vars(module).get("preprocess")

    def given(*args: object, **kwargs: object) -> object:
        if callable(there) and not any(isinstance(one, Image.Image) for one in (*args, *kwargs.values())):
            return there(*args, **kwargs)
        return torch.from_numpy(given_input())

    vars(module)["preprocess"] = given
    try:
        yield
    finally:
        vars(module)["preprocess"] = there
