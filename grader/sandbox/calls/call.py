"""What a call is: the submitted code, plain data and tensors in; facts and tensors out."""

from collections.abc import Callable
from types import ModuleType
from typing import Any, Protocol

import torch

Facts = dict[str, Any]  # plain data, as JSON knows it
Tensors = dict[str, torch.Tensor]
Answer = tuple[Facts, Tensors]


class Code(Protocol):
    """The submitted code as a call sees it; `SubmittedCode` in untrusted/serve.py is one."""

    cache: dict[Any, Any]

    @property
    def weights(self) -> Tensors | None:
        """Of the model file, in float32, kernels with their channels last."""
        ...

    @property
    def device(self) -> torch.device:
        """Where the mask of a picture is computed."""
        ...

    def module(self, name: str) -> ModuleType:
        """Import unet.py, infer.py or a folder of the submission, once."""
        ...


Call = Callable[[Code, Facts, Tensors], Answer]


def trained(code: Code) -> Tensors:
    """The weights of the model file; none where there is no such file."""
    return code.weights or {}
