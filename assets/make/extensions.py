"""Draws the pictures of the extensions into assets/figures: `python -m assets.make.extensions`.

Each is drawn in English and in Chinese, as NAME.zh-CN.png.

Each shows what an extension does, made by its solution. The curves of extension 6 come from a
training: `python solution/extensions/train.py --out runs/train`, then `--runs runs/train`.
"""

import io
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import typer
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from PIL import Image

from assets.make.extensions_words import say, suffix
from grader import language
from grader.lab.paths import ASSETS, CARS
from grader.notebook.figures import new_figure
from grader.release.holes import student_version
from solution.extensions import batchnorm_unet, elastic, find_the_bugs, paper_unet, train, weight_map

FIGURES = ASSETS / "figures"
CAR = "suv_orange"


def car(height: int) -> tuple[torch.Tensor, torch.Tensor]:
    """(3, height, 1.5 height) in [0, 1] and its mask."""
    return train.read_pairs(CARS, height)[CAR]


def as_picture(image: torch.Tensor) -> np.ndarray:
    return image.clamp(0, 1).permute(1, 2, 0).numpy()


def save(figure: Figure, name: str) -> None:
    """As PNG of 96 colours, which keeps each below 150 kB."""
    buffer = io.BytesIO()
    figure.savefig(buffer, dpi=90)
    picture = Image.open(buffer).convert("RGB").quantize(96, dither=Image.Dither.NONE)
    picture.save(FIGURES / f"{name}{suffix()}.png", optimize=True)


def axes_of(count: int, width: float, height: float) -> tuple[Figure, list]:
    figure = new_figure(figsize=(width, height), layout="constrained")
    axes = figure.subplots(1, count, squeeze=False)[0]
    for one in axes:
        one.set(xticks=[], yticks=[])
    return figure, list(axes)


def draw_overlap_tile() -> None:
    """One tile of scores (yellow) and the pixels that it takes (blue), partly mirrored."""
    image, border, tile = car(300)[0], paper_unet.BORDER, 148
    rows, columns = (paper_unet.mirrored(-border, side + border, side) for side in image.shape[1:])
    figure, (axes,) = axes_of(1, 6.2, 4.4)
    axes.imshow(as_picture(image[:, rows[:, None], columns]))
    height, width = image.shape[1:]
    sees, gives = say("what the network sees of one tile"), say("the scores that it gives")
    boxes = ((border, border, width, height, "white", say("the picture")),
             (0, 0, tile + 2 * border, tile + 2 * border, "tab:blue", sees),
             (border, border, tile, tile, "gold", gives))  # fmt: skip
    for left, top, wide, high, colour, label in boxes:
        axes.add_patch(Rectangle((left, top), wide - 1, high - 1, fill=False, ec=colour, lw=2.5, label=label))
    axes.legend(loc="lower right", fontsize=8, facecolor="grey", labelcolor="white")
    save(figure, "overlap_tile")


def draw_elastic() -> None:
    """A car under a grid of lines, and three deformations of it with the outline of its mask."""
    image, mask = car(240)
    lined = image.clone()
    lined[:, ::20], lined[:, :, ::20] = 0.15, 0.15
    figure, axes = axes_of(4, 11, 2.1)
    for seed, one in enumerate(axes):
        shown, outline = lined, mask
        if seed:
            generator = torch.Generator().manual_seed(seed)
            shown, outline = elastic.elastic_deform(lined, mask, sigma=10.0, generator=generator)
        one.imshow(as_picture(shown))
        one.contour(outline.float().numpy(), levels=[0.5], colors="magenta", linewidths=1.5)
        one.set_title(
            say("seed {seed}, sigma 10 px").format(seed=seed) if seed else say("the picture"), fontsize=9
        )
    save(figure, "elastic")


def draw_weight_map() -> None:
    """Touching cells, their numbers, and the weights of their pixels."""
    labels, shade = touching_cells(200, 300, 46)
    figure, axes = axes_of(3, 11, 2.7)
    axes[0].imshow(shade, cmap="gray")
    axes[1].imshow(np.ma.masked_equal(labels.numpy(), 0), cmap="prism", interpolation="nearest")
    shown = axes[2].imshow(weight_map.weight_map(labels), cmap="jet")
    figure.colorbar(shown, ax=axes[2])
    for one, title in zip(axes, ("cells (drawn)", "labels", "weights, w0 = 10, sigma = 5 px")):
        one.set_title(say(title), fontsize=9)
    save(figure, "weight_map")


