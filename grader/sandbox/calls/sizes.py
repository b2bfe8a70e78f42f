"""The sizes of the feature maps in the student's network for a picture of 572 x 572. Next to no arithmetic.

What forward calls is stood in for by its sizes alone: only the wiring shows. Not on the meta device, on
which a first pooling or concatenation imports half of torch: a student would wait for it for a second.
"""

from typing import Any

import torch
from torch import nn

from grader.lab.plan import (
    BLOCK_CHANNELS_IN,
    BLOCKS,
    CHANNELS,
    CHANNELS_OUT,
    CONCATS,
    DOWN_SAMPLES,
    INPUT_SIDE,
    UP_SAMPLE_CHANNELS_IN,
)
from grader.language import _
from grader.sandbox.calls.call import Answer, Code, Facts, Tensors
from grader.sandbox.calls.network import build_anew
from grader.sandbox.calls.real_sizes import halved, is_given_pooling

GIVES = dict(zip(BLOCKS, (*CHANNELS, *CHANNELS[-2::-1])))


class _Block(nn.Module):
    """Of a block, an up-sampling or final_conv, the sizes; each side becomes `times` as long."""

    def __init__(self, channels_in: int, channels: int, times: int = 1):
        super().__init__()
        self.channels_in, self.channels, self.times = channels_in, channels, times

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(N, C, H, W) -> (N, K, H, W). Raises RuntimeError for other channels, as a convolution does."""
        if x.shape[1] != self.channels_in:
            raise RuntimeError(
                _("expected {channels_in} channels, not {shape}").format(
                    channels_in=self.channels_in, shape=x.shape[1]
                )
            )
        return x.new_empty(x.shape[0], self.channels, *(self.times * side for side in x.shape[2:]))


class _Concat(nn.Module):
    """Of a crop and concatenation, the sizes."""

    def forward(self, x: torch.Tensor, contracting_x: torch.Tensor) -> torch.Tensor:
        """(N, A, h, w), (N, B, H, W) -> (N, A + B, h, w)."""
        return x.new_empty(x.shape[0], x.shape[1] + contracting_x.shape[1], *x.shape[2:])


class _Pooling(nn.Module):
    """Of a pooling, the sizes."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(N, C, H, W) -> (N, C, H // 2, W // 2)."""
        return halved(x)


def _stand_ins(network: nn.Module) -> dict[str, nn.Module]:
    """For every layer of the lab's; a pooling or an up-sampling that is no longer the given one stays."""
    own: dict[str, nn.Module] = {name: _Block(BLOCK_CHANNELS_IN[name], GIVES[name]) for name in BLOCKS}
    own |= {name: _Concat() for name in CONCATS}
    own["final_conv"] = _Block(CHANNELS[0], CHANNELS_OUT)
    own |= {name: _Pooling() for name in DOWN_SAMPLES if is_given_pooling(getattr(network, name, None))}
    for name, channels in UP_SAMPLE_CHANNELS_IN.items():
        given, layer = (channels, channels // 2, (2, 2), (2, 2)), getattr(network, name, None)
        names = ("in_channels", "out_channels", "kernel_size", "stride")
        if tuple(getattr(layer, what, None) for what in names) == given:
            own[name] = _Block(channels, channels // 2, times=2)
    return own


def sizes(code: Code, data: Facts, tensors: Tensors) -> Answer:
    """{"sizes": [[child, shapes of its inputs, shape of its output or None]], "output": shape}."""
    network = build_anew(code, (3, 1)).eval()
    network.__dict__["_modules"].update(_stand_ins(network))
    network.to_empty(device="cpu")  # layers of the student's own: their numbers do not count
    seen: list[list[Any]] = []
    for name, child in network.named_children():
        _watch(name, child, seen)
    found: Facts = {"sizes": seen, "output": None}
    with torch.no_grad():
        try:
            output = network(torch.empty(1, 3, INPUT_SIDE, INPUT_SIDE))
            found["output"] = list(output.shape) if isinstance(output, torch.Tensor) else None
        except Exception:
            pass  # as far as it got
    return found, {}


def _watch(name: str, child: nn.Module, seen: list[list[Any]]) -> None:
    def before(module: nn.Module, inputs: tuple[Any, ...], named: dict[str, Any]) -> None:
        shapes = [list(one.shape) for one in (*inputs, *named.values()) if isinstance(one, torch.Tensor)]
        seen.append([name, shapes, None])

    def after(module: nn.Module, inputs: Any, output: Any) -> None:
        mine = next(one for one in reversed(seen) if one[0] == name)
        mine[2] = list(output.shape) if isinstance(output, torch.Tensor) else None

    child.register_forward_pre_hook(before, with_kwargs=True)
    child.register_forward_hook(after)
