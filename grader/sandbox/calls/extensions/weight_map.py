"""Calls about weight_map.py."""

from grader.sandbox.calls.call import Answer, Code, Facts, Tensors
from grader.sandbox.calls.extensions.parts import part_of
from grader.sandbox.calls.network import as_tensor


def weight_balance(code: Code, data: Facts, tensors: Tensors) -> Answer:
    """class_balance of labels."""
    balance = part_of(code, "weight_map", "class_balance")(tensors["labels"])
    return {}, {"y": as_tensor(balance, "class_balance").float()}


def weight_map(code: Code, data: Facts, tensors: Tensors) -> Answer:
    """weight_map of labels: every n-th row and column."""
    y = part_of(code, "weight_map", "weight_map")(tensors["labels"], w0=data["w0"], sigma=data["sigma"])
    return {}, {"y": as_tensor(y, "weight_map")[:: data["every"], :: data["every"]].float()}


def weight_map_fast(code: Code, data: Facts, tensors: Tensors) -> Answer:
    """The same, with less processor time than other calls have: see LIMITS_S in in_worker.py."""
    return weight_map(code, data, tensors)


def weight_loss(code: Code, data: Facts, tensors: Tensors) -> Answer:
    """weighted_cross_entropy."""
    loss = part_of(code, "weight_map", "weighted_cross_entropy")
    y = as_tensor(loss(tensors["scores"], tensors["target"], tensors["weights"]), "weighted_cross_entropy")
    return {}, {"y": y.double()}


CALLS = (weight_balance, weight_map, weight_map_fast, weight_loss)
