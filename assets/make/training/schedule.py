"""How far a run is, by steps or by the clock, and what follows from that."""

import math
from dataclasses import dataclass

from grader.errors import LabError

WARM_STEPS, WARM_SHARE = 200, 0.05  # the rate rises over the shorter of the two
FROZEN_AT = 0.62  # share of the run after which the norms' statistics stay, and weights are averaged
LOWEST = 0.004  # of the highest rate, at the end
DECAY = 0.998  # of the mean over the weights


@dataclass(frozen=True)
class Schedule:
    """A run of so many steps, of so many seconds, or of whichever comes first."""

    steps: int | None = None
    seconds: float | None = None

    def __post_init__(self) -> None:
        if not any((self.steps, self.seconds)) or (self.steps or 1) < 1 or (self.seconds or 1) <= 0:
            raise LabError("give --steps or --seconds, more than 0")

    def done(self, step: int, seconds: float) -> float:
        """The share that lies behind, 1 at the end."""
        parts = [step / self.steps] if self.steps else []
        parts += [seconds / self.seconds] if self.seconds else []
        return min(1.0, max(parts))


def rate(done: float, step: int) -> float:
    """The learning rate, relative to the highest: a linear warm-up, then half a cosine."""
    warm = min(1.0, max((step + 1) / WARM_STEPS, done / WARM_SHARE))
    return warm * (LOWEST + (1 - LOWEST) * 0.5 * (1 + math.cos(math.pi * done)))


def decay(averaged: int) -> float:
    """Of the mean over the weights, after so many steps of it: less at first, for the sake of short runs."""
    return min(DECAY, (1 + averaged) / (10 + averaged))
