"""Stand-ins for everything that the student's forward calls.

With stand-ins for the blocks, the result of forward depends on every edge of its wiring and on
nothing that the student wrote elsewhere. No stand-in does what it stands for: a block is
|1x1 convolution|, a concat mixes its two inputs without cropping or concatenating. Pooling is
the network's own, so that a functional max_pool2d is as right as the given layer.

What a stand-in gives has as many channels as what it stands for, so that forward, and what it prints, meets
the lab's own numbers. They are made of few (see widths.py), and a wrong number of channels is noted, not
refused: a level that gets the skip of another one costs that skip, and not the whole of forward.
"""

from collections.abc import Mapping
from typing import NoReturn

import torch
from torch import nn

from grader.lab.plan import (
    BLOCK_CHANNELS_OUT,
    CHILDREN,
    CONCATS,
    DOWN_SAMPLES,
    UP_SAMPLE_CHANNELS_IN,
    meant_layers,
)
from grader.language import _
from grader.sandbox.calls.call import Tensors
from grader.sandbox.calls.construction import FAILED
from grader.sandbox.calls.marks import marking
from grader.sandbox.calls.network import WITH_WEIGHTS, Fault
from grader.sandbox.calls.recorder import Compute, Recorded, Recorder
from grader.sandbox.calls.widths import narrow, wide


def block(weight: torch.Tensor, channels: int) -> Compute:
    """|1x1 convolution|; weight (K, C + 1), the last column is the bias."""
    mixed = final(weight)
    return lambda x: wide(mixed(x).abs(), channels)


def final(weight: torch.Tensor) -> Compute:
    """A 1x1 convolution, without the absolute value: an activation after it must show."""
    columns, bias = weight[:, :-1, None, None], weight[:, -1]
    return lambda x: nn.functional.conv2d(narrow(x, columns.shape[1]), columns, bias)


def up_sampling(weight: torch.Tensor, channels: int) -> Compute:
    """|Twice the size|: every pixel becomes four, each mixed in its own way; weight (C, K, 2, 2)."""
    return lambda x: wide(nn.functional.conv_transpose2d(narrow(x), weight, stride=2).abs(), channels)


def concat(weight: torch.Tensor) -> Compute:
    """|A x + B y|, y the contracting map averaged down to the size of x; weight (C, 2 C).

    Twice as wide as x, as every level is, also where y comes from another level: that costs the skip alone.
    """
    half = weight.shape[1] // 2

    def mix(x: torch.Tensor, contracting_x: torch.Tensor) -> torch.Tensor:
        kept = nn.functional.adaptive_avg_pool2d(narrow(contracting_x), (x.shape[-2], x.shape[-1]))
        a, b = weight[:, :half, None, None], weight[:, half:, None, None]
        mixed = (nn.functional.conv2d(narrow(x), a) + nn.functional.conv2d(kept, b)).abs()
        return wide(mixed, 2 * x.shape[1])

    return mix


def computing(weights: Tensors) -> dict[str, Compute]:
    """What stands in for each layer that has weights, and for each concat."""
    if "marks" in weights:
        return marking(weights) | {"final_conv": final(weights["final_conv"])}
    computes = {name: block(weights[name], channels) for name, channels in BLOCK_CHANNELS_OUT.items()}
    for name, channels in UP_SAMPLE_CHANNELS_IN.items():
        computes[name] = up_sampling(weights[name], channels // 2)
    computes |= dict.fromkeys(CONCATS, concat(weights["concat"]))
    return computes | {"final_conv": final(weights["final_conv"])}


def install(network: nn.Module, computes: Mapping[str, Compute], recorder: Recorder) -> None:
    """Replace what the children compute, in place: a forward may hold them in a list of its own.

    A block that is missing is supplied, since TODO 1 answers for it, and so is a concat that cannot be made,
    for which TODO 2 does. A pooling was given: where __init__ came to its end without it, forward has to do
    without it. A layer that the lab's network does not have says so when it is called.
    """
    came_to_its_end = network.__dict__.get("_lab_stopped") is None
    failed = network.__dict__.get(FAILED, {})
    renamed = _renamed(network)
    for own, name in renamed:
        recorder.replace(own, name, computes[name])
    _refuse_others(network, [own for own, _ in renamed])
    for name, compute in computes.items():
        layer: object = getattr(network, name, None)
        if not isinstance(layer, nn.Module):
            is_there = came_to_its_end and name not in failed and type(layer).__name__ != "CropAndConcat"
            if name in CONCATS and is_there:
                continue
            network.__dict__.pop(name, None)
            layer = nn.Identity()
            setattr(network, name, layer)
        recorder.replace(layer, name, compute)
    for name in DOWN_SAMPLES:
        pooling: object = getattr(network, name, None)
        if not isinstance(pooling, nn.Module):
            if came_to_its_end:
                continue
            pooling = nn.MaxPool2d(2)
            setattr(network, name, pooling)
        recorder.replace(pooling, name, pooling.forward)


def _renamed(network: nn.Module) -> list[tuple[nn.Module, str]]:
    """Blocks with names of the student's own, or in a list, and what each is in the plan.

    They are used as if they had the right names: TODO 1 answers for that.
    """
    own: dict[str, nn.Module] = {}
    for name, child in network.named_children():
        if isinstance(child, nn.ModuleList):
            own |= {f"{name}{at}": one for at, one in enumerate(child, start=1)}
        elif name not in CHILDREN:
            own[name] = child
    missing = [name for name in WITH_WEIGHTS if not isinstance(getattr(network, name, None), nn.Module)]
    return [(own[name], meant) for name, meant in meant_layers(own, missing).items()]


def _refuse_others(network: nn.Module, known: list[nn.Module]) -> None:
    """Let layers of the student's own with weights, which no stand-in can replace, say what they are."""
    children = [*known, *(getattr(network, name, None) for name in CHILDREN)]
    ours = {id(layer) for child in children if isinstance(child, nn.Module) for layer in child.modules()}
    for name, child in network.named_children():
        for layer in child.modules():
            has_weights = any(True for _ in (*layer.parameters(recurse=False), *layer.buffers(recurse=False)))
            if name not in CHILDREN and has_weights and id(layer) not in ours:
                layer.forward = _refusal(name)


def _refusal(name: str) -> Compute:
    def refuse(*args: object, **kwargs: object) -> NoReturn:
        what = _("forward uses {name}, which the lab's network does not have").format(name=name)
        raise Fault("extra_layer", what, name=name)

    return refuse


def record_forward(network: nn.Module, x: torch.Tensor, weights: Tensors) -> Recorded:
    """Run the student's forward on x among stand-ins, and note its graph as far as it gets."""
    recorder = Recorder(x)
    install(network, computing(weights), recorder)
    network.eval()
    recorded, before = recorder.recorded, x.clone()
    try:
        with torch.no_grad(), recorder:
            output = network(x)
        recorded.output_node = recorder.node_of.get(id(output))
    except Exception:
        pass  # what stopped it is the answer to another call
    recorded.input_changed = not torch.equal(before, x)
    return recorded
