"""Where everything lies in the drawing of the U: coordinates for templates/u.svg.

Levels are rows, the contracting path the left column, the expanding path the right ones. Right
edges run straight or round one corner; wrong ones are curves, so that they can be told apart without
their colour.
"""

import math
from dataclasses import dataclass

from grader.lab.plan import CHANNELS, CHANNELS_IN, CHANNELS_OUT, DOWN_SIDES, LEVELS, UP_SIDES
from grader.outputs.pages.wiring import OUTPUT, Edge, Wiring

WIDTH, HEIGHT = 500, 552
LEFT, JOIN, RIGHT, MIDDLE = 92, 282, 408, 168  # the centres of the columns
BOX, PILL = (116, 44), (98, 21)
DISTANCE, FIRST = 90, 158  # of rows; the centre of the first
REACH, CHARACTER = 30, 8  # how far a curve round the outside goes; the width of one in a label
MARK = 0.38  # how far along a wrong edge its mark sits: two that cross do so in their middles
Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """A child of the network, with its centre and its size."""

    name: str
    x: float  # of the centre
    y: float
    width: float
    height: float
    detail: str = ""  # channels and size of what comes out
    is_used: bool = True


@dataclass(frozen=True)
class Line:
    """An edge as an SVG path, with its label."""

    path: str
    label: str
    at: Point  # where its label is, or the mark of a wrong one
    is_wrong: bool

    @property
    def label_at(self) -> Point:
        """Above the line or the mark, inside the drawing."""
        half = min(WIDTH / 2, len(self.label) * CHARACTER / 2)
        return min(max(self.at[0], half), WIDTH - half), self.at[1] - (13 if self.is_wrong else 5)


def row(level: int) -> float:
    """The y of a level's centre; 1 is the top of the U."""
    return FIRST + (level - 1) * DISTANCE


def boxes(unused: list[str]) -> list[Box]:
    """Every child of the network, with the sizes for a picture of 572 x 572."""
    found = [
        Box("input", LEFT, 84, *BOX, f"{CHANNELS_IN} × {DOWN_SIDES[0]}²"),
        Box("middle_conv", MIDDLE, row(5), *BOX, f"{CHANNELS[4]} × {DOWN_SIDES[4]}²"),
        Box("final_conv", RIGHT, 84, *BOX, f"{CHANNELS_OUT} × {UP_SIDES[0]}²"),
        Box(OUTPUT, RIGHT, 22, 88, 28),
    ]
    for level in LEVELS:
        up = 5 - level  # up_conv1 is at the deepest level
        y = row(level)
        found += [
            Box(f"down_conv{level}", LEFT, y, *BOX, f"{CHANNELS[level - 1]} × {DOWN_SIDES[level - 1]}²"),
            Box(f"down_sample{level}", LEFT, y + DISTANCE / 2, *PILL),
            Box(f"up_sample{up}", JOIN, y + DISTANCE / 2, *PILL),
            Box(f"concat{up}", JOIN, y, PILL[0], 26),
            Box(f"up_conv{up}", RIGHT, y, *BOX, f"{CHANNELS[level - 1]} × {UP_SIDES[level - 1]}²"),
        ]
    return [Box(**vars(box) | {"is_used": box.name not in unused}) for box in found]


def lines(wiring: Wiring) -> list[Line]:
    """The student's edges, the wrong ones last, so that they lie on top."""
    at = {box.name: box for box in boxes([])}
    return [_line(edge, at) for edge in sorted(wiring.edges, key=lambda edge: edge.is_wrong)]


def _line(edge: Edge, at: dict[str, Box]) -> Line:
    source, target = at[edge.source], at[edge.target]
    label = ", ".join(edge.operations)
    if edge.is_wrong:
        path, middle = _curve(source, target)
        return Line(path, label, middle, True)
    points = _corners(source, target)
    (x1, y1), (x2, y2) = points[0], points[1]
    path = "M" + " L".join(f"{x:.0f} {y:.0f}" for x, y in points)
    return Line(path, label, ((x1 + x2) / 2, (y1 + y2) / 2), False)


def _corners(source: Box, target: Box) -> list[Point]:
    """From edge to edge of two boxes, straight where they are in line."""
    right, down = math.copysign(1, target.x - source.x), math.copysign(1, target.y - source.y)
    if source.x == target.x:
        return [
            (source.x, source.y + down * source.height / 2),
            (target.x, target.y - down * target.height / 2),
        ]
    beside = (target.x - right * target.width / 2, target.y)
    if source.y == target.y:
        return [(source.x + right * source.width / 2, source.y), beside]
    if source.name == "middle_conv":  # along the bottom first
        end = (target.x, target.y - down * target.height / 2)
        return [(source.x + right * source.width / 2, source.y), (target.x, source.y), end]
    return [(source.x, source.y + down * source.height / 2), (source.x, target.y), beside]


def _curve(source: Box, target: Box) -> tuple[str, Point]:
    """A cubic that bows out to the side, and the point on it where its mark sits."""
    points = _round(source, target) if source.x == target.x else _arch(source, target)
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = points
    path = f"M{x0:.0f} {y0:.0f} C{x1:.0f} {y1:.0f} {x2:.0f} {y2:.0f} {x3:.0f} {y3:.0f}"
    weights = [(1 - MARK) ** 3, 3 * (1 - MARK) ** 2 * MARK, 3 * (1 - MARK) * MARK**2, MARK**3]
    x, y = (sum(weight * point[axis] for weight, point in zip(weights, points)) for axis in (0, 1))
    return path, (x, y)


def _round(source: Box, target: Box) -> list[Point]:
    """Within one column, or from a box to itself: round the outside."""
    side = 1 if source.x == RIGHT else -1
    apart = 8 if source is target else 0
    start = (source.x + side * source.width / 2, source.y - apart)
    end = (target.x + side * target.width / 2, target.y + apart)
    return [start, *((x + side * REACH, y + (y - source.y if apart else 0)) for x, y in (start, end)), end]


def _arch(source: Box, target: Box) -> list[Point]:
    """From one column to another, never quite along the straight line; a level one bows up."""
    start, end = _border(source, target), _border(target, source)
    dx, dy = end[0] - start[0], end[1] - start[1]
    across, up = (0.0, -0.3 * abs(dx)) if abs(dy) <= 1 else (0.16 * dy, -0.16 * dx)
    return [start, *((start[0] + part * dx + across, start[1] + part * dy + up) for part in (0.3, 0.7)), end]


def _border(box: Box, other: Box) -> Point:
    """Where the line from the centre of a box to that of another leaves it."""
    dx, dy = other.x - box.x, other.y - box.y
    scale = min(box.width / 2 / abs(dx) if dx else math.inf, box.height / 2 / abs(dy) if dy else math.inf)
    return box.x + scale * dx, box.y + scale * dy
