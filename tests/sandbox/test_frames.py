"""The parser of what a student's process writes: 2,000 damaged frames, and some drawn up with care."""

import json
import random
import struct

import numpy as np
import pytest
import torch

from grader.sandbox.protocol import frames
from grader.sandbox.protocol.frames import BadFrame, Incoming, TooLarge
from grader.sandbox.trusted import Answer, WorkerFailed, answers
from grader.sandbox.untrusted import serve

INFO = {"id": 1, "data": {"text": "größer", "list": [1, 2.5, None, {"deep": [True]}]}}
TENSORS = {
    "y": np.arange(12, dtype=np.float32).reshape(3, 4),
    "mask": np.zeros((2, 2), np.uint8),
    "none": np.zeros((0, 3)),
}


def framed(header: bytes, body: bytes = b"") -> bytes:
    return struct.pack("<Q", len(header)) + header + body


def with_info(info: str, **tensors) -> bytes:
    return framed(json.dumps({"__metadata__": {"info": info}} | tensors).encode(), bytes(64))


def test_a_frame_is_read_as_it_was_written():
    incoming = Incoming(1 << 20)
    incoming.bytes += frames.pack(INFO, TENSORS) + b"rest"
    info, tensors, unreadable = frames.unpack(incoming.take())
    assert (info, unreadable) == (INFO, {})
    assert incoming.bytes == b"rest"
    for name, sent in TENSORS.items():
        np.testing.assert_array_equal(tensors[name], sent)


def test_what_a_worker_sends_is_read_as_it_was():
    whole = torch.arange(24.0).reshape(1, 2, 3, 4)
    sent = {
        "part": whole[..., ::2, 1:],
        "channels last": whole.to(memory_format=torch.channels_last),
        "negative": torch.imag(torch.complex(whole, whole).conj()),
        "one for all": torch.ones(1).expand(2, 2),
        "learnt": torch.ones(3, dtype=torch.float16, requires_grad=True),
        "none": torch.zeros(0, 3),
        "truth": torch.tensor(True),
    }
    short = {"short": torch.ones(3, dtype=torch.bfloat16)}  # an odd number of bytes before it
    plain = {name: serve.plain(tensor, name) for name, tensor in (sent | short).items()}
    _, tensors, unreadable = frames.unpack(serve.pack(INFO, plain)[frames.LENGTH.size :])
    assert unreadable == {"short": "bfloat16"}
    for name, tensor in sent.items():
        expected = tensor.detach().resolve_neg().numpy()
        np.testing.assert_array_equal(tensors[name], expected, strict=True)


def test_two_thousand_damaged_frames_give_nothing_but_ordinary_refusals():
    draw = random.Random(20240607)
    whole = frames.pack(INFO, TENSORS)[frames.LENGTH.size :]
    refused = 0
    for _ in range(2000):
        frame = bytearray(whole)
        for _ in range(draw.choice([1, 1, 2, 8, 64])):
            where, how = draw.randrange(len(frame) or 1), draw.randrange(5)
            if how == 0:
                frame[where : where + 1] = draw.randbytes(1)
            elif how == 1:
                del frame[where : where + draw.randrange(1, 16)]
            elif how == 2:
                frame[where:where] = draw.randbytes(draw.randrange(1, 16))
            elif how == 3:
                frame[where : where + 1] = draw.choice('0123456789-[]{}",:').encode()
            else:
                frame = frame[: max(1, where)]
        try:
            read = answers.read(bytes(frame), 1, "", 0.0)
        except (BadFrame, WorkerFailed):
            refused += 1
        else:
            assert isinstance(read, Answer)
            assert isinstance(read.data, dict)
            assert all(type(array) is np.ndarray and array.dtype != object for array in read.tensors.values())
    assert refused > 1000


SPEC = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"\x00" * 7,
        struct.pack("<Q", 1 << 62),
        framed(b" " * (frames.HEADER_CAP + 1)),
        framed(b"[" * 200_000),
        framed(b"[]"),
        framed(b"{}"),
        framed(b'{"__metadata__": 1}'),
        framed(b'{"__metadata__": {"info": 1}}'),
        framed(b'{"__metadata__": {"info": "\xff"}}'),
        with_info("[" * 100_000),
        with_info("[]"),
        with_info("1" * 6000),
        with_info('{"data": {}'),
        with_info("{}", y=SPEC | {"dtype": "I16"}),
        with_info("{}", y=SPEC | {"dtype": ["F32"]}),
        with_info("{}", y=SPEC | {"shape": [-2]}),
        with_info("{}", y=SPEC | {"shape": [3]}),
        with_info("{}", y=SPEC | {"shape": [2**63, 2**63]}),
        with_info("{}", y=SPEC | {"data_offsets": [0, 1 << 60]}),
        with_info("{}", y=SPEC | {"data_offsets": [8, 0]}),
        with_info("{}", y=SPEC, z=SPEC),
        with_info("{}", y=SPEC, z=SPEC | {"data_offsets": [4, 12]}),
        with_info("{}", y={"dtype": "F32", "shape": [1] * 100 + [16], "data_offsets": [0, 64]}),
    ],
)
def test_frames_drawn_up_with_care_are_refused(frame):
    with pytest.raises(BadFrame):
        frames.unpack(frame)


def test_a_length_above_the_cap_is_refused_before_anything_is_kept():
    incoming = Incoming(cap=100)
    incoming.bytes += struct.pack("<Q", 101)
    with pytest.raises(TooLarge):
        incoming.take()


def test_text_in_plain_data_is_cleaned_and_not_a_number_is_none():
    info = json.dumps({"data": {"\x1b[1mk": ["a\x07\r\nb", "\ud800", "\u202e"]}}).replace(
        '"a', 'NaN, Infinity, "a'
    )
    assert frames.unpack(framed(json.dumps({"__metadata__": {"info": info}}).encode()))[0] == {
        "data": {"k": [None, None, "a\nb", "", ""]}
    }


@pytest.mark.parametrize(
    "info",
    [
        {"id": 2, "data": {}},
        {"data": {}},
        {"id": 1},
        {"id": 1, "data": []},
        {"id": 1, "failed": "raised"},
        {"id": 1, "failed": {"kind": "timeout"}},
        {"id": 1, "failed": {"kind": ["raised"]}},
    ],
)
def test_a_good_frame_with_another_answer_is_refused(info):
    with pytest.raises(BadFrame):
        answers.read(frames.pack(info)[frames.LENGTH.size :], 1, "", 0.0)


def test_a_failure_is_read_with_a_pinch_of_salt():
    said = {
        "kind": "raised",
        "exception": 5,
        "text": "a\nb" + "c" * 5000,
        "file": ["unet.py"],
        "line": True,
        "todo": "yes",
    }
    with pytest.raises(WorkerFailed) as failed:
        answers.read(frames.pack({"id": 1, "failed": said})[frames.LENGTH.size :], 1, "printed", 0.0)
    failure = failed.value
    assert (failure.exception, failure.file, failure.line, failure.todo) == (None, None, None, False)
    assert failure.text.startswith("a bccc")
    assert len(failure.text) == 500
    assert failure.output == "printed"
