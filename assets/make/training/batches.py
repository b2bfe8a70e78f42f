"""Endless batches: of each kind of picture its share, each in shuffled rounds of its own.

The number of a step is all that a batch depends on, beside the seed: a batch of one sees one kind after the
other, a larger one all of them.
"""

import functools
import random
from collections.abc import Sequence
from typing import Protocol

import torch
import torch.nn.functional as F

from assets.make.geometry import Geometry
from assets.make.training.chance import Chance, onto
from assets.make.training.colour import recolour
from assets.make.training.compositions import Compositions
from assets.make.training.degradation import degrade
from assets.make.training.pictures import Pictures
from assets.make.training.windows import cut, draw_windows
from grader.errors import LabError

HOST = torch.device("cpu")


class Kind(Protocol):
    """One kind of picture, of which a round has `count`."""

    name: str
    count: int

    def make(
        self, which: Sequence[int], geometry: Geometry, chance: Chance
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """(n, 3, picture, picture) and (n, 1, scores, scores), in [0, 1]."""


class AsTheyAre:
    """Windows of pictures: a studio's, or a street's."""

    def __init__(self, pictures: Pictures):
        self._pictures, self.name, self.count = pictures, pictures.name, len(pictures)

    def make(
        self, which: Sequence[int], geometry: Geometry, chance: Chance
    ) -> tuple[torch.Tensor, torch.Tensor]:
        windows = draw_windows(len(which), chance)
        some = onto(torch.tensor(which), self._pictures.images.device)
        return (
            cut(self._pictures.images[some], windows, geometry.picture),
            cut(self._pictures.masks[some], windows, geometry.scores),
        )


class Composed:
    """Cars on backgrounds; which ones is left to chance."""

    name, count = "compositions", 1

    def __init__(self, compositions: Compositions):
        self._compositions = compositions

    def make(
        self, which: Sequence[int], geometry: Geometry, chance: Chance
    ) -> tuple[torch.Tensor, torch.Tensor]:
        x, masks = (torch.stack(part) for part in zip(*(self._compositions.make(chance) for _ in which)))
        size = (geometry.scores, geometry.scores)
        return x, F.interpolate(masks, size, mode="bilinear", antialias=True)


def turns(shares: Sequence[int]) -> list[int]:
    """One round, in which kind i has shares[i] turns, evenly spread: [3, 2] -> [0, 1, 0, 1, 0]."""
    at = [((turn + 0.5) / share, which) for which, share in enumerate(shares) for turn in range(share)]
    return [which for _, which in sorted(at)]


@functools.lru_cache(maxsize=32)
def _order(text: str, count: int) -> list[int]:
    return random.Random(text).sample(range(count), count)


class Batches:
    """A batch for every step's number."""

    def __init__(
        self, kinds: Sequence[Kind], shares: Sequence[int], geometry: Geometry, seed: int, size: int
    ):
        if len(shares) != len(kinds) or min(shares) < 1:
            names = ", ".join(kind.name for kind in kinds)
            raise LabError(
                f"{len(shares)} shares for {len(kinds)} kinds of picture ({names}): one from 1 on for each"
            )
        self._kinds, self._turns, self._geometry, self._seed, self._size = (
            kinds, turns(shares), geometry, seed, size,
        )  # fmt: skip

    def picture(self, number: int) -> tuple[int, int]:
        """(kind, picture) of the number-th picture of an endless series, in which a small set weighs as much
        as its share and not as its size."""
        before, at = divmod(number, len(self._turns))
        kind = self._turns[at]
        taken = before * self._turns.count(kind) + self._turns[:at].count(kind)
        around, at = divmod(taken, self._kinds[kind].count)
        return kind, _order(f"{self._seed}/{kind}/{around}", self._kinds[kind].count)[at]

    @torch.no_grad()
    def at(self, step: int, strong: float, purpose: str = "step") -> tuple[torch.Tensor, torch.Tensor]:
        """(N, 3, size, size), laid out for the network, and (N, 1, scores, scores), in [0, 1].

        `strong` of the pictures change their colours much. Another purpose gives other windows and colours.
        """
        pictures = [self.picture(step * self._size + i) for i in range(self._size)]
        made = []
        for kind in sorted({kind for kind, _ in pictures}):
            which = [picture for of, picture in pictures if of == kind]
            chance = self._chance(f"{purpose}/{step}/{kind}", HOST)
            made.append(self._kinds[kind].make(which, self._geometry, chance))
        x, target = (torch.cat(part) for part in zip(*made))
        chance = self._chance(f"{purpose}/{step}", x.device)
        x = self._geometry.framed(degrade(recolour(x, strong, chance), chance))
        return x.contiguous(memory_format=torch.channels_last), target

    def _chance(self, text: str, device: torch.device) -> Chance:
        return Chance(f"{self._seed}/{text}", device)
