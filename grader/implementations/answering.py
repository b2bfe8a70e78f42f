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


MOST_KEPT = 16
_KEPT: dict[int, tuple[bytes, bytes]] = {}  # by id, which is no other's while it is kept


def request_key(call: str, data: Facts, tensors: Tensors) -> str:
    """Names a request by all that is in it."""
    digest = hashlib.sha256(json.dumps([call, data], sort_keys=True).encode())
    for name in sorted(tensors):
        digest.update(f"{name} {tensors[name].dtype} {tensors[name].shape} ".encode())
        digest.update(_digest(tensors[name]))
    return digest.hexdigest()[:24]


def _digest(array: Array) -> bytes:
    """Of its numbers; that of a picture's bytes, which nothing changes, is kept."""
    content: object = array.base
    is_all = isinstance(content, bytes) and array.nbytes == len(content) and array.flags.c_contiguous
    if not isinstance(content, bytes) or not is_all:
        return hashlib.sha256(np.ascontiguousarray(array).tobytes()).digest()
    if id(content) not in _KEPT:
        _KEPT[id(content)] = content, hashlib.sha256(content).digest()
        while len(_KEPT) > MOST_KEPT:
            del _KEPT[next(iter(_KEPT))]
    return _KEPT[id(content)][1]
