"""What a worker can be asked about a submission's core files.

This runs in the student's process, so nothing here is an answer, and nothing that it returns
earns points by itself: the trusted side compares tensors with its own, and uses layers and
wiring only to explain a failure. Each call: (code, data, tensors) -> (data, tensors).
Next file: stand_ins.py.
"""

import io

import numpy as np
import torch
from PIL import Image
from torch import nn

from grader.lab.plan import LAYER_SETTINGS
from grader.sandbox.calls import extensions
from grader.sandbox.calls import trace as traces
from grader.sandbox.calls.call import Answer, Call, Code, Facts, Tensors, trained
from grader.sandbox.calls.network import (
    Fault,
    as_tensor,
    build,
    build_anew,
    build_as_far_as_possible,
    child_of,
    class_of,
    complete,
    load_strictly,
)
from grader.sandbox.calls.stand_ins import Recorder, Served, install, record_forward


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
    load_strictly(child, tensors, name)
    child.train(data["training"])
    with torch.no_grad():
        return {}, {"y": as_tensor(child(x), f"{name}")}


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
    """UNet.forward with stand-ins for everything else that the student wrote."""
    x, network = tensors.pop("x"), build_anew(code, (3, 1))
    install(network, tensors, Recorder())
    network.train(data["training"])
    with torch.no_grad():
        return {}, {"y": as_tensor(network(x), "forward"), "x_after": x}


def wiring(code: Code, data: Facts, tensors: Tensors) -> Answer:
    """The same, for the graph that forward draws, as far as it gets."""
    network = build_anew(code, (3, 1))
    recorded = record_forward(network, tensors.pop("x"), tensors)
    return {
        "nodes": recorded.nodes,
        "output": recorded.output_node,
        "random": recorded.random,
        "input_changed": recorded.input_changed,
    }, {}


def can_be_built(code: Code, data: Facts, tensors: Tensors) -> Answer:
    """Import unet.py and find UNet; what its __init__ raises is for the checks of its parts."""
    build_as_far_as_possible(code, (3, 1))
    return {}, {}


def scores(code: Code, data: Facts, tensors: Tensors) -> Answer:
    """The whole network of the student, with the trained weights cut or repeated to the channels asked for.

    `lower` is taken off every score.
    """
    channels_in, channels_out = data["channels"]
    weights = dict(trained(code))
    weights["down_conv1.0.weight"] = weights["down_conv1.0.weight"][:, :channels_in]
    weights["final_conv.weight"] = weights["final_conv.weight"].repeat(channels_out, 1, 1, 1)
    weights["final_conv.bias"] = weights["final_conv.bias"].float().repeat(channels_out) - data["lower"]
    network = build(code, data["channels"])
    load_strictly(network, weights, "UNet")
    network.train(data["training"])
    with torch.inference_mode():
        return {}, {"y": as_tensor(network(tensors["x"].clone()), "forward")}


def _picture(data: Facts, tensors: Tensors) -> Image.Image:
    """The picture that was sent: the bytes of a file, or pixels with mode and size."""
    content = tensors["picture"].numpy().tobytes()
    if data["mode"] is None:
        opened = Image.open(io.BytesIO(content))
        opened.load()
        return opened
    image = Image.frombytes(data["mode"], tuple(data["size"]), content)
    if "palette" in tensors:
        image.putpalette(tensors["palette"].numpy().tobytes())
    return image


def preprocess(code: Code, data: Facts, tensors: Tensors) -> Answer:
    """infer.preprocess of a picture, sent as the bytes of its file; or every n-th row and column of it."""
    with torch.no_grad():
        y = as_tensor(code.module("infer").preprocess(_picture(data, tensors)), "preprocess")
    return {}, {"y": y[..., :: data["every"], :: data["every"]] if "every" in data else y}


def import_file(code: Code, data: Facts, tensors: Tensors) -> Answer:
    """Import one of the two files, and nothing more."""
    code.module(data["name"])
    return {}, {}


