"""What predict_mask made of scores that the grader gave it."""

from dataclasses import dataclass

import numpy as np

from grader.implementations import claims
from grader.implementations.answering import Array, Facts, Tensors
from grader.implementations.arrays import REAL, read_array
from grader.implementations.fault import nonsense
from grader.language import _


@dataclass(frozen=True)
class ServedMask:
    """A mask, and how predict_mask asked the network for its scores."""

    mask: Array | None  # (H, W), or whatever array came
    kind: str  # array, tensor or the name of another type
    dtype: str
    x: Array | None  # what the network was given, where that was asked for
    training: bool
    gradients: bool
    operations: list[str]  # the torch functions that predict_mask called
    calls: int = 1  # how often it ran the network

    @staticmethod
    def names() -> list[str]:
        """What of an answer makes one."""
        return list(ServedMask.__dataclass_fields__)

    @classmethod
    def read(cls, facts: Facts, tensors: Tensors) -> "ServedMask":
        """From an answer. Raises SubmissionFault where it makes no sense."""
        mask, x = tensors.get("mask"), tensors.get("x")
        if mask is not None:
            mask = read_array(facts, tensors, "mask", _("the mask"), kinds=REAL)
        if not isinstance(x, np.ndarray) or x.dtype.kind not in REAL:
            x = None
        try:
            return cls(
                mask,
                claims.word(facts.get("kind")),
                claims.word(facts.get("dtype")),
                x,
                claims.boolean(facts.get("training")),
                claims.boolean(facts.get("gradients")),
                claims.listed(claims.word, 100)(facts.get("operations", [])),
                claims.integer(facts.get("calls", 1)),
            )
        except ValueError:
            raise nonsense("served_mask") from None
