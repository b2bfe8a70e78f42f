"""Calls about find_the_bugs.py."""

import torch
from torch import nn

from grader.language import _
from grader.sandbox.calls.call import Answer, Code, Facts, Tensors
from grader.sandbox.calls.extensions.parts import network_of, part_of
from grader.sandbox.calls.extensions.passes import watched
from grader.sandbox.calls.network import Fault, as_tensor
from grader.sandbox.calls.numberless import without_numbers

NARROW = (16, 32, 64, 128, 256)  # channels of the five levels, where numbers are computed


def _network(code: Code, out_channels: int, seed: int) -> nn.Module:
    torch.manual_seed(seed)
    return network_of(code, "find_the_bugs", "UNet", out_channels, NARROW)


def _count(model: nn.Module) -> int:
    return sum(parameter.numel() for parameter in model.parameters())


def bugs_registered(code: Code, data: Facts, tensors: Tensors) -> Answer:
    """-> [parameters when built, parameters after a call, entries of the state dict], and at full width."""
    with without_numbers():
        published = _count(network_of(code, "find_the_bugs", "UNet", 3))
    model = _network(code, 3, data["seed"])
    before, entries = _count(model), len(model.state_dict())
    model(tensors["x"])
    return {}, {"y": torch.tensor([before, _count(model), entries, published])}


def bugs_layers(code: Code, data: Facts, tensors: Tensors) -> Answer:
    """Types of the layers, and how often each BatchNorm is called."""
    model, calls = _network(code, 3, data["seed"]), list[int]()
    for layer in model.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.register_forward_hook(lambda layer, given, out: calls.append(id(layer)))
    model(tensors["x"])
    types = [type(layer).__name__ for layer in model.modules() if not list(layer.children())]
    return {"types": types, "calls": len(calls), "called": len(set(calls))}, {}


def bugs_probabilities(code: Code, data: Facts, tensors: Tensors) -> Answer:
    """UNet(out_channels) on x, in evaluation mode."""
    model = _network(code, data["out_channels"], data["seed"]).eval()
    with torch.no_grad():
        y = as_tensor(model(tensors["x"]), "forward")
    return {}, {"y": y}


def bugs_answers(code: Code, data: Facts, tensors: Tensors) -> Answer:
    """The same picture, another, the same again; then in a new network with the first one's state dict."""
    x, other = tensors["x"], tensors["other"]
    model = _network(code, 3, data["seed"])
    model.train()
    model(other)  # moves the running statistics
    model.eval()
    with torch.no_grad():
        first, between, again = model(x), model(other), model(x)
        copied = _copy(code, model, data["seed"] + 1).eval()(x)
    found = {"first": first, "between": between, "again": again, "copied": copied}
    return {}, {name: as_tensor(value, "forward") for name, value in found.items()}


def _copy(code: Code, model: nn.Module, seed: int, out_channels: int = 3) -> nn.Module:
    """A new network with the state dict of this one."""
    copy = _network(code, out_channels, seed)
    try:
        copy.load_state_dict(model.state_dict())
    except RuntimeError as error:
        raise Fault(
            "does_not_load", _("a new UNet refuses the state dict of another: {error}").format(error=error)
        ) from None
    return copy


def bugs_saturated(code: Code, data: Facts, tensors: Tensors) -> Answer:
    """With every BatchNorm shifted up by 100, the probabilities of x."""
    model = _network(code, 3, data["seed"]).eval()
    for layer in model.modules():
        if isinstance(layer, nn.BatchNorm2d):
            nn.init.constant_(layer.bias, 100.0)
    with torch.no_grad():
        return {}, {"y": as_tensor(model(tensors["x"]), "forward")}


def bugs_run(code: Code, data: Facts, tensors: Tensors) -> Answer:
    """UNet(out_channels) in training mode on x, with weights of ours and this gain in every BatchNorm.

    -> what the contracting path's last layer gives, the last convolution's scores, the network's answer;
    with a target (N, H, W) also the gradients of the cross-entropy of the scores. way: "run", where every
    layer gets weights; "registered", where only layers that the network knew when it was built do; "copied",
    where they come through a state dict.
    """
    channels, seed, gain, x = data["out_channels"], data["seed"], data["gain"], tensors["x"]
    model = _network(code, channels, seed).train()
    if data["way"] == "copied":
        with torch.no_grad(), watched(seed, gain):
            model(x)
        model, filled = _copy(code, model, seed + 1, channels).train(), None
    else:
        filled = seed
    with watched(filled, gain, model if data["way"] == "registered" else None) as run:
        y = as_tensor(model(x), "forward")
    if run.bottom is None or run.scores is None:
        raise Fault(
            "layers_missing",
            _(
                "forward runs {count} convolutions, transposed convolutions and BatchNorms that were "
                "registered when the network was built: some are missing"
            ).format(count=len(run.layers)),
        )
    found = {"bottom": run.bottom.detach(), "scores": run.scores.detach(), "y": y}
    if "target" in tensors:
        torch.autograd.backward(nn.functional.cross_entropy(run.scores, tensors["target"]))
        found["gradients"] = run.gradients(seed)
    return {}, found


def bugs_comments(code: Code, data: Facts, tensors: Tensors) -> Answer:
    """what_the_comments_should_say()."""
    said = part_of(code, "find_the_bugs", "what_the_comments_should_say")()
    if not isinstance(said, dict):
        raise Fault(
            "not_a_dict",
            _("what_the_comments_should_say returns {type}, not a dict").format(type=type(said).__name__),
        )
    return {"said": {str(key): str(value) for key, value in said.items()}}, {}


CALLS = (
    bugs_registered,
    bugs_layers,
    bugs_probabilities,
    bugs_answers,
    bugs_saturated,
    bugs_run,
    bugs_comments,
)
