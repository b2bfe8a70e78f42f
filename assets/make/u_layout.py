"""Where every feature map of the network lies in the drawing of the U, as bars."""

from dataclasses import dataclass

from grader.lab.plan import CHANNELS, CHANNELS_IN, CHANNELS_OUT, DOWN_SIDES, UP_SIDES

GAP, MARGIN = 30, 84  # between maps of a block; at the left


@dataclass(frozen=True)
class Map:
    """A feature map as a bar: its place, its channels, and how many of them came over the skip."""

    x: float
    y: float
    width: float
    height: float
    channels: int
    kept: int = 0  # of the channels, the last ones

    @property
    def right(self) -> float:
        """The x of its right side."""
        return self.x + self.width

    @property
    def middle(self) -> float:
        """The y of its middle."""
        return self.y + self.height / 2


def thickness(channels: int) -> float:
    """Of a bar, in pixels: it grows with the number of channels, slowly."""
    return 5 + 1.3 * channels**0.5


def length(side: int) -> float:
    """Of a bar, in pixels: it grows with the size of the map, slowly."""
    return 6 + 5.4 * side**0.5


def block(x: float, y: float, side: int, channels: list[int], kept: int = 0) -> list[Map]:
    """The maps of one block from left to right; the first may hold channels of a skip."""
    maps = []
    for number, count in enumerate(channels):
        maps.append(Map(x, y, thickness(count), length(side), count, 0 if number else kept))
        x += thickness(count) + GAP
    return maps


def levels() -> tuple[list[list[Map]], list[list[Map]]]:
    """(blocks on the way down with the middle one, blocks on the way up), both from the top level.

    Each block begins right below, or above, where the one before it ended.
    """
    down: list[list[Map]] = []
    up: list[list[Map]] = []
    y = 84.0
    for level, (deep, side) in enumerate(zip(CHANNELS, DOWN_SIDES)):
        first = CHANNELS[level - 1] if level else CHANNELS_IN
        x = center(down[-1][-1]) - thickness(first) / 2 if down else MARGIN
        down.append(block(x, y, side, [first, deep, deep]))
        y += length(side) + 58
    below = down[-1]
    for level in range(len(CHANNELS) - 2, -1, -1):
        deep = CHANNELS[level]
        counts = [2 * deep, deep, deep] + ([CHANNELS_OUT] if level == 0 else [])
        x = center(below[-1]) - thickness(counts[0]) / 4  # what comes up is the left half
        below = block(x, down[level][0].y, UP_SIDES[level], counts, kept=deep)
        up.insert(0, below)
    return down, up


def center(one: Map) -> float:
    """The x of its middle."""
    return one.x + one.width / 2
