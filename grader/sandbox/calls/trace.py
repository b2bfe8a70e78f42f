"""The graph that a network's forward draws, without computing anything: one digest for each graph.

The forward runs on the meta device, whose tensors have a shape and no numbers, and the operations are noted.
In-place writes become operations of their own, and dead code plays no part, so that many ways to write
one network give one digest. It takes 0.01 s; torch's own tracer, which makes code of the graph, takes 0.1 s.
This runs beside the student's code: the digest is a claim (see grader/grading/mask.py). Next file:
canonical.py.
"""

import contextlib
import io
import operator
from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import nn
from torch.func import functional_call, functionalize

from grader.sandbox.calls import shapes
from grader.sandbox.calls.canonical import Node, Spelled, digest, plain, spell
from grader.sandbox.calls.numberless import Uncompiled

INPUT = "x"  # among the weights, whose names have that of a layer before a dot


def graph_digest(network: nn.Module, height: int, width: int) -> str:
    """SHA-256 of all that makes the scores of an input (1, 3, height, width).

    That is the operations with their arguments, and the names and shapes of the weights, in whatever order
    the layers were registered.
    Raises ValueError or an exception of torch where the forward depends on numbers or on tensors of its own,
    or changes its input or weights; and whatever it raises itself.
    """
    weights = network.state_dict()
    sizes = {name: list(tensor.shape) for name, tensor in weights.items()}

    def forward(state: dict[str, torch.Tensor], x: torch.Tensor) -> torch.Tensor:
        made: torch.Tensor = functional_call(network, state, (x,))
        return made

    # What it prints here are shapes without numbers: nobody should have to wonder about them.
    nowhere = io.StringIO()
    printing = contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere)
    with torch.no_grad(), printing[0], printing[1], torch.device("meta"):
        state = {name: torch.empty(shape) for name, shape in sizes.items()}
        x = torch.empty(1, 3, height, width)
        graph = _Graph(state | {INPUT: x})
        with graph:
            output = functionalize(forward, remove="mutations_and_views")(state, x)
    return digest([graph.digest_of(output), sizes])


class _Graph(Uncompiled):
    """Notes operations on meta tensors. Raises ValueError for a tensor from elsewhere, and for a write."""

    def __init__(self, inputs: dict[str, torch.Tensor]):
        super().__init__()  # type: ignore[no-untyped-call]
        self._inputs = {Node(None, (name,), {}, tensor): name for name, tensor in inputs.items()}
        # A node holds its tensor, so that no other one gets its id.
        self._node_of = {id(node.value): node for node in self._inputs}

    def __torch_dispatch__(
        self,
        func: Any,
        types: Sequence[type],
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        if func._schema.is_mutable:  # all others have become operations of their own
            raise ValueError(f"{func} changes an input")
        value = shapes.call(func, args, kwargs or {})
        node = Node(func, self._noted(args), self._noted(kwargs or {}), value)
        if isinstance(value, torch.Tensor):
            self._node_of[id(value)] = node
        elif isinstance(value, tuple | list):
            for at, one in enumerate(value):
                self._node_of[id(one)] = Node(operator.getitem, (node, at), {}, one)
        return value

    def _noted(self, value: Any) -> Any:
        """The same arguments, with nodes for tensors."""
        if isinstance(value, torch.Tensor):
            if id(value) not in self._node_of:
                raise ValueError("a tensor that is neither an input nor made of one")
            return self._node_of[id(value)]
        if isinstance(value, tuple | list):
            return type(value)(map(self._noted, value))
        if isinstance(value, dict):
            return {name: self._noted(one) for name, one in value.items()}
        return value

    def digest_of(self, output: Any) -> str:
        """Every node's digest holds those of its arguments; that of the output holds the whole graph."""
        found = {node: Spelled(digest(["input", name])) for node, name in self._inputs.items()}
        made = self._noted(output)
        waiting = list(_nodes_in(made))
        while waiting:
            node = waiting[-1]
            missing = [one for one in _nodes_in([node.args, node.kwargs]) if one not in found]
            if node in found or not missing:
                waiting.pop()
                found.setdefault(node, found[node] if node in found else spell(node, found))
            waiting += missing
        return digest(plain(([made],), found))


def _nodes_in(value: Any) -> Iterator[Node]:
    if isinstance(value, Node):
        yield value
    elif isinstance(value, tuple | list | dict):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _nodes_in(one)
