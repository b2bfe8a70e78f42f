"""Calls about find_the_bugs.py."""

import torch
from torch import nn

from grader.sandbox.calls.extensions.parts import part_of
from grader.sandbox.calls.network import Fault, as_tensor


def _network(code, out_channels: int, seed: int) -> nn.Module:
    torch.manual_seed(seed)
    return part_of(code, "find_the_bugs", "UNet")(out_channels)


def _count(model: nn.Module) -> int:
    return sum(parameter.numel() for parameter in model.parameters())


def bugs_registered(code, data: dict, tensors):
    """-> [parameters when built, parameters after a call, entries of the state dict]."""
    model = _network(code, 3, data["seed"])
    before, entries = _count(model), len(model.state_dict())
    model(tensors["x"])
    return {}, {"y": torch.tensor([before, _count(model), entries])}


def bugs_layers(code, data: dict, tensors):
    """Types of the layers, and how often each BatchNorm is called."""
    model, calls = _network(code, 3, data["seed"]), []
    for layer in model.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.register_forward_hook(lambda layer, given, out: calls.append(id(layer)))
    model(tensors["x"])
    types = [type(layer).__name__ for layer in model.modules() if not list(layer.children())]
    return {"types": types, "calls": len(calls), "called": len(set(calls))}, {}


def bugs_probabilities(code, data: dict, tensors):
    """UNet(out_channels) on x, in evaluation mode."""
    model = _network(code, data["out_channels"], data["seed"]).eval()
    with torch.no_grad():
        y = as_tensor(model(tensors["x"]), "forward")
    return {}, {"y": y}


def bugs_answers(code, data: dict, tensors):
    """The same picture, another, the same again; then in a new network with the first one's state dict."""
    x, other = tensors["x"], tensors["other"]
    model = _network(code, 3, data["seed"])
    model.train()
    model(other)  # moves the running statistics
    model.eval()
    with torch.no_grad():
        first, between, again = model(x), model(other), model(x)
        copy = _network(code, 3, data["seed"] + 1)
        try:
            copy.load_state_dict(model.state_dict())
        except RuntimeError as error:
            raise Fault("does_not_load", f"a new UNet refuses the state dict of another: {error}") from None
        copied = copy.eval()(x)
    found = {"first": first, "between": between, "again": again, "copied": copied}
    return {}, {name: as_tensor(value, "forward") for name, value in found.items()}


def bugs_saturated(code, data: dict, tensors):
    """With every BatchNorm shifted up by 100, the scores of x."""
    model = _network(code, 3, data["seed"]).eval()
    for layer in model.modules():
        if isinstance(layer, nn.BatchNorm2d):
            nn.init.constant_(layer.bias, 100.0)
    with torch.no_grad():
        return {}, {"y": as_tensor(model(tensors["x"]), "forward")}


def bugs_learning(code, data: dict, tensors):
    """Losses of some steps on two pictures."""
    model = _network(code, 2, data["seed"]).train()
    optimiser = torch.optim.Adam(model.parameters(), lr=data["rate"])
    losses = []
    for _ in range(data["steps"]):
        optimiser.zero_grad()
        losses.append(nn.functional.nll_loss((model(tensors["x"]) + 1e-9).log(), tensors["target"]))
        losses[-1].backward()
        optimiser.step()
    return {}, {"y": torch.stack(losses).detach()}


def bugs_comments(code, data: dict, tensors):
    """what_the_comments_should_say()."""
    said = part_of(code, "find_the_bugs", "what_the_comments_should_say")()
    if not isinstance(said, dict):
        raise Fault("not_a_dict", f"what_the_comments_should_say returns {type(said).__name__}, not a dict")
    return {"said": {str(key): str(value) for key, value in said.items()}}, {}


CALLS = (
    bugs_registered,
    bugs_layers,
    bugs_probabilities,
    bugs_answers,
    bugs_saturated,
    bugs_learning,
    bugs_comments,
)
