"""What a worker can be asked about infer.py: its two functions, with known scores and with the real network.

As in unet.py beside it, nothing here is an answer, and nothing that it returns earns points by itself.
"""

import contextlib
import io
from types import ModuleType

import numpy as np
import torch
from PIL import Image

from grader.language import _
from grader.sandbox.calls.call import Answer, Code, Facts, Tensors, trained
from grader.sandbox.calls.network import (
    Fault,
    as_tensor,
    build,
    build_anew,
    complete,
    in_either_layout,
    load_strictly,
)
from grader.sandbox.calls.readings import read_as, scores_as
from grader.sandbox.calls.recorder import Recorder
from grader.sandbox.calls.served import Served, given_preprocess


def import_file(code: Code, data: Facts, tensors: Tensors) -> Answer:
    """Import one of the two files, and nothing more."""
    code.module(data["name"])
    return {}, {}


def can_be_imported(code: Code, data: Facts, tensors: Tensors) -> Answer:
    """Import infer.py and find its two functions."""
    module = code.module("infer")
    for name in ("preprocess", "predict_mask"):
        if not callable(getattr(module, name, None)):
            raise Fault("function_missing", _("infer.py has no function {name}").format(name=name), name=name)
    return {}, {}


def preprocess(code: Code, data: Facts, tensors: Tensors) -> Answer:
    """infer.preprocess of a picture, sent as the bytes of its file; or every n-th row and column of it."""
    with torch.no_grad(), read_as(data.get("reading")):
        y = as_tensor(code.module("infer").preprocess(_picture(data, tensors)), "preprocess")
    return {}, {"y": y[..., :: data["every"], :: data["every"]] if "every" in data else y}


def picture_scores(code: Code, data: Facts, tensors: Tensors) -> Answer:
    """The whole network on a preprocessed picture: every n-th row and column of its scores.

    coarse: in steps of 1/16 up to 8, which a file of them takes a tenth of the space for.
    """
    network = build(code, (3, 1))

    def run(weights: Tensors) -> Answer:
        load_strictly(network, weights, "UNet")
        network.eval()
        with torch.inference_mode():
            with read_as(data.get("reading")):
                x = code.module("infer").preprocess(_picture(data, tensors))
            y = as_tensor(network(x), "forward")[..., :: data["every"], :: data["every"]]
            if data.get("coarse"):
                y = (16 * y.clamp(-8, 8)).round() / 16
            return {}, {"y": y.half() if data.get("half") else y}

    return in_either_layout(code, trained(code), run)


def served_mask(code: Code, data: Facts, tensors: Tensors) -> Answer:
    """infer.predict_mask with a network that gives the scores we sent, and a preprocess that is right.

    With the student's own preprocess if that is asked for, and where predict_mask works with nothing else.
    """
    module = code.module("infer")
    if data.get("own"):
        return _served(module, data, tensors)
    try:
        with given_preprocess(module):
            return _served(module, data, tensors)
    except Exception:
        with contextlib.suppress(Exception):
            return _served(module, data, tensors)
        raise


def _served(module: ModuleType, data: Facts, tensors: Tensors) -> Answer:
    reading = data.get("reading")
    served = Served(scores_as(reading, tensors["scores"]), data["strict"])
    served.train()
    recorder, picture = Recorder(), _picture(data, tensors)
    with recorder, read_as(reading):
        mask = module.predict_mask(served, picture, *data["threshold"])
    facts, arrays = _mask_of(mask)
    facts |= {
        "training": served.was_training,
        "gradients": served.had_gradients,
        "calls": served.calls,
        "operations": [name for name, _ in recorder.recorded.nodes][-20:],
    }
    return facts, arrays | ({"x": served.seen} if data.get("given") and served.seen is not None else {})


def mask(code: Code, data: Facts, tensors: Tensors) -> Answer:
    """The real thing: the student's network with the trained weights, and predict_mask."""
    network = complete(build_anew(code, (3, 1)))  # it may go to a GPU, where no other call looks for it
    predict_mask, picture = code.module("infer").predict_mask, _picture(data, tensors)

    def run(weights: Tensors) -> Answer:
        load_strictly(network, weights, "UNet")
        return _mask_of(predict_mask(network.to(code.device), picture))

    return in_either_layout(code, trained(code), run)


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
