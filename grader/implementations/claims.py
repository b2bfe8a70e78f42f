"""What a submission's process says of itself, read with a test of every type.

Claims explain a lost point and never earn one; but code that meddles with its process can claim anything.
Each reader takes one value out of an answer's facts and gives it back typed. Raises ValueError.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypedDict, TypeVar

from grader.lab.plan import LAYER_SETTINGS
from grader.text import capped, one_line

T = TypeVar("T")
Node = tuple[str, list[int]]  # an operation, and the nodes that it takes
Layer = dict[str, Any]  # "type", "bias", "in_sequence", and what the layer has of LAYER_SETTINGS


class Wiring(TypedDict):
    """The graph of a forward. Node 0 is the input, and a node takes only nodes before it."""

    nodes: list[Node]
    output: int | None  # None where forward raised
    random: bool
    input_changed: bool
    misfit: tuple[str, int, int] | None  # a layer, the channels that it got, and those that it takes


WIRING = tuple(Wiring.__annotations__)
MAX_ITEMS = 10_000  # in a list or dictionary; the whole network has 46 weights
MAX_TEXT = 1 << 20  # characters
MAX_WORD = 100  # characters of the name of a type or an operation
MAX_INTEGER = 1 << 53  # what JSON can hold exactly
MAX_NODES, MAX_EDGES = 2_000, 6_000  # of a graph; the solution's has 23 and 26
MAX_LAYERS = 200  # in one child of the network


def text(value: object) -> str:
    """A string."""
    if not isinstance(value, str) or len(value) > MAX_TEXT:
        raise ValueError
    return value


def word(value: object) -> str:
    """A name on one line; a long one is cut."""
    return capped(one_line(text(value)[: 4 * MAX_WORD]), MAX_WORD)


def boolean(value: object) -> bool:
    """True or False."""
    if not isinstance(value, bool):
        raise ValueError
    return value


def integer(value: object) -> int:
    """An integer that is no bool."""
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > MAX_INTEGER:
        raise ValueError
    return value


def optional(read: Callable[[object], T]) -> Callable[[object], T | None]:
    """The same reader, for a value that may be None."""
    return lambda value: None if value is None else read(value)


def listed(read: Callable[[object], T], most: int = MAX_ITEMS) -> Callable[[object], list[T]]:
    """A reader of a list of these."""

    def read_list(value: object) -> list[T]:
        if not isinstance(value, list | tuple) or len(value) > most:
            raise ValueError
        return [read(item) for item in value]

    return read_list


def named(read: Callable[[object], T], most: int = MAX_ITEMS) -> Callable[[object], dict[str, T]]:
    """A reader of a dictionary from strings to these."""

    def read_dict(value: object) -> dict[str, T]:
        if not isinstance(value, dict) or len(value) > most:
            raise ValueError
        return {text(key): read(item) for key, item in value.items()}

    return read_dict


texts = listed(text)
integers = listed(integer)
shapes = named(integers)


def layers(value: object) -> list[Layer]:
    """The layers of one child, in order."""
    return listed(_layer, MAX_LAYERS)(value)


def _layer(value: object) -> Layer:
    if not isinstance(value, dict):
        raise ValueError
    read: Layer = {"type": word(value.get("type"))}
    for name in ("bias", "in_sequence"):
        read[name] = boolean(value.get(name))
    return read | {name: _setting(value[name]) for name in LAYER_SETTINGS if name in value}


def _setting(value: object) -> int | str | list[int]:
    """What a layer is made with: a number, one for each axis, yes or no, or a word."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return word(value)
    if isinstance(value, list | tuple):
        return listed(integer, 8)(value)
    return integer(value)


def nodes_after(given: int) -> Callable[[object], list[Node]]:
    """A reader of the nodes of a graph that come after so many inputs, each taking only earlier ones."""

    def read(value: object) -> list[Node]:
        if not isinstance(value, list | tuple) or len(value) > MAX_NODES:
            raise ValueError
        nodes: list[Node] = []
        edges = 0
        for place, node in enumerate(value, start=given):
            if not isinstance(node, list | tuple) or len(node) != 2:
                raise ValueError
            taken = listed(integer, MAX_EDGES - edges)(node[1])
            if any(not 0 <= source < place for source in taken):
                raise ValueError
            edges += len(taken)
            nodes.append((word(node[0]), taken))
        return nodes

    return read


def wiring(facts: Mapping[str, object]) -> Wiring:
    """A whole graph."""
    nodes = nodes_after(0)(facts.get("nodes"))
    output = optional(integer)(facts.get("output"))
    if output is not None and not 0 <= output < len(nodes):
        raise ValueError
    return {
        "nodes": nodes,
        "output": output,
        "random": boolean(facts.get("random")),
        "input_changed": boolean(facts.get("input_changed")),
        "misfit": optional(_misfit)(facts.get("misfit")),
    }


def _misfit(value: object) -> tuple[str, int, int]:
    if not isinstance(value, list | tuple) or len(value) != 3:
        raise ValueError
    return word(value[0]), integer(value[1]), integer(value[2])
