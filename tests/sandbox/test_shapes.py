"""Shapes on the meta device are those that torch gives, and the compiler stays out."""

import itertools
import subprocess
import sys

import pytest
import torch

from grader.lab.paths import LAB
from grader.sandbox.calls.shapes import KNOWN, call

aten = torch.ops.aten


def empty(*shape: int, **more: object) -> torch.Tensor:
    return torch.empty(shape, device="meta", **more)


def last(*shape: int) -> torch.Tensor:
    return empty(*shape, memory_format=torch.channels_last)


def convolutions():
    for transposed, stride, padding, dilation, kernel, bias in itertools.product(
        (False, True), ([1, 1], [2, 3]), ([0, 0], [1, 2]), ([1, 1], [2, 1]), ((3, 3), (2, 1)), (False, True)
    ):
        weight = empty(4, 6, *kernel)
        biases = empty(6 if transposed else 4)
        for laid_out in (empty, last):
            x = laid_out(2, 4 if transposed else 6, 17, 20)
            yield aten.convolution.default, (
                x, weight, biases if bias else None, stride, padding, dilation, transposed, [0, 0], 1,
            )  # fmt: skip


CASES = [
    *convolutions(),
    (aten.relu.default, (empty(2, 3, 4, 5),)),
    (aten.clone.default, (empty(2, 3, 4, 5),)),
    (aten.relu.default, (last(2, 3, 4, 5),)),
    (aten.clone.default, (last(2, 3, 4, 5),)),
    (aten.copy.default, (empty(2, 3, 4, 5), empty(2, 3, 4, 5))),
    (aten.slice_scatter.default, (empty(2, 3, 4, 5), empty(2, 3, 2, 5), 2, 1, 3)),
    (aten.slice_scatter.default, (empty(2, 3, 4, 5), empty(2, 3, 4, 5), -1, 0, 9223372036854775807)),
    (aten.cat.default, ([last(1, 2, 4, 5), last(1, 7, 4, 5)], 1)),
    (aten.cat.default, ([last(1, 2, 4, 5), empty(1, 7, 4, 5)], 1)),
    (aten.cat.default, ([empty(1, 2, 4, 5), last(1, 7, 4, 5)], 1)),
    (aten.max_pool2d_with_indices.default, (last(1, 3, 71, 70), [2, 2], [2, 2])),
    (aten.constant_pad_nd.default, (empty(1, 3, 9, 8), [-1, 2, -3, -4])),
    (aten.constant_pad_nd.default, (empty(1, 3, 9, 8), [1, -2], 0.5)),
    (aten.cat.default, ([empty(1, 2, 4, 5), empty(1, 7, 4, 5)], 1)),
    (aten.cat.default, ([empty(1, 2, 4, 5), empty(1, 2, 4, 9)], -1)),
    (aten.cat.default, ([empty(1, 2, 4, 5), empty(3, 2, 4, 5)],)),
    (aten.max_pool2d_with_indices.default, (empty(1, 3, 71, 70), [2, 2], [2, 2])),
    (aten.max_pool2d_with_indices.default, (empty(1, 3, 71, 70), [3, 2])),
    (aten.max_pool2d_with_indices.default, (empty(1, 3, 71, 70), [3, 3], [1, 2])),
]
UNUSUAL = [
    (aten.convolution.default, (empty(1, 6, 9, 9), empty(4, 3, 3, 3), None, [1, 1], [1, 1], [1, 1], False,
                                [0, 0], 2)),
    (aten.relu.default, (empty(2, 3),)),
    (aten.relu.default, (empty(2, 3, 4, 5).transpose(2, 3),)),
    (aten.constant_pad_nd.default, (last(1, 3, 9, 8), [-1, 2])),
    (aten.copy.default, (empty(2, 3, 4, 5), empty(5))),
    (aten.relu.default, (empty(2, 3, 4, 5, dtype=torch.float64),)),
    (aten.cat.default, ([empty(1, 2, 4, 5), empty(0)], 1)),
    (aten.max_pool2d_with_indices.default, (empty(1, 3, 7, 7), [2, 2], [2, 2], [1, 1], [1, 1], True)),
    (aten.add.Tensor, (empty(1, 2), empty(2, 2))),
]  # fmt: skip
WRONG = [
    (aten.convolution.default, (empty(1, 5, 9, 9), empty(4, 6, 3, 3), None, [1, 1], [1, 1], [1, 1], False,
                                [0, 0], 1)),
    (aten.convolution.default, (empty(1, 6, 2, 2), empty(4, 6, 3, 3), None, [1, 1], [0, 0], [1, 1], False,
                                [0, 0], 1)),
    (aten.cat.default, ([empty(1, 2, 4, 5), empty(1, 2, 5, 5)], 1)),
    (aten.constant_pad_nd.default, (empty(1, 3, 9, 8), [-5, -5])),
    (aten.copy.default, (empty(2, 3, 4, 5), empty(2, 3, 4, 4))),
    (aten.max_pool2d_with_indices.default, (empty(1, 3, 1, 8), [2, 2], [2, 2])),
]  # fmt: skip


def looks(value: object) -> object:
    if isinstance(value, torch.Tensor):
        return tuple(value.shape), value.stride(), value.dtype, value.device.type
    return [looks(one) for one in value]


@pytest.mark.parametrize(("func", "args"), CASES)
def test_what_is_known_is_what_torch_gives(func, args):
    foreseen = KNOWN[func](*args)
    assert foreseen is not None
    assert looks(foreseen) == looks(func(*args))


@pytest.mark.parametrize(("func", "args"), UNUSUAL)
def test_what_is_unusual_is_left_to_torch(func, args):
    assert KNOWN.get(func, lambda *_: None)(*args) is None
    assert looks(call(func, args, {})) == looks(func(*args))


@pytest.mark.parametrize(("func", "args"), WRONG)
def test_what_does_not_fit_raises_as_in_torch(func, args):
    with pytest.raises(RuntimeError) as expected:
        func(*args)
    with pytest.raises(RuntimeError) as seen:
        call(func, args, {})
    assert str(seen.value) == str(expected.value)


PROGRAM = """
import sys
from grader.sandbox.untrusted.uncompiled import import_torchvision
import_torchvision()
from grader.sandbox.calls.numberless import without_numbers
from grader.sandbox.calls.trace import graph_digest
from solution.unet import UNet
from torch import nn
with without_numbers():
    network = UNet(3, 1)
    nn.init.kaiming_normal_(network.final_conv.weight)
print(len(graph_digest(network.eval(), 572, 572)), network.final_conv.weight.device)
print([name for name in ("torch._dynamo", "sympy") if name in sys.modules])
"""


def test_a_network_is_built_and_traced_without_the_compiler():
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=LAB, capture_output=True, text=True)
    assert done.stdout.splitlines() == ["64 meta", "[]"], done.stderr