def can_be_imported(code: Code, data: Facts, tensors: Tensors) -> Answer:
    """Import infer.py and find its two functions."""
    module = code.module("infer")
    for name in ("preprocess", "predict_mask"):
        if not callable(getattr(module, name, None)):
            raise Fault("function_missing", f"infer.py has no function {name}", name=name)
    return {}, {}


def picture_scores(code: Code, data: Facts, tensors: Tensors) -> Answer:
    """The whole network on a preprocessed picture: every n-th row and column of its scores."""
    network = build(code, (3, 1))
    load_strictly(network, trained(code), "UNet")
    network.eval().to(memory_format=torch.channels_last)
    with torch.inference_mode():
        x = code.module("infer").preprocess(_picture(data, tensors))
        y = as_tensor(network(x), "forward")[..., :: data["every"], :: data["every"]]
        return {}, {"y": y.half() if data.get("half") else y}


def trace(code: Code, data: Facts, tensors: Tensors) -> Answer:
    """The digest of the graph that the network's forward draws; nothing is computed."""
    network = complete(build_anew(code, (3, 1))).train(data["training"])
    return {"digest": traces.graph_digest(network, data["height"], data["width"])}, {}


def served_mask(code: Code, data: Facts, tensors: Tensors) -> Answer:
    """infer.predict_mask with a network that gives the scores we sent."""
    served = Served(tensors["scores"], data["strict"])
    served.train()
    recorder, predict_mask = Recorder(), code.module("infer").predict_mask
    picture = _picture(data, tensors)
    with recorder:
        mask = predict_mask(served, picture, *data["threshold"])
    facts, arrays = _mask_of(mask)
    facts |= {
        "training": served.was_training,
        "gradients": served.had_gradients,
        "calls": served.calls,
        "operations": [name for name, _ in recorder.recorded.nodes][-20:],
    }
    return facts, arrays | ({} if served.seen is None else {"x": served.seen})


def mask(code: Code, data: Facts, tensors: Tensors) -> Answer:
    """The real thing: the student's network with the trained weights, and predict_mask."""
    network = complete(build_anew(code, (3, 1)))  # it may go to a GPU, where no other call looks for it
    load_strictly(network, trained(code), "UNet")
    network.to(code.device).to(memory_format=torch.channels_last)
    return _mask_of(code.module("infer").predict_mask(network, _picture(data, tensors)))


def _mask_of(value: object) -> Answer:
    """What predict_mask returned: facts, and the array as a tensor where it is one."""
    if isinstance(value, torch.Tensor):
        return {"kind": "tensor", "dtype": str(value.dtype).removeprefix("torch.")}, {
            "mask": value.detach().cpu()
        }
    if type(value) is not np.ndarray:
        return {"kind": type(value).__name__, "dtype": ""}, {}
    dtype = str(value.dtype)
    if dtype not in ("uint8", "bool", "int64", "int32", "float32", "float64"):
        value = np.asarray(value, dtype=np.float64)
    return {"kind": "array", "dtype": dtype}, {"mask": torch.from_numpy(np.ascontiguousarray(value))}


def _reporting_faults(call: Call) -> Call:
    def answer(code: Code, data: Facts, tensors: Tensors) -> Answer:
        try:
            return call(code, data, tensors)
        except Fault as fault:
            return {"fault": fault.kind, "text": str(fault)} | fault.facts, {}

    return answer


def warm_up() -> None:
    """Trace something, so that what torch imports for it is there before a worker may write no file."""
    traces.warm_up()


def walk() -> None:
    """Use all that calls may use of torch, so that it is there before a worker may open no file."""
    from grader.sandbox.calls.walk import walk as go  # late: only such a worker needs it

    go()


CALLS: dict[str, Call] = {
    call.__name__: _reporting_faults(call)
    for call in (
        load,
        keys,
        layers,
        can_be_built,
        import_file,
        can_be_imported,
        block,
        crop_and_concat,
        crop_wiring,
        forward,
        wiring,
        scores,
        picture_scores,
        trace,
        preprocess,
        served_mask,
        mask,
        *extensions.CALLS,
    )
}
