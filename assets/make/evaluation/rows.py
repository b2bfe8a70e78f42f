"""The rows of figures that weights are judged by, each with the least that is asked of it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from assets.make.evaluation.changes import CHANGES
from assets.make.measure import dice, squashed
from assets.make.outline import outline_error
from assets.make.pairs import Pair, read, some_of_each
from assets.make.sources import Sources
from assets.make.training.compositions import Compositions
from assets.make.training.looks import some_compositions
from assets.make.training.pictures import load_backgrounds, load_pairs
from grader.compare import iou
from grader.lab.paths import CARS

MEAN, WORST = 0.991, 0.975  # Dice of a studio's pictures
CHANGED, TURNED = 0.97, 0.95  # mean Dice of changed ones; of those on end
SHIPPED, COMPOSED, STREETS = 0.985, 0.93, 0.75  # IoU
SEED = 2026  # of the compositions
CPU = torch.device("cpu")

Predict = Callable[[Image.Image], np.ndarray]  # picture -> mask, (H, W), 0 or 1


@dataclass(frozen=True)
class Row:
    name: str
    value: float
    least: float | None = None

    @property
    def is_met(self) -> bool:
        return self.least is None or self.value >= self.least


@dataclass(frozen=True)
class Limits:
    """How many pictures a row is of, at most."""

    views: int  # of each car
    pictures: int  # of each folder, as they are; as many compositions; as many frames of a street
    robust: int  # of each folder, for each change


def truth(mask: Image.Image) -> np.ndarray:
    return (np.asarray(mask) > 127).astype(np.uint8)


def evenly(items: Sequence[Pair], most: int) -> list[Pair]:
    """At most so many, evenly spaced."""
    return [items[i * len(items) // most] for i in range(most)] if most < len(items) else list(items)


def studio(name: str, pairs: Sequence[Pair], limits: Limits, predict: Predict) -> Iterator[Row]:
    """Pictures squashed to 572 x 572, as they are and changed."""
    scores, errors = [], []
    some = evenly(some_of_each(pairs, limits.views), limits.pictures)
    for pair in some:
        image, mask = squashed(pair)
        guess = predict(image)
        scores.append(dice(guess, truth(mask)))
        errors.append(outline_error(guess, truth(mask)))
    yield Row(f"{name}: mean Dice", float(np.mean(scores)), MEAN)
    yield Row(f"{name}: worst Dice", min(scores), WORST)
    yield Row(f"{name}: outline, px of 572", float(np.mean(errors)))
    for said, change in CHANGES.items() if limits.robust else ():
        changed = [change(*squashed(pair)) for pair in evenly(some, limits.robust)]
        mean = float(np.mean([dice(predict(image), truth(mask)) for image, mask in changed]))
        yield Row(f"{name}, {said}", mean, TURNED if said.startswith("turned") else CHANGED)


def shipped(predict: Predict) -> Iterator[Row]:
    """The cars that the lab comes with, at their own size."""
    for path in sorted(CARS.glob("*.jpg")):
        image, mask = read(Pair(path, path.with_name(path.stem + "_mask.png"), "shipped"))
        yield Row(f"IoU of {path.stem}", iou(predict(image), truth(mask)), SHIPPED)


def composed(
    pairs: dict[str, list[Pair]], backgrounds: list[Path], limits: Limits, predict: Predict
) -> Iterator[Row]:
    """Cars on backgrounds, the same ones for every model."""
    cars = [load_pairs(name, some_of_each(own, limits.views), CPU) for name, own in pairs.items()]
    made = Compositions(cars, [load_backgrounds("backgrounds", backgrounds, CPU)], 572)
    pictures = some_compositions(made, limits.pictures, SEED, CPU)
    scores = [
        iou(
            predict(Image.fromarray(image.permute(1, 2, 0).numpy())), (mask[0] > 127).numpy().astype(np.uint8)
        )
        for image, mask in zip(pictures.images, pictures.masks)
    ]
    yield Row("compositions: mean IoU", float(np.mean(scores)), COMPOSED)
    yield Row("compositions: worst IoU", min(scores))


def driven(pairs: Sequence[Pair], limits: Limits, predict: Predict) -> Iterator[Row]:
    """Frames of a drive, at their own size."""
    overlap = union = 0
    for pair in evenly(pairs, limits.pictures):
        image, mask = read(pair)
        guess = predict(image)
        overlap += int((guess & truth(mask)).sum())
        union += int((guess | truth(mask)).sum())
    yield Row("streets: IoU over all pixels", overlap / union if union else 1.0, STREETS)


def rows(sources: Sources, part: str, limits: Limits, predict: Predict) -> Iterator[Row]:
    """All of them, of one part."""
    pairs = {name: split.part(part) for name, split in sources.studios.items()}
    yield from shipped(predict)
    if sources.backgrounds:
        yield from composed(pairs, sources.backgrounds.part(part), limits, predict)
    if sources.streets:
        yield from driven(sources.streets.part(part), limits, predict)
    for name, own in pairs.items():
        yield from studio(name, own, limits, predict)
