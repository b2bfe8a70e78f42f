"""What a layer gives on the meta device, for the operations that nearly every network of this lab is made of.

torch knows this too, but where it first works it out it imports its compiler and a system for algebra: more
than a second, and 80 MB. What is unusual here (other types, other layouts, sizes that do not fit) is left to
torch, with its own errors.
"""

from collections.abc import Callable, Sequence
from typing import Any

import torch

NAMED = {"memory_format"}  # arguments that are passed by name, for what is known here


def call(func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """What func(*args, **kwargs) gives for meta tensors: without numbers, so its shape is all there is."""
    foreseen = KNOWN[func](*args, **kwargs) if func in KNOWN and kwargs.keys() <= NAMED else None
    return func(*args, **kwargs) if foreseen is None else foreseen


def _layout(*tensors: object) -> torch.memory_format | None:
    """Of tensors (N, C, H, W) of no unusual kind; None for any others."""
    for layout in (torch.contiguous_format, torch.channels_last):
        if all(_is_plain(x, layout) for x in tensors):
            return layout
    return None


def _is_plain(x: object, layout: torch.memory_format = torch.contiguous_format, dim: int = 4) -> bool:
    if not isinstance(x, torch.Tensor) or x.dim() != dim:
        return False
    return x.is_meta and x.dtype is torch.float32 and x.is_contiguous(memory_format=layout)


def _empty(
    shape: Sequence[int], layout: torch.memory_format | None, dtype: torch.dtype = torch.float32
) -> torch.Tensor | None:
    if layout is None or not all(side > 0 for side in shape):
        return None
    return torch.empty(shape, dtype=dtype, device="meta", memory_format=layout)


def _convolution(
    x: torch.Tensor,
    weight: torch.Tensor,
    bias: torch.Tensor | None,
    stride: list[int],
    padding: list[int],
    dilation: list[int],
    transposed: bool,
    output_padding: list[int],
    groups: int,
) -> torch.Tensor | None:
    if not (_is_plain(weight) and (bias is None or _is_plain(bias, dim=1)) and groups == 1):
        return None
    if _layout(x) is None:
        return None
    if (
        not len(stride) == len(padding) == len(dilation) == 2
        or min(*stride, *dilation) < 1
        or min(padding) < 0
    ):
        return None
    channels_in, channels = weight.shape[:2] if transposed else weight.shape[1::-1]
    if x.shape[1] != channels_in or (bias is not None and bias.shape[0] != channels):
        return None
    kernel = weight.shape[2:]
    if transposed:
        if len(output_padding) != 2 or any(output_padding):
            return None
        sides = [
            (side - 1) * step - 2 * pad + spread * (length - 1) + 1
            for side, step, pad, spread, length in zip(x.shape[2:], stride, padding, dilation, kernel)
        ]
    else:
        sides = [
            (side + 2 * pad - spread * (length - 1) - 1) // step + 1
            for side, step, pad, spread, length in zip(x.shape[2:], stride, padding, dilation, kernel)
        ]
    return _empty((x.shape[0], channels, *sides), torch.contiguous_format)  # whatever x has, on this device


def _relu(x: torch.Tensor) -> torch.Tensor | None:
    layout = _layout(x)
    return None if layout is None else _empty(x.shape, layout)


def _clone(
    x: torch.Tensor, memory_format: torch.memory_format = torch.preserve_format
) -> torch.Tensor | None:
    before = _layout(x)
    if before is None or memory_format is torch.channels_last_3d:
        return None
    return _empty(x.shape, before if memory_format is torch.preserve_format else memory_format)


def _copy(x: torch.Tensor, source: torch.Tensor, *unusual: object) -> torch.Tensor | None:
    return _relu(x) if _layout(x, source) and x.shape == source.shape and not any(unusual) else None


def _slice_scatter(
    x: torch.Tensor,
    source: torch.Tensor,
    axis: int = 0,
    start: int | None = None,
    stop: int | None = None,
    step: int = 1,
) -> torch.Tensor | None:
    """A tensor with another one in one part of an axis."""
    if not _layout(x) or not _layout(source) or not -4 <= axis < 4 or step < 1:
        return None
    part = list(x.shape)
    part[axis] = len(range(*slice(start, stop, step).indices(x.shape[axis])))
    return _relu(x) if list(source.shape) == part else None


def _pad(x: torch.Tensor, widths: list[int], value: float = 0.0) -> torch.Tensor | None:
    """Pairs of widths, the last axis first; less than none cuts off."""
    if not _is_plain(x) or len(widths) % 2 or len(widths) > 8:
        return None
    shape = list(x.shape)
    for axis, (low, high) in enumerate(zip(widths[::2], widths[1::2]), 1):
        if min(low, 0) + min(high, 0) + shape[-axis] < 0:
            return None
        shape[-axis] += low + high
    return _empty(shape, torch.contiguous_format)


def _cat(parts: Sequence[torch.Tensor], axis: int = 0) -> torch.Tensor | None:
    if not parts or None in map(_layout, parts) or not -4 <= axis < 4:
        return None
    whole, rest = list(parts[0].shape), [list(part.shape) for part in parts[1:]]
    for shape in rest:
        whole[axis] += shape[axis]
        shape[axis] = 0
    if any(side and side != all_of_it for shape in rest for side, all_of_it in zip(shape, whole)):
        return None
    return _empty(whole, _layout(*parts) or torch.contiguous_format)


def _max_pool(
    x: torch.Tensor, kernel: list[int], stride: Sequence[int] = (), *unusual: object
) -> tuple[torch.Tensor, torch.Tensor] | None:
    """With padding, dilation or a rounding up it is unusual."""
    layout = _layout(x)
    if layout is None or unusual or len(kernel) != 2 or len(stride) not in (0, 2):
        return None
    steps = stride or kernel
    if min(*steps, *kernel) < 1:
        return None
    shape = *x.shape[:2], *((side - k) // step + 1 for side, k, step in zip(x.shape[2:], kernel, steps))
    values, places = _empty(shape, layout), _empty(shape, layout, torch.int64)
    return None if values is None or places is None else (values, places)


KNOWN: dict[Any, Callable[..., Any]] = {
    torch.ops.aten.convolution.default: _convolution,
    torch.ops.aten.relu.default: _relu,
    torch.ops.aten.clone.default: _clone,
    torch.ops.aten.copy.default: _copy,
    torch.ops.aten.slice_scatter.default: _slice_scatter,
    torch.ops.aten.constant_pad_nd.default: _pad,
    torch.ops.aten.cat.default: _cat,
    torch.ops.aten.max_pool2d_with_indices.default: _max_pool,
}
