"""Who answers a question: what everything that stands behind an `Implementation` can do."""

import hashlib
import json
from collections.abc import Callable

import numpy as np

Tensors = dict[str, np.ndarray]
# (call, data, tensors) -> (facts, tensors)
Answering = Callable[[str, dict, Tensors], tuple[dict, Tensors]]


def request_key(call: str, data: dict, tensors: Tensors) -> str:
    """Names a request by all that is in it."""
    digest = hashlib.sha256(json.dumps([call, data], sort_keys=True).encode())
    for name in sorted(tensors):
        digest.update(f"{name} {tensors[name].dtype} {tensors[name].shape} ".encode())
        digest.update(np.ascontiguousarray(tensors[name]).tobytes())
    return digest.hexdigest()[:24]
