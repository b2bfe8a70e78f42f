"""A recorded forward as a graph: [operation, [nodes it takes]], node 0 the input.

What a student's process says of its graph is a claim: it is read with care. Next file: forward.py.
"""

INPUT = "input"


class Graph:
    """A recorded forward, with pooling of any form under one name, and what is not used left out."""

    def __init__(self, wiring: dict):
        self.nodes = []
        for name, inputs in wiring["nodes"]:
            is_pool = "down_sample" in name or "max_pool2d" in name
            # Only what came before: a claimed graph with a loop would never end.
            earlier = [int(node) for node in inputs if 0 <= int(node) < len(self.nodes)]
            self.nodes.append(("pool" if is_pool else str(name), earlier))
        self.output = wiring["output"]
        self.is_complete = self.output is not None
        self.live = self._ancestors(self.output) if self.is_complete else set(range(len(self.nodes)))

    def _ancestors(self, node: int) -> set[int]:
        seen, todo = set(), [node]
        while todo:
            node = todo.pop()
            if node not in seen:
                seen.add(node)
                todo += self.nodes[node][1]
        return seen

    def calls(self, name: str) -> list[int]:
        """The live nodes of one name; all four concat count as one."""
        return [i for i in sorted(self.live) if self.nodes[i][0] == name]

    def name(self, node: int) -> str:
        return self.nodes[node][0]

    def inputs(self, node: int) -> list[int]:
        return self.nodes[node][1]

    def is_layer(self, node: int) -> bool:
        name = self.name(node)
        return name in (INPUT, "pool", "middle_conv", "final_conv") or name.startswith(
            ("down_", "up_", "concat")
        )

    def layer_behind(self, node: int) -> int:
        """The nearest layer that a chain of other operations started from."""
        while not self.is_layer(node) and self.inputs(node):
            node = self.inputs(node)[0]
        return node
