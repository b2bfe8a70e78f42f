"""What is done once, before the first student's code: imports, the model, a walk through every path."""

import contextlib
import gc
import importlib
import json
import os
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import PIL.Image
import safetensors
import torch
import torchvision
import torchvision.transforms.functional as TF
from torch.nn import functional as F

from grader.language import _
from grader.sandbox.protocol import frames
from grader.sandbox.untrusted import failure, model_file, serve

# One thread until the fork: libgomp's threads do not survive it, and the child's first convolution
# would wait for them for ever. Before any tensor is touched: a cast of 31 million numbers starts them.
torch.set_num_threads(1)


def prepare(model: str | None) -> tuple[dict[str, torch.Tensor] | None, dict[str, Any]]:
    """(weights, facts about their file), after the whole harness has run once."""
    x = torch.zeros(1, 4, 16, 16)
    with torch.inference_mode():
        y = F.relu(F.conv2d(x.to(memory_format=torch.channels_last), torch.zeros(4, 4, 3, 3), padding=1))
        y = F.conv_transpose2d(F.max_pool2d(y, 2), torch.zeros(4, 4, 2, 2), stride=2)
        TF.five_crop(y, [8, 8])
        for antialias in (True, False):
            TF.resize(y, [20, 20], antialias=antialias)
    PIL.Image.preinit()  # imports what opens a file
    picture = PIL.Image.fromarray(np.zeros((8, 8, 3), np.uint8))
    for touch in (TF.to_tensor, TF.pil_to_tensor, lambda image: TF.resize(image, [16, 16])):
        touch(picture)
    request = frames.pack({"id": 0, "call": "warm", "data": {}}, {"x": x.numpy()})[frames.LENGTH.size :]
    info, tensors = serve.read_request(request)
    code = serve.SubmittedCode({}, None, "cpu")
    code._sources.uninstall()
    serve.answer(code, {"warm": lambda code, data, tensors: (data, tensors)}, info, tensors, 64 << 20)
    serve.answer(code, {}, info, {}, 64 << 20)
    failure.reduce(SyntaxError("warm"), {})
    weights, facts = model_file.read(model)
    return weights, facts


def settle() -> None:
    """Once all is there: a collection in a fork would copy the pages of every object that is not frozen."""
    gc.collect()
    gc.freeze()


def import_what_is_used_by(walk: Callable[[], None]) -> None:
    """Import what this function does, and run it in a copy of this process: it may leave threads behind."""
    if not hasattr(os, "fork"):
        walk()
        return
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            walk()
            os.write(write, json.dumps(sorted(sys.modules)).encode())
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        names = pipe.read()
    os.waitpid(child, 0)
    for name in json.loads(names or b"[]"):
        with contextlib.suppress(Exception):  # some are made by others, under names that no file has
            importlib.import_module(name)


def choose_device(wanted: str) -> str:
    """The device itself; for "auto" the fastest that is there. Raises RuntimeError."""
    there: dict[str, Callable[[], bool]] = {
        "cuda": torch.cuda.is_available,
        "mps": torch.backends.mps.is_available,
        "cpu": lambda: True,
    }
    if wanted == "auto":
        return next(device for device, is_available in there.items() if is_available())
    if not there[wanted]():
        raise RuntimeError(_("there is no {wanted} device here").format(wanted=wanted))
    return wanted


def versions() -> dict[str, Any]:
    """Of everything that a submission's numbers may depend on."""
    return {
        "torch": torch.__version__,
        "torchvision": torchvision.__version__,
        "numpy": np.__version__,
        "safetensors": safetensors.__version__,
        "pillow": PIL.__version__,
    }
