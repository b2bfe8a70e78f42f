"""Measure weights as they are shipped: `python -m assets.make.evaluate --help`.

Dice and outline error on the cars that training held out, Dice of the same pictures under
changes that a camera or a student might make, and IoU on the shipped pictures.
"""

import io
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import torchvision.transforms.functional as TF
import typer
from PIL import Image, ImageEnhance, ImageFilter
from rich.console import Console
from rich.progress import track
from rich.table import Table
from torch import nn

from assets.make.measure import dice, mask_and_truth, squashed
from assets.make.outline import outline_error
from assets.make.pairs import Pair, find_pairs, some_views_per_car, split_by_car
from grader.compare import iou
from grader.lab.files import write_text
from grader.lab.paths import CARS, MODEL
from solution.infer import predict_mask
from solution.unet import UNet

Change = Callable[[Image.Image, Image.Image], tuple[Image.Image, Image.Image]]


def on_picture(change: Callable[[Image.Image], Image.Image]) -> Change:
    return lambda image, mask: (change(image), mask)


def on_both(change: Callable[[Image.Image], Image.Image]) -> Change:
    return lambda image, mask: (change(image), change(mask))


def jpeg(image: Image.Image) -> Image.Image:
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=30)
    return Image.open(stream).convert("RGB")


def noise(image: Image.Image) -> Image.Image:
    """Gaussian, standard deviation 12 of 255, the same for every picture."""
    grain = np.random.default_rng(0).normal(0, 12, (image.height, image.width, 3))
    return Image.fromarray((np.asarray(image) + grain).clip(0, 255).astype(np.uint8))


def half_the_car(image: Image.Image) -> Image.Image:
    """The left half: in both sets the car stands in the middle."""
    return image.crop((0, 0, image.width // 2, image.height))


CHANGES: dict[str, Change] = {
    "unchanged": on_picture(lambda image: image),
    "JPEG quality 30": on_picture(jpeg),
    "brightness x 0.6": on_picture(lambda image: ImageEnhance.Brightness(image).enhance(0.6)),
    "brightness x 1.5": on_picture(lambda image: ImageEnhance.Brightness(image).enhance(1.5)),
    "blur, radius 2 px": on_picture(lambda image: image.filter(ImageFilter.GaussianBlur(2))),
    "noise, 12 of 255": on_picture(noise),
    "mirrored": on_both(TF.hflip),
    "cropped to half the car": on_both(half_the_car),
    "greyscale": on_picture(lambda image: image.convert("L").convert("RGB")),
    "turned by 90 degrees": on_both(lambda image: image.transpose(Image.Transpose.ROTATE_90)),
}


def dice_under(model: nn.Module, pairs: list[Pair], change: Change) -> float:
    """Mean Dice of pictures changed at 572 x 572."""
    scores = [dice(*mask_and_truth(model, *change(*squashed(pair)))) for pair in pairs]
    return sum(scores) / len(scores)


def iou_on_shipped(model: nn.Module) -> dict[str, float]:
    """{name: IoU at the picture's own size} of every car in assets/cars."""
    found = {}
    for path in sorted(CARS.glob("*.jpg")):
        with Image.open(path) as image, Image.open(path.with_name(path.stem + "_mask.png")) as mask:
            found[path.stem] = iou(predict_mask(model, image), np.asarray(mask.convert("L")) > 127)
    return found


def load(path: Path) -> nn.Module:
    model = UNet(3, 1)
    weights = torch.load(path, weights_only=True)
    model.load_state_dict({key: value.float() for key, value in weights.items()})
    return model.eval().to(memory_format=torch.channels_last)


def main(
    folders: Annotated[list[Path], typer.Argument(help="The folders of pairs that it was trained on.")],
    model: Annotated[Path, typer.Option("--model", "-m", help="The weights.")] = MODEL,
    cars: Annotated[int, typer.Option(help="Cars of each folder that training held out.")] = 32,
    views: Annotated[int, typer.Option(help="Views of each of them.")] = 2,
    robust: Annotated[int, typer.Option(help="Pictures of each folder for each change; 0: none.")] = 16,
    json_file: Annotated[Path | None, typer.Option("--json", help="Also write the figures here.")] = None,
) -> None:
    """Measure weights on the held-out cars, under changes, and on the shipped pictures."""
    console, network, figures = Console(), load(model), {}
    for folder in folders:
        held_out = some_views_per_car(split_by_car(find_pairs(folder), cars)[1], views)
        scores, errors = {}, []
        for pair in track(held_out, folder.name, transient=True):
            masks = mask_and_truth(network, *squashed(pair))
            scores[pair.image.stem] = dice(*masks)
            errors.append(outline_error(*masks))
        worst = sorted(scores, key=scores.get)
        figures[folder.name] = {
            "pictures": len(scores),
            "dice_mean": sum(scores.values()) / len(scores),
            "dice_min": scores[worst[0]],
            "below_0.95": sum(score < 0.95 for score in scores.values()),
            "outline_px": sum(errors) / len(errors),
        }
        console.print(f"{folder.name}: {figures[folder.name]}")
        console.print("worst: " + ", ".join(f"{name} {scores[name]:.3f}" for name in worst[:5]))
        some = random.Random(0).sample(held_out, min(robust, len(held_out)))
        if some:
            figures[folder.name]["changes"] = {
                name: dice_under(network, some, change)
                for name, change in track(CHANGES.items(), f"{folder.name}: changes", transient=True)
            }
    if robust:
        table = Table("Dice of pictures that are", *figures)
        for name in CHANGES:
            table.add_row(name, *(f"{figures[part]['changes'][name]:.4f}" for part in figures))
        console.print(table)
    figures["shipped"] = iou_on_shipped(network)
    console.print("IoU: " + ", ".join(f"{name} {value:.3f}" for name, value in figures["shipped"].items()))
    if json_file:
        write_text(json_file, json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    typer.run(main)
