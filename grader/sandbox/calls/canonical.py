"""One spelling for one operation: what trace.py hashes of each node of a graph.

Only what gives the same numbers for every input gets the same spelling: a copy is what it copies, a crop is
a crop whether it was sliced, narrowed or padded by less than nothing, and a tensor that was filled piece by
piece is the concatenation of its pieces. Everything else is its own operation with all its arguments.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch

Range = tuple[int, int]  # from, up to and without
NAMED = (torch.dtype, torch.device, torch.layout, torch.memory_format)
# These return their first tensor (copy its second) where shape, type and device stay. _to is _to_copy.
COPIES = {"clone", "alias", "detach", "lift_fresh", "_to", "copy", "view", "_unsafe_view", "expand"}


@dataclass(eq=False)
class Node:
    """One operation of a graph, and the meta tensor (or tuple of them) that it gave.

    target: an operator of torch's, or operator.getitem.
    """

    target: Any
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    value: Any


def digest(value: object) -> str:
    """SHA-256 of plain data; the order of a dictionary does not count."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class Spelled:
    """A node by its digest; a crop and a tensor in pieces also by what they are made of."""

    digest: str
    crop: tuple[str, tuple[Range, ...]] | None = None  # of what, and which part of every axis
    pieces: tuple[int, dict[Range, str]] | None = None  # the axis, and what was written where


def spell(node: Node, found: Mapping[Node, Spelled]) -> Spelled:
    """A call, given the nodes before it. Raises ValueError for an argument that is no plain data."""
    name, values = _name(node), _arguments(node)
    if name in COPIES:
        source = values[1] if name == "copy" else values[0]
        if isinstance(source, Node) and _looks(source) == _looks(node):
            return found[source]
    if name == "slice" and values[4] == 1:
        return _cropped(found[values[0]], _shape(values[0]), {values[1]: (values[2], values[3])})
    if name == "constant_pad_nd" and all(width <= 0 for width in values[1]):
        return _cropped(found[values[0]], _shape(values[0]), _unpadded(_shape(values[0]), values[1]))
    if name == "slice_scatter" and values[5] == 1:
        return _written(node, values, found)
    if name == "cat":
        axis = values[1] % node.value.dim()
        return _joined([found[one].digest for one in values[0]], axis)
    if (name == "clamp_min" and values[1] == 0) or (name == "clamp" and values[1:] == [0, None]):
        return Spelled(digest(["relu", found[values[0]].digest]))
    if name == "relu":
        return Spelled(digest(["relu", found[values[0]].digest]))
    return Spelled(digest([str(node.target), plain(values, found)]))


def plain(value: object, found: Mapping[Node, Spelled]) -> Any:
    """An argument as plain data."""
    if isinstance(value, Node):
        return {"node": found[value].digest}
    if isinstance(value, list | tuple):
        return [plain(item, found) for item in value]
    if isinstance(value, dict) and not value:
        return {}
    if value is None or isinstance(value, bool | int | float | str):
        return repr(value)
    if isinstance(value, NAMED):
        return str(value)
    raise ValueError(f"an argument of type {type(value).__name__}")


def _name(node: Node) -> str:
    """The operation without its overload; that which copies instead of viewing is the same one."""
    schema = getattr(node.target, "_schema", None)
    return "" if schema is None else str(schema.name).removeprefix("aten::").removesuffix("_copy")


def _arguments(node: Node) -> list[Any]:
    """All arguments by their place, defaults too."""
    schema = getattr(node.target, "_schema", None)
    if schema is None:  # getitem
        return [*node.args, node.kwargs]
    rest = schema.arguments[len(node.args) :]
    values = [*node.args, *(node.kwargs.get(one.name, one.default_value) for one in rest)]
    if node.target is torch.ops.aten.max_pool2d_with_indices.default and not values[2]:
        values[2] = values[1]  # no stride is that of the kernel
    return values


def _looks(node: Node) -> tuple[object, ...]:
    value = node.value
    return tuple(value.shape), value.dtype, value.device


def _shape(node: Node) -> tuple[int, ...]:
    return tuple(node.value.shape)


def _range(start: int | None, stop: int | None, size: int) -> Range:
    """As Python slices: from the end if negative, cut off at both ends."""
    first, last, _ = slice(start, stop).indices(size)
    return first, max(first, last)


def _unpadded(shape: tuple[int, ...], widths: list[int]) -> dict[int, Range]:
    """{axis: what is left of it} of a padding that only takes away; pairs of widths, the last axis first."""
    pairs = zip(widths[::2], widths[1::2])
    return {-1 - i: (-low, shape[-1 - i] + high) for i, (low, high) in enumerate(pairs)}


def _cropped(
    source: Spelled, shape: tuple[int, ...], parts: Mapping[int, tuple[int | None, int | None]]
) -> Spelled:
    """Part of a tensor; part of a part is part of the whole."""
    of, ranges = source.crop or (source.digest, tuple((0, size) for size in shape))
    kept = list(ranges)
    for axis, part in parts.items():
        first, last = _range(*part, shape[axis])
        offset = kept[axis][0]
        kept[axis] = (offset + first, offset + last)
    if tuple(kept) == ranges:
        return source
    return Spelled(digest(["crop", of, kept]), crop=(of, tuple(kept)))


def _written(node: Node, values: list[Any], found: Mapping[Node, Spelled]) -> Spelled:
    """A tensor in which one part of an axis is another one; once all of it is, the rest no longer counts."""
    base, source, axis, start, stop, _ = values
    axis %= node.value.dim()
    size = _shape(node)[axis]
    part = _range(start, stop, size)
    before = found[base].pieces
    pieces = dict(before[1]) if before and before[0] == axis else {}
    pieces = {other: what for other, what in pieces.items() if other[1] <= part[0] or part[1] <= other[0]}
    pieces[part] = found[source].digest
    in_order = sorted(pieces)
    if [0, *(stop for _, stop in in_order)] == [*(start for start, _ in in_order), size]:
        whole = _joined([pieces[one] for one in in_order], axis)
        return Spelled(whole.digest, pieces=(axis, pieces))
    what = [found[base].digest, found[source].digest, axis, part]
    return Spelled(digest(["slice_scatter", what]), pieces=(axis, pieces))


def _joined(parts: list[str], axis: int) -> Spelled:
    return Spelled(parts[0] if len(parts) == 1 else digest(["cat", parts, axis]))
