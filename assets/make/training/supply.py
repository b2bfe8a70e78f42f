"""From folders to what a run needs: kinds of picture to train on, and sets to look at on the way."""

from dataclasses import dataclass
from typing import TypeVar

import torch

from assets.make.geometry import Geometry
from assets.make.pairs import some_of_each
from assets.make.sources import Sources
from assets.make.training.batches import AsTheyAre, Composed, Kind
from assets.make.training.compositions import Compositions
from assets.make.training.looks import some_compositions
from assets.make.training.pictures import Pictures, Track, in_silence, load_backgrounds, load_pairs

LOOKED_AT = 16  # pictures of each set
LOOK_SEED = 0

Item = TypeVar("Item")


@dataclass(frozen=True)
class Supply:
    kinds: list[Kind]  # the studios' folders, compositions, streets
    looks: dict[str, Pictures]  # of the choosing part


def kind_names(sources: Sources) -> list[str]:
    """In the order in which shares are given."""
    composed = ["compositions"] if sources.backgrounds or sources.streets else []
    return [*sources.studios, *composed, *(["streets"] if sources.streets else [])]


def load_supply(
    sources: Sources,
    geometry: Geometry,
    device: torch.device,
    most: int | None = None,
    track: Track = in_silence,
) -> Supply:
    """With at most so many pictures of each folder, for a trial."""

    def few(items: list[Item]) -> list[Item]:
        return items[:: max(1, len(items) // most)][:most] if most else items

    kinds: list[Kind] = []
    looks: dict[str, Pictures] = {}
    cars, grounds, cars_seen, grounds_seen = [], [], [], []
    for name, split in sources.studios.items():
        cars.append(load_pairs(name, few(split.train), device, track=track))
        kinds.append(AsTheyAre(cars[-1]))
        some = few(some_of_each(split.choose, 1))[:LOOKED_AT]
        cars_seen.append(load_pairs(name, some, device, track=track))
        looks[name] = load_pairs(name, some, device, geometry.picture, track)
    if sources.backgrounds:
        grounds.append(load_backgrounds("backgrounds", few(sources.backgrounds.train), device, track))
        some = few(sources.backgrounds.choose)[:LOOKED_AT]
        grounds_seen.append(load_backgrounds("backgrounds", some, device, track))
    streets = []
    if sources.streets:
        driven = load_pairs("streets", few(sources.streets.train), device, track=track)
        grounds.append(driven)
        streets.append(AsTheyAre(driven))
        some = few(some_of_each(sources.streets.choose, LOOKED_AT))[:LOOKED_AT]
        grounds_seen.append(load_pairs("streets", some, device, track=track))
        looks["streets"] = load_pairs("streets", some, device, geometry.picture, track)
    if grounds:
        kinds.append(Composed(Compositions(cars, grounds, geometry.picture)))
        seen = Compositions(cars_seen, grounds_seen, geometry.picture)
        count = min(LOOKED_AT, most or LOOKED_AT)
        looks["compositions"] = some_compositions(seen, count, LOOK_SEED, device)
    return Supply([*kinds, *streets], looks)
