"""Who answers a question: what everything that stands behind an `Implementation` can do."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Tensors = dict[str, Array]
Facts = dict[str, Any]  # plain data, as JSON has it
Question = tuple[str, Facts, Tensors]  # (call, data, tensors)
# Whom to ask: (call, data, tensors) -> (facts, tensors)
Answering = Callable[[str, Facts, Tensors], tuple[Facts, Tensors]]


def request_key(call: str, data: Facts, tensors: Tensors) -> str:
    """Names a request by all that is in it."""
    digest = hashlib.sha256(json.dumps([call, data], sort_keys=True).encode())
    for name in sorted(tensors):
        digest.update(f"{name} {tensors[name].dtype} {tensors[name].shape} ".encode())
        digest.update(np.ascontiguousarray(tensors[name]).tobytes())
    return digest.hexdigest()[:24]
