"""Notes the graph that a forward draws: every torch function in it, and what went into each."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from grader.lab.plan import BLOCK_CHANNELS_IN, CHANNELS, UP_SAMPLE_CHANNELS_IN
from grader.language import _
from grader.sandbox.calls.network import Fault

Compute = Callable[..., torch.Tensor]

# Results of these are their argument, for the graph; _-ending names change it in place.
SAME_TENSOR = {"contiguous", "clone", "detach", "to", "float", "requires_grad_"}


# {layer: the channels that it takes}
CHANNELS_TAKEN = BLOCK_CHANNELS_IN | UP_SAMPLE_CHANNELS_IN | {"final_conv": CHANNELS[0]}


@dataclass
class Recorded:
    """One run of forward: the operations in it as [name, inputs]."""

    nodes: list[list[Any]] = field(default_factory=list)
    output_node: int | None = None
    random: bool = False
    input_changed: bool = False
    misfit: tuple[str, int, int] | None = None  # the first layer that gets a wrong number of channels


class Recorder(TorchFunctionMode):
    """Notes every torch function outside the stand-ins, and which tensors went in."""

    def __init__(self, *inputs: torch.Tensor):
        super().__init__()
        self.recorded, self.paused = Recorded([["input", []] for _ in inputs]), False
        self.scores: torch.Tensor | None = None  # what final_conv gave last
        self.node_of = {id(x): node for node, x in enumerate(inputs)}
        self.kept: list[torch.Tensor | None] = list(inputs)

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Sequence[type],
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        if self.paused:
            return func(*args, **(kwargs or {}))
        name, before = getattr(func, "__name__", ""), torch.random.get_rng_state()
        try:
            result = func(*args, **(kwargs or {}))
        except Exception:  # a graph that stops here shows at what it stopped
            self.note(name, [*args, *(kwargs or {}).values()], None)
            raise
        else:
            if not torch.equal(before, torch.random.get_rng_state()):
                self.recorded.random = True
            if isinstance(result, torch.Tensor) and not name.startswith("__get__"):
                self.note(name, [*args, *(kwargs or {}).values()], result)
        return result

    def note(self, name: str, inputs: Sequence[object], result: torch.Tensor | None) -> None:
        """Add an operation to the graph; no result: it raised."""
        flat = [t for value in inputs for t in (value if isinstance(value, list | tuple) else [value])]
        sources = [self.node_of[id(t)] for t in flat if id(t) in self.node_of]
        if name in SAME_TENSOR and sources:
            node = sources[0]
        else:
            self.recorded.nodes.append([name, sources])
            node = len(self.recorded.nodes) - 1
        self.node_of[id(result)] = node
        self.kept.append(result)  # so that no other tensor gets its id

    def replace(self, child: nn.Module, name: str, compute: Compute) -> None:
        """Let child compute something else, and note its calls under its name."""
        taken = inspect.signature(compute)

        def forward(*args: Any, **kwargs: Any) -> Any:
            try:
                taken.bind(*args, **kwargs)
            except TypeError as error:
                raise TypeError(f"{name}() {error}") from None
            was_paused, self.paused = self.paused, True
            try:
                self._look_at(name, [*args, *kwargs.values()])
                result = compute(*args, **kwargs)
            finally:
                self.paused = was_paused
            if isinstance(result, torch.Tensor):
                self.note(name, [*args, *kwargs.values()], result)
                if name == "final_conv":
                    self.scores = result
            return result

        child.forward = forward
        child._forward_hooks.clear()  # they belong to what is replaced
        child._forward_pre_hooks.clear()

    def _look_at(self, name: str, inputs: Sequence[object]) -> None:
        """Keep what is wrong with what a layer gets. Raises Fault for what no layer can take."""
        wanted = CHANNELS_TAKEN.get(name)
        x = inputs[0] if inputs else None
        if wanted is None or not isinstance(x, torch.Tensor):
            return
        if x.dim() != 4:
            what = _("{name} gets a tensor with {dim} axes, not 4 (N, C, H, W)").format(
                name=name, dim=x.dim()
            )
            raise Fault("wrong_axes", what, name=name)
        if x.shape[1] != wanted and self.recorded.misfit is None:
            self.recorded.misfit = name, int(x.shape[1]), wanted
