"""The graph that a network's forward draws, without computing anything: one digest for each graph.

The forward runs on fake tensors, which have a shape and no numbers, and torch notes the operations.
What is written into a tensor in place becomes an operation of its own, and what the result does not
need plays no part, so that many ways to write one network give one digest. It takes about 0.1 s.
This runs beside the student's code: the digest is a claim (see grader/grading/mask.py).
"""

import contextlib
import hashlib
import io
import json

import torch
from torch import fx, nn
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.func import functional_call, functionalize
from torch.fx.experimental.proxy_tensor import make_fx

NAMED = (torch.dtype, torch.device, torch.layout, torch.memory_format)


def graph_digest(network: nn.Module, height: int, width: int) -> str:
    """SHA-256 of all that makes the scores of an input (1, 3, height, width): operations, their arguments,
    the names and shapes of the weights. Raises where the forward depends on numbers, on tensors of its
    own, or changes its input or weights, and whatever it raises itself."""
    weights = network.state_dict()
    shapes = {name: list(tensor.shape) for name, tensor in weights.items()}
    fake = FakeTensorMode()

    def forward(state: dict[str, torch.Tensor], x: torch.Tensor) -> torch.Tensor:
        return functional_call(network, state, (x,))

    # What it prints here are shapes without numbers: nobody should have to wonder about them.
    nowhere = io.StringIO()
    printing = contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere)
    with torch.no_grad(), printing[0], printing[1], fake:
        state = {name: torch.empty(shape) for name, shape in shapes.items()}
        x = torch.empty(1, 3, height, width)
        graph = make_fx(functionalize(forward, remove="mutations_and_views"))(state, x).graph
    return _digest([_of_output(graph, [*shapes, "x"]), shapes])


def _of_output(graph: fx.Graph, inputs: list[str]) -> str:
    """Every node's digest holds those of its arguments; that of the output holds the whole graph."""
    names, found = iter(inputs), {}
    for node in graph.nodes:
        if node.op == "output":
            return _digest(_spelled(node.args, found))
        if node.op == "placeholder":
            found[node] = _digest(["input", next(names)])
        elif node.op == "call_function" and node.target is not torch.ops.aten.copy_.default:
            found[node] = _digest([str(node.target), _spelled(_arguments(node), found)])
        else:  # a constant, or an input that is written to
            raise ValueError(f"a graph with {node.op} {node.target}")
    raise ValueError("a graph without an output")


def _arguments(node: fx.Node) -> list:
    """All arguments by their place, defaults too; what has two spellings gets one."""
    schema = getattr(node.target, "_schema", None)
    if schema is None:  # getitem
        return [*node.args, node.kwargs]
    rest = schema.arguments[len(node.args) :]
    values = [*node.args, *(node.kwargs.get(one.name, one.default_value) for one in rest)]
    if node.target is torch.ops.aten.max_pool2d_with_indices.default and not values[2]:
        values[2] = values[1]  # no stride is that of the kernel
    if node.target is torch.ops.aten.cat.default and values[1] < 0:
        values[1] += node.meta["val"].dim()
    return values


def _spelled(value, found: dict):
    """An argument as plain data."""
    if isinstance(value, fx.Node):
        return {"node": found[value]}
    if isinstance(value, list | tuple):
        return [_spelled(item, found) for item in value]
    if isinstance(value, dict) and not value:
        return {}
    if value is None or isinstance(value, bool | int | float | str):
        return repr(value)
    if isinstance(value, NAMED):
        return str(value)
    raise ValueError(f"an argument of type {type(value).__name__}")


def _digest(value) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()
