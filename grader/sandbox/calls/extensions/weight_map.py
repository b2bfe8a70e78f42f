"""Calls about weight_map.py."""

from grader.sandbox.calls.extensions.parts import part_of
from grader.sandbox.calls.network import as_tensor


def weight_balance(code, data: dict, tensors):
    """class_balance of labels."""
    return {}, {
        "y": as_tensor(
            part_of(code, "weight_map", "class_balance")(tensors["labels"]), "class_balance"
        ).float()
    }


def weight_map(code, data: dict, tensors):
    """weight_map of labels; every n-th row and column."""
    y = part_of(code, "weight_map", "weight_map")(tensors["labels"], w0=data["w0"], sigma=data["sigma"])
    return {}, {"y": as_tensor(y, "weight_map")[:: data["every"], :: data["every"]].float()}


def weight_map_fast(code, data: dict, tensors):
    """The same, under a limit of time of its own."""
    return weight_map(code, data, tensors)


def weight_loss(code, data: dict, tensors):
    """weighted_cross_entropy."""
    loss = part_of(code, "weight_map", "weighted_cross_entropy")
    y = as_tensor(loss(tensors["scores"], tensors["target"], tensors["weights"]), "weighted_cross_entropy")
    return {}, {"y": y.double()}


CALLS = (weight_balance, weight_map, weight_map_fast, weight_loss)
