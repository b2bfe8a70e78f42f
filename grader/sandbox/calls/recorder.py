"""Notes the graph that a forward draws: every torch function in it, and what went into each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

Compute = Callable[..., torch.Tensor]

# Results of these are their argument, for the graph; _-ending names change it in place.
SAME_TENSOR = {"contiguous", "clone", "detach", "to", "float", "requires_grad_"}


@dataclass
class Recorded:
    """One run of forward: the operations in it as [name, inputs]."""

    nodes: list[list[Any]] = field(default_factory=list)
    output_node: int | None = None
    random: bool = False
    input_changed: bool = False


class Recorder(TorchFunctionMode):
    """Notes every torch function outside the stand-ins, and which tensors went in."""

    def __init__(self, *inputs: torch.Tensor):
        super().__init__()
        self.recorded, self.paused = Recorded([["input", []] for _ in inputs]), False
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

        def forward(*args: Any, **kwargs: Any) -> Any:
            was_paused, self.paused = self.paused, True
            try:
                result = compute(*args, **kwargs)
            finally:
                self.paused = was_paused
            if isinstance(result, torch.Tensor):
                self.note(name, [*args, *kwargs.values()], result)
            return result

        child.forward = forward
        child._forward_hooks.clear()  # they belong to what is replaced
        child._forward_pre_hooks.clear()