def touching_cells(height: int, width: int, count: int) -> tuple[torch.Tensor, np.ndarray]:
    """Cells that grow until they touch: labels (H, W), 0 background, and a picture of them in grey."""
    random = np.random.RandomState(3)
    centres = random.rand(count, 2) * (height, width)
    row, column = np.mgrid[:height, :width]
    wave = sum(np.sin(row / a + column / b + c) for a, b, c in random.rand(4, 3) * (20, 20, 6) + 6)
    distance = np.hypot(row - centres[:, 0, None, None], column - centres[:, 1, None, None])
    stretched = distance * (1 + 0.1 * random.rand(count, 1, 1)) + wave
    nearest = stretched.argmin(0)
    labels = np.where(stretched.min(0) < 24, nearest + 1, 0)
    edge = np.zeros((height, width), bool)
    for axis in (0, 1):
        edge |= labels != np.roll(labels, 1, axis)
    inside = np.sort(distance, 0)[0]
    shade = np.where(labels > 0, 0.62 - 0.008 * inside, 0.3) + 0.04 * random.randn(height, width)
    shade[edge] += 0.18
    return torch.from_numpy(labels), shade


def kept_mb(checkpointing: bool, side: int) -> float:
    """Megabytes that a forward pass keeps for the backward pass."""
    kept: dict[int, int] = {}

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        kept[tensor.data_ptr()] = tensor.nbytes
        return tensor

    model = batchnorm_unet.UNet(3, 2)
    if checkpointing:
        model.use_checkpointing()
    weights = {parameter.data_ptr() for parameter in model.parameters()}
    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        scores = model(torch.rand(1, 3, side, side))
    del scores
    return sum(size for place, size in kept.items() if place not in weights) / 2**20


def draw_checkpointing() -> None:
    """What is kept for the backward pass at 572, without and with checkpointing."""
    kept = [kept_mb(checkpointing, 572) for checkpointing in (False, True)]
    figure = new_figure(figsize=(6, 1.7), layout="constrained")
    axes = figure.subplots()
    bars = axes.barh([say("plain"), say("checkpointed")], kept, color=["tab:gray", "tab:blue"])
    axes.bar_label(bars, [f"{value:.0f} MB" for value in kept], padding=3)
    axes.set(xlabel=say("kept for the backward pass, one picture of 572 x 572"), xlim=(0, 1.2 * max(kept)))
    axes.invert_yaxis()
    save(figure, "checkpointing")


def draw_bugs() -> None:
    """The same car twice through the published network and through the fixed one."""
    path = Path(find_the_bugs.__file__)
    names: dict = {}
    exec(student_version(path.read_text(encoding="utf-8"), path.name), names)
    image, figure = car(192)[0][None], Figure(figsize=(11, 2.6), layout="constrained")
    axes = figure.subplots(1, 4, width_ratios=[1.1, 1, 1, 1])
    torch.manual_seed(0)
    models = {"published": names["UNet"](2).eval(), "mended": find_the_bugs.UNet(2).eval()}
    counts = [sum(parameter.numel() for parameter in model.parameters()) for model in models.values()]
    bars = axes[0].bar([*map(say, models)], counts, color=["tab:red", "tab:green"])
    axes[0].bar_label(bars, [f"{count:,}" for count in counts])
    axes[0].set(title=say("parameters that an optimiser finds"), yticks=[], ylim=(0, 1.2 * max(counts)))
    axes[0].title.set_fontsize(9)
    with torch.no_grad():
        answers = {name: [model(image)[0, 1] for _ in range(2)] for name, model in models.items()}
    shown = {
        "published, asked once": answers["published"][0],
        "published, asked again": answers["published"][1],
        "mended: the difference of two answers": (answers["mended"][0] - answers["mended"][1]).abs(),
    }
    for one, (title, picture) in zip(axes[1:], shown.items()):
        one.imshow(picture, vmin=0, vmax=1, cmap="gray")
        one.set_title(say(title), fontsize=9)
        one.set(xticks=[], yticks=[])
    save(figure, "find_the_bugs")


def draw_training(runs: Path) -> None:
    """The two recipes' curves, from the checkpoints of a training."""
    trained = []
    for recipe in (train.PAPER, train.PUBLIC):
        run = train.Training(train.narrow_unet(), [], recipe, None, 0)
        run.go_on_from(torch.load(runs / f"{recipe.name}.checkpoint", weights_only=True))
        trained.append(run)
    train.draw_curves(trained, FIGURES / "train.png")


def main(
    runs: Annotated[
        Path | None, typer.Option(help="Folder of a training, for its curves; without it they stay.")
    ] = None,
) -> None:
    """Draw all pictures of the extensions."""
    for one in language.LANGUAGES:
        language.use(one)
        for draw in (draw_overlap_tile, draw_elastic, draw_weight_map, draw_checkpointing, draw_bugs):
            draw()
            print(draw.__name__, one)
    if runs:
        draw_training(runs)


if __name__ == "__main__":
    typer.run(main)
