"""A recorded forward as a graph: [operation, [nodes it takes]], node 0 the input.

What a student's process says of its graph is a claim: it is read with care. Next file: comparison.py.
"""

from collections.abc import Mapping
from typing import Any

INPUT = "input"


class Graph:
    """A recorded forward, with pooling of any form under one name, and what is not used left out.

    Every question to it takes the same short time, however large a graph is claimed.
    """

    def __init__(self, wiring: Mapping[str, Any]):
        self.nodes: list[tuple[str, list[int]]] = []
        for name, inputs in wiring["nodes"]:
            is_pool = "down_sample" in name or "max_pool2d" in name
            # Only what came before: a walk through a claimed graph with a loop would never end.
            earlier = [int(node) for node in inputs if 0 <= int(node) < len(self.nodes)]
            self.nodes.append(("pool" if is_pool else str(name), earlier))
        self.output: int | None = wiring["output"]
        self.live = set(range(len(self.nodes))) if self.output is None else self._ancestors(self.output)
        self._calls: dict[str, list[int]] = {}
        for node in sorted(self.live):
            self._calls.setdefault(self.name(node), []).append(node)
        self._layers: list[int] = []  # for each node, the layer behind it
        for node, (_, inputs) in enumerate(self.nodes):
            self._layers.append(node if self.is_layer(node) or not inputs else self._layers[inputs[0]])

    @property
    def is_complete(self) -> bool:
        """Whether forward came to its end."""
        return self.output is not None

    def _ancestors(self, node: int) -> set[int]:
        seen: set[int] = set()
        todo = [node]
        while todo:
            node = todo.pop()
            if node not in seen:
                seen.add(node)
                todo += self.nodes[node][1]
        return seen

    def calls(self, name: str) -> list[int]:
        """The live nodes of one name."""
        return self._calls.get(name, [])

    def name(self, node: int) -> str:
        """The layer or the torch function that was called."""
        return self.nodes[node][0]

    def inputs(self, node: int) -> list[int]:
        """The nodes that it took."""
        return self.nodes[node][1]

    def is_layer(self, node: int) -> bool:
        """Whether it is a part of the network, or the input, and no other operation."""
        name = self.name(node)
        return name in (INPUT, "pool", "middle_conv", "final_conv") or name.startswith(
            ("down_", "up_", "concat")
        )

    def layer_behind(self, node: int) -> int:
        """The nearest layer that a chain of other operations started from."""
        return self._layers[node]
