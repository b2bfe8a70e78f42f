"""What a worker can be asked about unet.py: its names and shapes, each of its parts, and the whole of it.

This runs in the student's process, so nothing here is an answer, and nothing that it returns
earns points by itself: the trusted side compares tensors with its own, and uses layers and
wiring only to explain a failure.
"""

import torch
from torch import nn

from grader.lab.plan import CHANNELS, LAYER_SETTINGS
from grader.sandbox.calls import trace as traces
from grader.sandbox.calls.call import Answer, Code, Facts, Tensors, trained
from grader.sandbox.calls.network import (
    Fault,
    as_tensor,
    build,
    build_anew,
    build_as_far_as_possible,
    child_of,
    class_of,
    complete,
    in_either_layout,
    load_strictly,
    refuse_another,
)
from grader.sandbox.calls.real_sizes import as_in_real
from grader.sandbox.calls.recorder import Recorder
from grader.sandbox.calls.stand_ins import computing, install, record_forward


def can_be_built(code: Code, data: Facts, tensors: Tensors) -> Answer:
    """Import unet.py and find UNet; what its __init__ raises is for the checks of its parts."""
    refuse_another(build_as_far_as_possible(code, (3, 1)))
    return {}, {}


def load(code: Code, data: Facts, tensors: Tensors) -> Answer:
    """Build UNet and load the model file strictly: what fits and what does not."""
    network = build(code, data["channels"])
    found = {key: list(value.shape) for key, value in network.state_dict().items()}
    expected = {key: list(value.shape) for key, value in trained(code).items()}
    return {"found": found, "expected": expected}, {}


def keys(code: Code, data: Facts, tensors: Tensors) -> Answer:
    """Names and shapes of the network's parameters and buffers."""
    state = build(code, data["channels"]).state_dict()
    return {"keys": {key: list(value.shape) for key, value in state.items()}}, {}


def layers(code: Code, data: Facts, tensors: Tensors) -> Answer:
    """The layers of one child, in order: type, settings, and whether an nn.Sequential runs them."""
    child = child_of(build_as_far_as_possible(code, data["channels"]), data["name"])
    found = []
    for path, layer in child.named_modules():
        if isinstance(layer, nn.Sequential) or list(layer.children()):
            continue
        parent = child.get_submodule(path.rpartition(".")[0]) if path else nn.Sequential()
        facts = {"type": type(layer).__name__, "bias": getattr(layer, "bias", None) is not None}
        facts["in_sequence"] = isinstance(parent, nn.Sequential)
        found.append(facts | {name: getattr(layer, name) for name in LAYER_SETTINGS if hasattr(layer, name)})
    if child._forward_hooks or child._forward_pre_hooks:
        found.append({"type": "a hook", "bias": False, "in_sequence": True})
    return {"layers": found}, {}


def block(code: Code, data: Facts, tensors: Tensors) -> Answer:
    """One child on x, with the weights that were sent or else the trained ones."""
    name, x = data["name"], tensors.pop("x")
    child = child_of(build_as_far_as_possible(code, data["channels"]), name)
    if not tensors:
        tensors = {
            key[len(name) + 1 :]: value for key, value in trained(code).items() if key.startswith(name + ".")
        }

    def run(weights: Tensors) -> Answer:
        load_strictly(child, weights, name)
        child.train(data["training"])
        with torch.no_grad():
            return {}, {"y": as_tensor(child(x.clone()), f"{name}")}

    return in_either_layout(code, tensors, run)


def crop_and_concat(code: Code, data: Facts, tensors: Tensors) -> Answer:
    """CropAndConcat()(x, contracting_x)."""
    layer = class_of(code, "CropAndConcat")()
    with torch.no_grad():
        y = layer(tensors["x"].clone(), tensors["contracting_x"].clone())
        return {}, {"y": as_tensor(y, "CropAndConcat")}


def crop_wiring(code: Code, data: Facts, tensors: Tensors) -> Answer:
    """The operations of CropAndConcat; node 0 is x, node 1 contracting_x."""
    layer = class_of(code, "CropAndConcat")()
    recorder = Recorder(tensors["x"], tensors["contracting_x"])
    try:
        with torch.no_grad(), recorder:
            layer(tensors["x"], tensors["contracting_x"])
    except Exception:
        pass  # the graph as far as it got
    return {"nodes": recorder.recorded.nodes[2:]}, {}


def forward(code: Code, data: Facts, tensors: Tensors) -> Answer:
    """UNet.forward with stand-ins for everything else that the student wrote.

    What is no tensor is "returned", as a fault, where final_conv had its turn: the way there may be right.
    """
    x, network, recorder = tensors.pop("x"), lab_network(code), Recorder()
    computes = computing(tensors)
    install(network, computes, recorder)
    network.train(data["training"])
    with torch.no_grad():
        try:
            y = network(x)
        except Fault:
            raise
        except Exception as error:
            raise as_in_real(code, error) from None
    found = {"x_after": x}
    if recorder.scores is not None:
        found["final"] = recorder.scores
    elif isinstance(y, torch.Tensor) and y.dim() == 4 and y.shape[1] == CHANNELS[0]:
        found["final"] = computes["final_conv"](y)  # features, and nobody made scores of them
    try:
        return {}, {"y": as_tensor(y, "forward")} | found
    except Fault as fault:
        if "final" not in found:
            raise
        return {"returned": {"fault": fault.kind, "text": str(fault)} | fault.facts}, found


def wiring(code: Code, data: Facts, tensors: Tensors) -> Answer:
    """The same, for the graph that forward draws, as far as it gets."""
    network = lab_network(code)
    recorded = record_forward(network, tensors.pop("x"), tensors)
    return {
        "nodes": recorded.nodes,
        "output": recorded.output_node,
        "random": recorded.random,
        "input_changed": recorded.input_changed,
        "misfit": recorded.misfit,
    }, {}


def scores(code: Code, data: Facts, tensors: Tensors) -> Answer:
    """The whole network of the student, with the trained weights cut or repeated to the channels asked for.

    `lower` is taken off every score.
    """
    channels_in, channels_out = data["channels"]
    weights = dict(trained(code))
    weights["down_conv1.0.weight"] = weights["down_conv1.0.weight"][:, :channels_in].contiguous()
    weights["final_conv.weight"] = weights["final_conv.weight"].repeat(channels_out, 1, 1, 1)
    weights["final_conv.bias"] = weights["final_conv.bias"].float().repeat(channels_out) - data["lower"]
    network = build(code, data["channels"])

    def run(weights: Tensors) -> Answer:
        load_strictly(network, weights, "UNet")
        network.train(data["training"])
        with torch.inference_mode():
            return {}, {"y": as_tensor(network(tensors["x"].clone()), "forward")}

    return in_either_layout(code, weights, run)


def trace(code: Code, data: Facts, tensors: Tensors) -> Answer:
    """The digest of the graph that the network's forward draws; nothing is computed."""
    network = complete(build_anew(code, (3, 1))).train(data["training"])
    return {"digest": traces.graph_digest(network, data["height"], data["width"])}, {}


def lab_network(code: Code) -> nn.Module:
    """A network to put stand-ins into. Raises Fault other_network where it has none of the lab's layers."""
    return refuse_another(build_anew(code, (3, 1)))
