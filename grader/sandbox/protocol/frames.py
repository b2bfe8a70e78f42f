"""One request or answer on a pipe: a length, then a safetensors file with JSON in its metadata.

Nothing here imports torch or unpickles. `unpack` reads what a student's process wrote, so it
trusts no byte: safetensors checks sizes, shapes and offsets, the rest is checked here.
"""

import json
import os
import struct
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors import deserialize

from grader.text import cleaned

LENGTH = struct.Struct("<Q")  # of the frame that follows, in bytes
HEADER_CAP = 1 << 20  # bytes of JSON in front of the numbers
DTYPES = {
    "F64": np.float64, "F32": np.float32, "F16": np.float16,
    "I64": np.int64, "I32": np.int32, "U8": np.uint8, "BOOL": np.bool_,
}  # fmt: skip
NAMES = {np.dtype(dtype): name for name, dtype in DTYPES.items()}
WITHOUT_NUMPY = {"BF16": "bfloat16"}  # named to the reader, without numbers

Facts = dict[str, Any]  # plain data, as JSON knows it
Tensors = dict[str, npt.NDArray[Any]]
Part = tuple[str, str, Sequence[int], memoryview]  # name, dtype as safetensors calls it, shape, bytes

_parts: Callable[[bytes], list[tuple[str, dict[str, Any]]]] = deserialize


class BadFrame(Exception):
    """These bytes are no frame."""


def pack(info: Facts, tensors: Tensors | None = None) -> bytes:
    """A length and a frame, ready for a pipe. Raises KeyError for an array of a dtype that is not sent."""
    arrays = {name: np.ascontiguousarray(array) for name, array in (tensors or {}).items()}
    parts = [
        (name, NAMES[array.dtype], np.shape((tensors or {})[name]), array.reshape(-1).view(np.uint8).data)
        for name, array in arrays.items()
    ]
    return joined(json.dumps(info), parts)


def joined(info: str, parts: Sequence[Part]) -> bytes:
    """A length and a frame of JSON and tensors, each byte of which is copied once."""
    header: Facts = {"__metadata__": {"info": info}}
    at = 0
    for name, dtype, shape, content in parts:
        header[name] = {"dtype": dtype, "shape": list(shape), "data_offsets": [at, at + content.nbytes]}
        at += content.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % LENGTH.size)  # the numbers behind it are to be aligned
    size = LENGTH.size + len(text) + at
    return b"".join([LENGTH.pack(size), LENGTH.pack(len(text)), text, *(part[3] for part in parts)])


def unpack(frame: bytes) -> tuple[Facts, Tensors, dict[str, str]]:
    """(info, arrays, {name: dtype} of tensors that numpy cannot hold). Raises BadFrame and nothing else."""
    try:
        (size,) = LENGTH.unpack_from(frame)
        if size > min(HEADER_CAP, len(frame) - LENGTH.size):
            raise BadFrame(f"a header of {size} bytes")
        header = json.loads(frame[LENGTH.size : LENGTH.size + size], parse_constant=lambda _: None)
        info = json.loads(header["__metadata__"]["info"], parse_constant=lambda _: None)
        if not isinstance(info, dict):
            raise BadFrame("the information is no dictionary")
        tensors: Tensors = {}
        unreadable: dict[str, str] = {}
        for name, found in _parts(frame):
            if found["dtype"] in WITHOUT_NUMPY:
                unreadable[cleaned(name)] = WITHOUT_NUMPY[found["dtype"]]
            else:
                tensors[cleaned(name)] = np.frombuffer(found["data"], DTYPES[found["dtype"]]).reshape(
                    found["shape"]
                )
        return cleaned(info), tensors, unreadable
    except BadFrame:
        raise
    except Exception as error:  # RecursionError, MemoryError and SafetensorError among them
        raise BadFrame(f"{type(error).__name__}: {error}"[:200]) from None


def facts_size(frame: bytes) -> int:
    """Bytes of plain data in a frame, as its header claims."""
    return int(LENGTH.unpack_from(frame)[0]) if len(frame) >= LENGTH.size else 0


def read_frame(fd: int) -> bytes:
    """One frame from a pipe that the grader writes to, waiting for it. Raises EOFError when it is closed."""
    (size,) = LENGTH.unpack(_read_exactly(fd, LENGTH.size))
    return _read_exactly(fd, size)


def _read_exactly(fd: int, size: int) -> bytes:
    parts = bytearray()
    while len(parts) < size:
        part = os.read(fd, min(size - len(parts), 1 << 20))
        if not part:
            raise EOFError
        parts += part
    return bytes(parts)


class TooLarge(Exception):
    """A frame longer than the cap; `size` in bytes."""

    def __init__(self, size: int):
        super().__init__(size)
        self.size = size


class Incoming:
    """Bytes as they arrive from a pipe, cut into frames."""

    def __init__(self, cap: int):
        self.cap, self.bytes = cap, bytearray()

    def take(self) -> bytes | None:
        """The next whole frame, or None. Raises TooLarge as soon as the length says so."""
        if len(self.bytes) < LENGTH.size:
            return None
        (size,) = LENGTH.unpack_from(self.bytes)
        if size > self.cap:
            raise TooLarge(size)
        if len(self.bytes) < LENGTH.size + size:
            return None
        with memoryview(self.bytes) as whole:
            frame = bytes(whole[LENGTH.size : LENGTH.size + size])
        del self.bytes[: LENGTH.size + size]
        return frame
