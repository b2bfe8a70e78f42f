"""Calls that only the sandbox's own tests make; `Sandbox(calls="tests.sandbox.asked")`."""

import torch


def ping(submission, data, tensors):
    return data, tensors


def load(submission, data, tensors):
    """Shapes and dtypes of the trained weights, as the worker holds them."""
    weights = submission.weights
    return {"weights": weights and {key: [list(t.shape), str(t.dtype)] for key, t in weights.items()}}, {}


def sums(submission, data, tensors):
    return {key: float(tensor.sum()) for key, tensor in submission.weights.items()}, {}


def apply(submission, data, tensors):
    """{"y": f(x)} with f from unet.py, or from the module that data names."""
    return {}, {"y": submission.module(data.get("module", "unet")).f(tensors["x"])}


def facts(submission, data, tensors):
    """What f() returns, as plain data."""
    return submission.module("unet").f(), {}


def busy(submission, data, tensors):
    while True:
        pass


def threads(submission, data, tensors):
    return {"threads": torch.get_num_threads(), "device": str(submission.device)}, {}


CALLS = {call.__name__: call for call in (ping, load, sums, apply, facts, busy, threads)}
