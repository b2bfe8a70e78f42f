"""Whole sets of pictures on the device, as bytes: after the start no file is read any more."""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from PIL import Image, ImageOps

from assets.make.pairs import Pair, read
from grader.errors import LabError
from grader.pictures.opening import open_picture

LARGEST = 768  # px of the longer side in memory: 5,000 such pictures take 8 GB

Box = tuple[int, int, int, int]  # left, top, right, bottom
Arrays = tuple[np.ndarray, np.ndarray]
Item = TypeVar("Item")
Track = Callable[[Iterable[Item], str, int], Iterable[Item]]  # shows how far a long work is


def in_silence(items: Iterable[Item], said: str, total: int) -> Iterator[Item]:
    """A Track that shows nothing."""
    yield from items


@dataclass(frozen=True)
class Pictures:
    """Pictures of one size and their masks."""

    name: str
    images: torch.Tensor  # (n, 3, H, W), uint8
    masks: torch.Tensor  # (n, 1, H, W), uint8, 0 to 255
    boxes: tuple[Box | None, ...]  # around each mask, None where it is empty

    def __len__(self) -> int:
        return len(self.images)


def load_pairs(
    name: str, pairs: Sequence[Pair], device: torch.device, size: int | None = None, track: Track = in_silence
) -> Pictures:
    """All of them at the size that most of them have, or squashed to size x size."""
    if not pairs:
        raise LabError(f"{name}: no pictures")
    to = (size, size) if size else _usual_size([pair.image for pair in pairs])

    def arrays(pair: Pair) -> Arrays:
        image, mask = read(pair)
        image = image.resize(to, Image.Resampling.BILINEAR)
        mask = mask.resize(to, Image.Resampling.NEAREST if size else Image.Resampling.BILINEAR)
        return np.asarray(image), np.asarray(mask)

    return _stacked(name, arrays, pairs, device, track)


def load_backgrounds(
    name: str, paths: Sequence[Path], device: torch.device, track: Track = in_silence
) -> Pictures:
    """Pictures without a car, cut to the proportions that most of them have."""
    to = _usual_size(paths)

    def arrays(path: Path) -> Arrays:
        return np.asarray(ImageOps.fit(open_picture(path), to)), np.zeros(to[::-1], np.uint8)

    return _stacked(name, arrays, paths, device, track)


def _usual_size(paths: Sequence[Path]) -> tuple[int, int]:
    sizes = Counter()
    for path in paths:
        with Image.open(path) as image:
            sizes[image.size] += 1
    ((width, height), _), *_ = sizes.most_common(1)
    scale = min(1.0, LARGEST / max(width, height))
    return round(width * scale), round(height * scale)


def _stacked(
    name: str,
    arrays: Callable[[Item], Arrays],
    items: Sequence[Item],
    device: torch.device,
    track: Track,
) -> Pictures:
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # Pillow decodes without Python's lock
        images, masks = zip(*track(pool.map(arrays, items), name, len(items)))
    return pictures(name, np.stack(images), np.stack(masks), device)


def pictures(name: str, images: np.ndarray, masks: np.ndarray, device: torch.device) -> Pictures:
    """(n, H, W, 3) and (n, H, W), both uint8."""
    boxes = tuple(_box(mask > 127) for mask in masks)
    on_device = torch.from_numpy(images).to(device).permute(0, 3, 1, 2).contiguous()
    return Pictures(name, on_device, torch.from_numpy(masks).to(device)[:, None], boxes)


def _box(mask: np.ndarray) -> Box | None:
    columns, rows = (np.flatnonzero(mask.any(axis=axis)) for axis in (0, 1))
    if not len(rows):
        return None
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1
