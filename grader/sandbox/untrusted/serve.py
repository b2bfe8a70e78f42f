"""The student's side: holds the submission and answers calls. Everything it sends is a claim.

A call is `CALLS[name](code, data, tensors) -> (data, tensors)` of the module that the sandbox was started
with, by default calls/table.py.
"""

import contextlib
import json
import os
import sys
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

import safetensors.torch
import torch

from grader.language import _
from grader.sandbox.protocol.frames import HEADER_CAP, LENGTH, joined
from grader.sandbox.untrusted import failure
from grader.sandbox.untrusted.confine import Layer
from grader.sandbox.untrusted.sources import Sources

if TYPE_CHECKING:
    from grader.sandbox.calls.call import Call

Facts = dict[str, Any]  # plain data
Tensors = dict[str, torch.Tensor]
Job = dict[str, Any]  # the first frame: {"files", "threads", "limits", "confinement", "probe"}
Prepare = Callable[[Job], dict[str, Layer]]  # confines this process -> what is in force

SENT_AS = {
    torch.float64: "F64",
    torch.float32: "F32",
    torch.float16: "F16",
    torch.bfloat16: "BF16",
    torch.int64: "I64",
    torch.int32: "I32",
    torch.uint8: "U8",
    torch.bool: "BOOL",
}


class SubmittedCode:
    """The student's files, as calls see them."""

    def __init__(self, files: dict[str, bytes], weights: Tensors | None, device: str):
        self.files, self.weights, self.device = files, weights, torch.device(device)
        self.cache: dict[Any, Any] = {}  # for the calls' own use, lives as long as this process
        self._sources = Sources(files)
        self._sources.install()

    def module(self, name: str) -> ModuleType:
        """Import unet.py or infer.py, once. Raises what that raises; ModuleNotFoundError without it."""
        if self._sources.find_spec(name) is None:
            raise ModuleNotFoundError(f"the submission has no {name}.py", name=name)
        return __import__(name)


class NoAnswer(Exception):
    """The call's answer cannot be sent; kind is nonsense or too_large."""

    def __init__(self, kind: str, message: str):
        super().__init__(message)
        self.kind = kind


def serve(
    read_frame: Callable[[], bytes],
    results: int,
    prepare: Prepare,
    probe: Callable[[dict[str, Any]], dict[str, str]],
    calls: Mapping[str, "Call"],
    weights: Tensors | None,
    device: str,
) -> None:
    """Answer requests until the other side closes; raises EOFError then, and what `prepare` raises."""
    job, contents = read_request(read_frame())
    files = {path: contents[str(index)].numpy().tobytes() for index, path in enumerate(job["files"])}
    sys.argv[:] = ["submission"]
    printing = cast("tuple[Any, Any]", (sys.stdout, sys.stderr))
    for stream in printing:  # line by line: os._exit does not flush
        stream.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)
    ready: Facts = {"ready": prepare(job)}
    if job["probe"]:
        ready["probe"] = probe(job["probe"])
    torch.set_num_threads(job["threads"])
    code = SubmittedCode(files, weights, device)
    write(results, pack(ready))
    me = os.getpid()
    while True:
        info, tensors = read_request(read_frame())
        frame = answer(code, calls, info, tensors, job["limits"]["answer_mb"] << 20)
        for stream in printing:
            with contextlib.suppress(Exception):
                stream.flush()
        if os.getpid() != me:  # a copy that the student's code forked
            os._exit(0)
        write(results, frame)


def read_request(frame: bytes) -> tuple[Facts, Tensors]:
    """A frame of the grader's, which is trusted."""
    (size,) = LENGTH.unpack_from(frame)
    header = json.loads(frame[LENGTH.size : LENGTH.size + size])
    return json.loads(header["__metadata__"]["info"]), safetensors.torch.load(frame)


def answer(
    code: SubmittedCode, calls: Mapping[str, "Call"], info: Facts, tensors: Tensors, cap: int
) -> bytes:
    """Run one call -> the frame to send, whatever the student's code does short of ending the process."""
    try:
        data, found = calls[info["call"]](code, info["data"], tensors)
        sent = {name: plain(tensor, name) for name, tensor in found.items()}
        size = sum(tensor.nbytes for tensor in sent.values())
        if size > cap - HEADER_CAP:
            raise NoAnswer(
                "too_large",
                _("the answer has {size} MB; at most {cap} MB can be sent").format(
                    size=size >> 20, cap=cap >> 20
                ),
            )
        return pack({"id": info["id"], "data": data}, sent)
    except NoAnswer as error:
        return pack({"id": info["id"], "failed": {"kind": error.kind, "message": str(error)}})
    except BaseException as error:  # SystemExit and KeyboardInterrupt too: the student's code raised them
        reduced = failure.reduce(error, code.files)
        kind = "memory" if reduced.pop("memory") else "raised"
        return pack({"id": info["id"], "failed": {"kind": kind} | reduced})


def plain(tensor: object, name: str) -> torch.Tensor:
    """A tensor as it can be sent: on the CPU, contiguous, dtype kept. Raises NoAnswer."""
    if type(tensor) is not torch.Tensor:
        raise NoAnswer(
            "nonsense",
            _("{name} is of type {type}, not a torch.Tensor").format(name=name, type=type(tensor).__name__),
        )
    if tensor.layout is not torch.strided or tensor.device.type == "meta":
        raise NoAnswer(
            "nonsense",
            _("{name} is a tensor without plain numbers ({layout}, {device})").format(
                name=name, layout=tensor.layout, device=tensor.device
            ),
        )
    if tensor.dtype not in SENT_AS:
        raise NoAnswer(
            "nonsense",
            _("{name} has dtype {dtype}").format(name=name, dtype=str(tensor.dtype).removeprefix("torch.")),
        )
    return tensor.detach().cpu().contiguous().resolve_neg()


def pack(info: Facts, tensors: Tensors | None = None) -> bytes:
    """A frame for the grader. Raises NoAnswer too_large."""
    text = json.dumps(info, default=str)
    if len(text) > HEADER_CAP // 3:  # quotes are escaped once more in the header
        raise NoAnswer("too_large", _("the answer has {count} KB of facts").format(count=len(text) >> 10))
    parts = [
        (name, SENT_AS[tensor.dtype], tensor.shape, tensor.reshape(-1).view(torch.uint8).numpy().data)
        for name, tensor in (tensors or {}).items()
    ]
    return joined(text, parts)


def write(fd: int, frame: bytes) -> None:
    """All of it, waiting for the reader."""
    rest = memoryview(frame)
    while rest:
        rest = rest[os.write(fd, rest) :]
