"""The graph that a network's forward draws, without computing anything: one digest for each graph.

The forward runs on fake tensors, which have a shape and no numbers, and torch records the operations.
In-place writes become operations of their own, and dead code plays no part, so that many ways to write
one network give one digest. It takes about 0.1 s. This runs beside the student's code: the digest is a
claim (see grader/grading/mask.py). Next file: canonical.py.
"""

import contextlib
import io

import torch
from torch import fx, nn
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.func import functional_call, functionalize
from torch.fx.experimental.proxy_tensor import make_fx

from grader.sandbox.calls.canonical import Spelled, digest, plain, spell


def graph_digest(network: nn.Module, height: int, width: int) -> str:
    """SHA-256 of all that makes the scores of an input (1, 3, height, width).

    That is the operations with their arguments, and the names and shapes of the weights, in whatever order
    the layers were registered.
    Raises ValueError or an exception of torch where the forward depends on numbers or on tensors of its own,
    or changes its input or weights; and whatever it raises itself.
    """
    weights = network.state_dict()
    shapes = {name: list(tensor.shape) for name, tensor in weights.items()}
    fake = FakeTensorMode()

    def forward(state: dict[str, torch.Tensor], x: torch.Tensor) -> torch.Tensor:
        made: torch.Tensor = functional_call(network, state, (x,))
        return made

    # What it prints here are shapes without numbers: nobody should have to wonder about them.
    nowhere = io.StringIO()
    printing = contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere)
    with torch.no_grad(), printing[0], printing[1], fake:
        state = {name: torch.empty(shape) for name, shape in shapes.items()}
        x = torch.empty(1, 3, height, width)
        graph = make_fx(functionalize(forward, remove="mutations_and_views"))(state, x).graph
    return digest([_of_output(graph, [*shapes, "x"]), shapes])


class _Small(nn.Module):
    """A layer of each kind that a trace may meet, and no network of the lab's."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Conv2d(3, 2, 3), nn.ReLU(), nn.MaxPool2d(2))
        self.up = nn.ConvTranspose2d(2, 2, 2, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(N, 3, H, W) -> maps that mean nothing."""
        y = self.up(nn.functional.relu(self.layers(x)))
        y = torch.cat([y[..., 1:3, 1:3], y.narrow(2, 0, 2).narrow(3, 0, 2)], dim=1)
        return nn.functional.pad(y, (-1, 0, -1, 0))


def warm_up() -> None:
    """Trace something once: torch then has imported and prepared what it needs, before any worker's fork."""
    for network in (_Small().train(), _Small().eval()):
        graph_digest(network, 12, 12)


def _of_output(graph: fx.Graph, inputs: list[str]) -> str:
    """Every node's digest holds those of its arguments; that of the output holds the whole graph."""
    names, found = iter(inputs), dict[fx.Node, Spelled]()
    for node in graph.nodes:
        if node.op == "output":
            return digest(plain(node.args, found))
        if node.op == "placeholder":
            found[node] = Spelled(digest(["input", next(names)]))
        elif node.op == "call_function" and node.target is not torch.ops.aten.copy_.default:
            found[node] = spell(node, found)
        else:  # a constant, or an input that is written to
            raise ValueError(f"a graph with {node.op} {node.target}")
    raise ValueError("a graph without an output")
