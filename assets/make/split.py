"""What is trained on, what chooses among weights, and what tests them: three parts without a name in common.

A name (a car, a drive, a background) goes into its part by its SHA-256, so the parts stay the same wherever
and whenever they are made. The test part is for evaluate.py alone.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from assets.make.pairs import Pair
from grader.errors import LabError

CARS = 16  # held out for each of the two parts, or a quarter of all where there are few
BACKGROUNDS = 50
PARTS = ("train", "choose", "test")
LARGE = 4  # training keeps a name that holds more than one picture in so many

Item = TypeVar("Item")


@dataclass(frozen=True)
class Split(Generic[Item]):
    """The three parts of one folder."""

    train: list[Item]
    choose: list[Item]
    test: list[Item]

    def part(self, name: str) -> list[Item]:
        return {"train": self.train, "choose": self.choose, "test": self.test}[name]

    def names(self, name_of: Callable[[Item], str]) -> dict[str, list[str]]:
        """{part: its names}, for the record."""
        return {part: sorted(set(map(name_of, self.part(part)))) for part in PARTS}


def split(items: Sequence[Item], name_of: Callable[[Item], str], most: int) -> Split[Item]:
    """The names with the smallest SHA-256 are for the test, the next ones choose; at most `most` names each.

    Raises LabError where there are fewer than four names.
    """
    counts = Counter(map(name_of, items))
    if len(counts) < 4:
        raise LabError(
            f"{len(counts)} different names ({', '.join(sorted(counts))}): four are needed for three parts"
        )
    small = [name for name in counts if LARGE * counts[name] <= len(items)]
    order = sorted(small, key=lambda name: hashlib.sha256(name.encode()).hexdigest())
    each = min(most, len(counts) // 4)
    test, choose = set(order[:each]), set(order[each : 2 * each])
    held_out = test | choose
    return Split(
        [item for item in items if name_of(item) not in held_out],
        [item for item in items if name_of(item) in choose],
        [item for item in items if name_of(item) in test],
    )


def split_pairs(pairs: Sequence[Pair]) -> Split[Pair]:
    """By car, or by drive."""
    return split(pairs, lambda pair: pair.group, CARS)


def split_backgrounds(paths: Sequence[Path]) -> Split[Path]:
    """By picture."""
    return split(paths, lambda path: path.stem, BACKGROUNDS)
