"""The wiring of a student's forward as edges between the boxes of the U, each right or wrong.

What the student's process says of its wiring is a claim: it is read with care, capped, and drawn,
and earns nothing. Where an edge is wrong, the right one is not told. Next file: u_drawing.py.
"""

from dataclasses import dataclass
from typing import Any

from grader.explain.graph import INPUT, Graph
from grader.lab.plan import CHILDREN, CONCATS
from grader.report.model import FAILED, Report

BOXES = [INPUT, *CHILDREN]
OUTPUT = "output"
# What comes out of these has nothing left of what went in, or no longer its size.
NEVER_RIGHT = ("pool", "zeros", "ones", "empty", "full")
OPERATION_CAUSES = ("forward.activation", "forward.random", "forward.in_place")
MAX_NODES, MAX_EDGES, MAX_ORIGINS, MAX_OPERATIONS, MAX_NAME = 2000, 60, 6, 3, 24


@dataclass(frozen=True)
class Edge:
    """What one box hands to another; the operations on the way; which argument it is of a concat."""

    source: str
    target: str
    argument: int
    operations: tuple[str, ...]
    is_wrong: bool = False

    def __str__(self) -> str:
        return " → ".join([self.source, *self.operations, self.target])


@dataclass(frozen=True)
class Wiring:
    """state: unfilled, unreadable, right, partly (what is there is right) or wrong."""

    state: str
    edges: tuple[Edge, ...] = ()
    hints: tuple[str, ...] = ()
    reaches_end: bool = False

    @property
    def wrong(self) -> list[Edge]:
        """The edges that should not be there."""
        return [edge for edge in self.edges if edge.is_wrong]

    @property
    def unused(self) -> list[str]:
        """Boxes that no edge touches, where the wiring is known to its end."""
        touched = {box for edge in self.edges for box in (edge.source, edge.target)}
        return [box for box in BOXES if box not in touched] if self.reaches_end else []


def read_wiring(report: Report) -> Wiring:
    """The wiring that belongs to a report."""
    checks = [check for todo in report.todos if todo.id == "forward" for check in todo.checks]
    failed = [check for check in checks if check.status == FAILED]
    causes = {check.cause for check in failed if check.cause}
    hints = tuple(dict.fromkeys(check.hint for check in failed if check.hint))
    is_done = bool(checks) and all(todo.is_done for todo in report.todos if todo.id == "forward")
    try:
        claimed = report.wiring or {}
        graph = _graph(claimed["seen"])
        edges, expected = edges_of(graph), edges_of(_graph(claimed["expected"]))
    except Exception:  # a claim can be anything at all
        edges = ()
    if not edges:
        return Wiring("unfilled" if "forward.unfilled" in causes else "unreadable", hints=hints)
    judged = tuple(edges if is_done else _judged(edges, expected, causes))
    is_wrong = any(edge.is_wrong for edge in judged)
    state = "wrong" if is_wrong else "right" if is_done else "partly"
    return Wiring(state, judged, hints, graph.is_complete)


def _graph(claimed: dict[str, Any]) -> Graph:
    if len(claimed["nodes"]) > MAX_NODES:
        raise ValueError("more nodes than can be drawn")
    return Graph(claimed)


def edges_of(graph: Graph) -> tuple[Edge, ...]:
    """The edges between boxes, chains of other operations folded into them, in the order of the calls."""
    places = _places(graph)
    origins: dict[int, list[tuple[str, tuple[str, ...]]]] = {}  # node -> [(box, operations since)]
    found: dict[Edge, None] = {}
    for node in sorted(graph.live):
        inputs = graph.inputs(node)
        if node in places:
            origins[node] = [(places[node], ())]
            for position, given in enumerate(inputs):
                argument = position if places[node] in CONCATS else 0
                for box, passed in origins.get(given, ()):
                    found[Edge(box, places[node], argument, passed)] = None
        else:
            name = graph.name(node)[:MAX_NAME]
            through = [
                (box, (*passed, name)[-MAX_OPERATIONS:]) for i in inputs for box, passed in origins.get(i, ())
            ]
            origins[node] = list(dict.fromkeys(through))[:MAX_ORIGINS]
    if graph.output is not None:
        for box, passed in origins.get(graph.output, ()):
            found[Edge(box, OUTPUT, 0, passed)] = None
    return tuple(found)[:MAX_EDGES]


def _places(graph: Graph) -> dict[int, str]:
    """{node: box}.

    Which of the four poolings or concats was called does not matter, since they are all the same: a pooling
    is known by the block that it pools, a concat by the block that takes its result.
    """
    takers: dict[int, str] = {}
    for node in graph.live:
        for given in graph.inputs(node) if graph.name(node).startswith("up_conv") else ():
            takers.setdefault(given, graph.name(node))
    places = {}
    for node in sorted(graph.live):
        name, inputs = graph.name(node), graph.inputs(node)
        if name == "pool":
            pooled = graph.name(inputs[0]) if inputs else ""
            name = f"down_sample{pooled.removeprefix('down_conv')}"  # else one that has no box
        elif name in CONCATS and node in takers:
            name = f"concat{takers[node].removeprefix('up_conv')}"
        if name in BOXES:
            places[node] = name
    return places


def _judged(edges: tuple[Edge, ...], expected: tuple[Edge, ...], causes: set[str]) -> list[Edge]:
    right = {(edge.source, edge.target, edge.argument) for edge in expected}
    wrong = [
        (edge.source, edge.target, edge.argument) not in right
        or any(name.startswith(NEVER_RIGHT) for name in edge.operations)
        for edge in edges
    ]
    if not any(wrong) and causes & set(OPERATION_CAUSES):
        wrong = [bool(edge.operations) for edge in edges]
    return [Edge(e.source, e.target, e.argument, e.operations, is_wrong) for e, is_wrong in zip(edges, wrong)]
