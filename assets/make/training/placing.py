"""Where a car is placed on a background, and how it is fitted to it: numbers only."""

import math
import random
from dataclasses import dataclass

CARS = ((0, 0.1), (1, 0.6), (2, 0.2), (3, 0.1))  # how many cars a composition has, and how often
WIDTHS = (0.13, 1.15)  # of the frame, from a car at the end of a street to one that leaves the picture
STRETCH = 0.3  # proportions vary by up to e to this: cameras' pictures are squashed by more or less


@dataclass(frozen=True)
class Placement:
    """A car in a frame; left and top may lie outside it."""

    width: int
    height: int
    left: int
    top: int
    mirrored: bool
    slimmed: float  # 0 to 0.5: how much of the soft edge, which shows the studio, is left away
    softened: float  # blur of the edge, px
    light: float  # 0 to 1: how far its brightness goes towards that of its surroundings
    tint: float  # the same of its colour
    shadow: float  # how dark the ground below it becomes, 0 to 1
    shadow_shift: float  # to the side, in widths of the car


def how_many(numbers: random.Random) -> int:
    """How many cars a composition has."""
    counts, shares = zip(*CARS)
    return numbers.choices(counts, shares)[0]


def place(proportions: float, frame: int, numbers: random.Random) -> Placement:
    """A place in a frame of frame x frame px for a car of these proportions, width / height."""
    width = frame * math.exp(numbers.uniform(*map(math.log, WIDTHS)))
    height = width / (proportions * math.exp(numbers.uniform(-STRETCH, STRETCH)))
    too_high = max(1.0, height / (1.1 * frame))
    width, height = max(4, round(width / too_high)), max(4, round(height / too_high))
    if width < frame and numbers.random() < 0.75:
        left = numbers.uniform(0, frame - width)
    else:
        left = numbers.uniform(-0.5 * width, frame - 0.5 * width)
    bottom = numbers.uniform(max(0.45 * frame, 0.6 * height), frame + 0.15 * height)
    return Placement(
        width=width,
        height=height,
        left=round(left),
        top=round(bottom - height),
        mirrored=numbers.random() < 0.5,
        slimmed=numbers.uniform(0, 0.5),
        softened=numbers.uniform(0.3, 1.2),
        light=numbers.uniform(0.1, 0.9),
        tint=numbers.uniform(0, 0.6),
        shadow=numbers.uniform(0.4, 0.9) if numbers.random() < 0.85 else 0.0,
        shadow_shift=numbers.uniform(-0.12, 0.12),
    )
