"""The training loop: two recipes side by side, watched live, stopped and resumed bit for bit.

    python student/extensions/train.py --help

O. Ronneberger, P. Fischer and T. Brox, "U-Net" (2015), section 3: stochastic gradient descent, one
picture in a batch and therefore "a high momentum (0.99)". Beside it the recipe of public
implementations: momentum 0.9 and weight decay 0.0005. The network is a narrow U-Net (16 channels
at the top, BatchNorm), small enough to learn the lab's drawn cars on a laptop.

Fill the places marked TODO E6; the network, the pictures and the command line are given. This is
the last extension.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import torch
import typer
from PIL import Image, ImageOps
from torch import nn

if TYPE_CHECKING:
    from rich.progress import Progress  # main imports it late: training itself does not need it

Pair = tuple[torch.Tensor, torch.Tensor]  # image (3, H, W), float in [0, 1]; mask (H, W), 0 or 1
Augment = Callable[[torch.Tensor, torch.Tensor, torch.Generator], Pair]
CARS = Path(__file__).resolve().parents[2] / "assets" / "cars"


@dataclass(frozen=True)
class Recipe:
    """How the weights are updated. rate: the learning rate in the first half of a run."""

    name: str
    momentum: float
    weight_decay: float
    rate: float


PAPER = Recipe("paper", momentum=0.99, weight_decay=0.0, rate=1e-3)
PUBLIC = Recipe("public", momentum=0.9, weight_decay=0.0005, rate=1e-2)


def loss_of(scores: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """The mean loss of a pixel: scores (N, K, H, W), target (N, H, W) of classes -> ().

    K = 1: binary cross-entropy of the sigmoid; target 0 or 1, of any type. K > 1: cross-entropy of
    the soft-max over the channels. Finite for scores of any size.
    """
    # TODO E6: compute the loss. Which functions of PyTorch take scores, and not probabilities?
    raise NotImplementedError("TODO E6: compute the loss")


def make_optimiser(model: nn.Module, recipe: Recipe) -> torch.optim.Optimizer:
    """Stochastic gradient descent over all weights of the model, as the recipe says."""
    # TODO E6: make the optimiser.
    raise NotImplementedError("TODO E6: make the optimiser")


def dice(mask: torch.Tensor, truth: torch.Tensor) -> float:
    """2 |A and B| / (|A| + |B|) of two masks of the same shape, 0 or 1; 1.0 where both are empty."""
    # TODO E6: compute it.
    raise NotImplementedError("TODO E6: compute it")


def mask_of(scores: torch.Tensor) -> torch.Tensor:
    """(N, K, H, W) -> (N, H, W), bool: where K = 1 says more than one half, or K = 2 prefers class 1."""
    return scores[:, 0] > 0 if scores.shape[1] == 1 else scores[:, 1] > scores[:, 0]


def mean_dice(model: nn.Module, pairs: Sequence[Pair]) -> float:
    """The mean Dice of the pictures, each by itself; the model comes out as it was."""
    # TODO E6: compute the mean, in evaluation mode and without gradients. mask_of is given.
    raise NotImplementedError("TODO E6: compute the mean, in evaluation mode and without gradients")


class Training:
    """One run: what a step needs, and what a checkpoint holds. Use it through `train`."""

    def __init__(
        self, model: nn.Module, pairs: Sequence[Pair], recipe: Recipe, augment: Augment | None, seed: int
    ) -> None:
        self.model, self.pairs, self.augment, self.seed = model, pairs, augment, seed
        self.recipe, self.optimiser = recipe, make_optimiser(model, recipe)
        self.step = 0  # how many are done
        self.losses: list[float] = []  # of each step
        self.dices: list[tuple[int, float]] = []  # (after so many steps, on the held-out pictures)

    def next_pair(self) -> Pair:
        """The pair of this step, in shuffled rounds through all of them.

        All randomness follows from the seed and the number of the step, so a checkpoint needs no state
        of a generator.
        """
        around, at = divmod(self.step, len(self.pairs))
        order = torch.randperm(len(self.pairs), generator=self.chance(around, 1))
        image, mask = self.pairs[int(order[at])]
        return self.augment(image, mask, self.chance(self.step, 2)) if self.augment else (image, mask)

    def chance(self, number: int, purpose: int) -> torch.Generator:
        """A generator of its own for each number and purpose."""
        return torch.Generator().manual_seed((self.seed * 3 + purpose) * 1_000_003 + number)

    def one_step(self, image: torch.Tensor, target: torch.Tensor) -> float:
        """Learn from one picture (3, H, W) and its mask (H, W) -> the loss before the step."""
        # TODO E6: one step of the optimiser, the network in training mode. What is left in the
        # gradients from the step before?
        raise NotImplementedError("TODO E6: one step of the optimiser, the network in training mode")

    def state(self) -> dict[str, Any]:
        """All that a run needs to resume as if it had never stopped; torch.save must be able to write it."""
        # TODO E6: gather it. The weights are not all: what does momentum remember?
        raise NotImplementedError("TODO E6: gather it")

    def go_on_from(self, state: dict[str, Any]) -> None:
        """Restore what `state` gathered."""
        # TODO E6: put everything back in its place.
        raise NotImplementedError("TODO E6: put everything back in its place")


def write_state(state: dict[str, Any], path: Path) -> None:
    """Write the file atomically."""
    torch.save(state, path.with_suffix(".part"))
    os.replace(path.with_suffix(".part"), path)


def read_state(path: Path) -> dict[str, Any] | None:
    """What write_state wrote there; None where there is nothing."""
    return torch.load(path, weights_only=True) if path.exists() else None


def train(
    model: nn.Module,
    pairs: Sequence[Pair],
    recipe: Recipe = PAPER,
    steps: int = 1000,
    *,
    held_out: Sequence[Pair] = (),
    augment: Augment | None = None,
    seed: int = 0,
    checkpoint: Path | None = None,
    every: int = 100,
    watch: Callable[[Training], None] | None = None,
) -> Training:
    """Train the model in place, up to `steps` steps of one picture each -> the run, with its losses.

    The learning rate is the recipe's in the first half, then falls in a straight line to 0. Every
    `every` steps, and at the end, the held-out pictures are measured and the checkpoint is written
    (atomically). Where there is a checkpoint already, the run resumes from it.
    `watch` is called after every step. Raises: ValueError without any pairs.
    """
    if not pairs:
        raise ValueError("there are no pairs to learn from")
    run = Training(model, pairs, recipe, augment, seed)
    if checkpoint and (state := read_state(checkpoint)):
        run.go_on_from(state)
    while run.step < steps:
        for group in run.optimiser.param_groups:
            group["lr"] = recipe.rate * min(1.0, 2 * (1 - run.step / steps))
        run.losses.append(run.one_step(*run.next_pair()))
        run.step += 1
        if run.step % every == 0 or run.step == steps:
            if held_out:
                run.dices.append((run.step, mean_dice(model, held_out)))
            if checkpoint:
                write_state(run.state(), checkpoint)
        if watch:
            watch(run)
    return run


# From here on everything is given: the network, the pictures, the curves and the command line.


class Level(nn.Module):
    """A level of the network and all below it: (N, A, H, W) -> (N, width, H, W)."""

    def __init__(self, channels: int, width: int, depth: int) -> None:
        super().__init__()
        self.enter = self.block(channels, width)
        self.branches = nn.ModuleList()  # at every level but the deepest: past the one below, and through it
        if depth:
            below = Level(width, 2 * width, depth - 1)
            rise = nn.ConvTranspose2d(2 * width, width, kernel_size=2, stride=2)
            self.branches += [nn.Identity(), nn.Sequential(nn.MaxPool2d(2), below, rise)]
            self.leave = self.block(2 * width, width)

    @staticmethod
    def block(channels: int, width: int) -> nn.Sequential:
        """(N, channels, H, W) -> (N, width, H, W)."""
        layers: list[nn.Module] = []
        for inputs in (channels, width):
            layers += [
                nn.Conv2d(inputs, width, 3, padding=1, bias=False),
                nn.BatchNorm2d(width, momentum=0.02),
                nn.ReLU(),
            ]
        return nn.Sequential(*layers)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Down, through the level below, and up again."""
        x = self.enter(x)
        if not self.branches:
            return x
        maps = torch.stack([branch(x) for branch in self.branches], dim=1)  # (N, 2, width, H, W)
        return self.leave(maps.flatten(1, 2))


def narrow_unet(classes: int = 1, width: int = 16, depth: int = 4) -> nn.Module:
    """(N, 3, H, W) -> scores (N, classes, H, W), H and W multiples of 2^depth. 1.9 million weights."""
    return nn.Sequential(Level(3, width, depth), nn.Conv2d(width, classes, kernel_size=1))


def read_pairs(folder: Path, height: int) -> dict[str, Pair]:
    """{name: pair} of NAME.jpg, .jpeg or .png with NAME_mask.png or .gif, resized to this height, 3 : 2.

    Raises: ValueError where there are none, and for a mask that is unclear or not of its picture's size.
    """
    size = (height * 3 // 2, height)
    pairs = {}
    files = {path.name.lower(): path for path in sorted(folder.iterdir())}  # .JPG is .jpg
    for name, path in files.items():
        stem, _, suffix = name.rpartition(".")
        masks = [files[f"{stem}_mask.{end}"] for end in ("png", "gif") if f"{stem}_mask.{end}" in files]
        if suffix not in ("jpg", "jpeg", "png") or not masks:
            continue
        with Image.open(path) as file:
            picture = ImageOps.exif_transpose(file).convert("RGB")
        mask = Image.fromarray(read_mask(masks[0], picture.size).astype(np.uint8) * 255)
        image = np.asarray(picture.resize(size, Image.Resampling.BOX), np.float32) / 255
        cover = np.asarray(mask.resize(size, Image.Resampling.BOX)) > 127
        pairs[path.stem] = torch.from_numpy(image).permute(2, 0, 1).contiguous(), torch.from_numpy(cover)
    if not pairs:
        raise ValueError(f"there is no NAME.jpg with NAME_mask.png in {folder}")
    return pairs


def read_mask(path: Path, size: tuple[int, int]) -> np.ndarray:
    """(H, W), bool: a car of any one value or colour on 0 or black, or white with a soft outline.

    Raises: ValueError for what could be meant in two ways, and for another size (width, height).
    """
    with Image.open(path) as file:
        cover = ImageOps.exif_transpose(file)
    if cover.size != size:
        raise ValueError(
            f"{path} has {cover.size[0]} x {cover.size[1]} pixels, its picture {size[0]} x {size[1]}"
        )
    if cover.has_transparency_data and np.asarray(cover.convert("RGBA"))[..., 3].min() < 255:
        raise ValueError(f"{path} has transparent parts: save it with 0 for background and 255 for car")
    if cover.mode not in ("1", "L", "I", "I;16", "F"):
        cover = cover.convert("RGB")  # a palette's numbers are no values
    values = np.atleast_3d(np.asarray(cover))
    flat = values.reshape(-1, values.shape[-1])
    numbers = flat[:, 0] if flat.shape[1] == 1 else flat.astype(np.int32) @ (65536, 256, 1)  # of the colours
    found = flat[np.unique(numbers, return_index=True)[1]]
    if len(found) <= 2 and not found[0].any():  # 0 and 1, 0 and 255, red on black, 16 bits
        return np.asarray(values.any(axis=2))
    white = 65535 if values.max() > 255 else 255
    soft = (values > white * 0.05) & (values < white * 0.95)
    if values.shape[-1] == 1 and values.min() == 0 and values.max() > white * 0.95 and soft.mean() <= 0.1:
        return np.asarray(values[..., 0] > white / 2)
    shown = ", ".join(str(one.tolist() if len(one) > 1 else one[0].item()) for one in found[:4])
    raise ValueError(f"{path} is no mask of two values: it holds {shown}{', ...' if len(found) > 4 else ''}")


def vary(image: torch.Tensor, mask: torch.Tensor, generator: torch.Generator) -> Pair:
    """Mirror, shift, rotate and scale picture and mask alike; change the picture's colours and light."""

    def between(low: float, high: float, *shape: int) -> torch.Tensor:
        return low + (high - low) * torch.rand(shape, generator=generator)

    turn, (height, width) = between(-0.1, 0.1), image.shape[1:]
    scale = between(0.75, 1.35) * torch.tensor([1.0, 1.0])
    scale[0] *= -1 if between(0, 1) < 0.5 else 1
    x = torch.stack([turn.cos() * scale[0], -turn.sin() * scale[1] * height / width])
    y = torch.stack([turn.sin() * scale[0] * width / height, turn.cos() * scale[1]])
    places = torch.stack([torch.cat([x, between(-0.25, 0.25, 1)]), torch.cat([y, between(-0.2, 0.2, 1)])])
    grid = nn.functional.affine_grid(places[None], [1, 1, height, width], align_corners=False)
    both = torch.cat([image, mask[None].to(image.dtype)])[None]
    both = nn.functional.grid_sample(both, grid, padding_mode="reflection", align_corners=False)[0]
    image, mask = both[:3], both[3] > 0.5
    # Cars come in all colours, silver among them; the studio changes its light only.
    car = image[torch.randperm(3, generator=generator)]
    car = torch.lerp(car.mean(0, keepdim=True).expand_as(car), car, float(between(-0.3, 1.0).clamp(min=0)))
    car = car * between(0.5, 1.6) * between(0.85, 1.2, 3, 1, 1)
    studio = image * between(0.75, 1.2) * between(0.94, 1.06, 3, 1, 1)
    image = torch.where(mask, car, studio).clamp(0, 1) ** between(0.8, 1.25)
    return image + 0.03 * torch.randn(image.shape, generator=generator), mask


def draw_curves(runs: Sequence[Training], path: Path) -> None:
    """Write loss and Dice of the runs over their steps, side by side, as PNG; atomically."""
    from matplotlib.figure import Figure  # late: training itself does not need it

    figure = Figure(figsize=(9, 3.6), layout="constrained")
    left, right = figure.subplots(1, 2)
    for run in runs:
        label = f"{run.recipe.name}: momentum {run.recipe.momentum:g}, decay {run.recipe.weight_decay:g}"
        window = max(1, min(25, len(run.losses) // 8))
        smooth = np.convolve(run.losses, np.ones(window) / window, "valid")
        left.plot(np.arange(len(smooth)) + window, smooth, label=label)
        right.plot(*zip(*run.dices), "o-", markersize=3, label=f"{label} ({run.dices[-1][1]:.3f})")
    left.set(xlabel="step", ylabel="loss", yscale="log")
    right.set(xlabel="step", ylabel="Dice of held-out cars", ylim=(0, 1))
    right.axhline(0.95, color="grey", linewidth=0.8)
    for axes in (left, right):
        axes.legend(fontsize=8)
        axes.grid(alpha=0.3)
    part = path.with_name(f"{path.stem}.part.png")
    figure.savefig(part, dpi=100)
    os.replace(part, path)


def spark(losses: Sequence[float], width: int = 24, blocks: str = "▁▂▃▄▅▆▇█") -> str:
    """The losses as a line of block characters, on a logarithmic scale."""
    parts = [np.mean(np.log(part)) for part in np.array_split(losses, min(width, len(losses)))]
    low, high = min(parts), max(parts)
    return "".join(blocks[int(7.99 * (part - low) / max(high - low, 1e-9))] for part in parts)


class Watch:
    """Shows a run while it trains: a bar with the loss curve, and the picture of the curves."""

    def __init__(
        self, progress: "Progress", steps: int, runs: list[Training], curves: Path, every: int
    ) -> None:
        self.progress, self.runs, self.curves, self.every = progress, runs, curves, every
        self.bar, self.started = progress.add_task("", total=steps), time.monotonic()

    def __call__(self, run: Training) -> None:
        """What `train` calls after every step."""
        fancy = (self.progress.console.encoding or "").lower().startswith("utf")
        curve = spark(run.losses) if fancy else spark(run.losses, blocks="_.-:=+*#")
        said = f"{run.recipe.name} {curve} loss {np.mean(run.losses[-25:]):.3f}"
        if run.dices:
            said += f" Dice {run.dices[-1][1]:.3f}"
        self.progress.update(self.bar, completed=run.step, description=said)
        if run.step % self.every == 0:
            draw_curves([*self.runs, run], self.curves)
            if not self.progress.console.is_terminal:
                seconds = time.monotonic() - self.started
                self.progress.print(
                    f"{run.recipe.name}: step {run.step}, {seconds:.0f} s, "
                    f"loss {np.mean(run.losses[-self.every :]):.3f}, Dice {run.dices[-1][1]:.3f}"
                )


def settle(folder: Path, recipes: list[Recipe], resume: bool, **options: Any) -> None:
    """Write the options of each recipe's run; a run that is resumed must have the same ones."""
    files = [folder / f"{recipe.name}.json" for recipe in recipes]
    for path in files:
        if not resume:
            path.with_suffix(".checkpoint").unlink(missing_ok=True)
        elif path.exists():
            for name, before in json.loads(path.read_text()).items():
                if options[name] != before:
                    option = "--" + name.replace("_", "-")
                    sys.exit(
                        f"error: {folder} holds a run with {option} {before}, not {options[name]}: "
                        "give the same, name another --out, or leave out --resume to start again"
                    )
    for path in files:
        path.write_text(json.dumps(options))


def main(
    folder: Annotated[Path, typer.Argument(help="Pictures NAME.jpg with NAME_mask.png.")] = CARS,
    out: Annotated[Path, typer.Option(help="Where curves, checkpoints and weights go.")] = Path("runs/train"),
    recipe: Annotated[str, typer.Option(help="paper, public, or both, one after the other.")] = "both",
    loss: Annotated[str, typer.Option(help="bce: one score per pixel; softmax: two.")] = "bce",
    steps: Annotated[int, typer.Option(min=1, help="Steps of one picture each.")] = 1400,
    hold_out: Annotated[
        list[str] | None,
        typer.Option(help="A picture to hold out; repeat for more. [default: the first]"),
    ] = None,
    height: Annotated[int, typer.Option(help="Of the pictures, a multiple of 32, px.")] = 96,
    width: Annotated[int, typer.Option(min=1, help="Channels of the first level.")] = 16,
    resume: Annotated[bool, typer.Option(help="Resume from the checkpoints in OUT.")] = False,
    every: Annotated[int, typer.Option(min=1, help="Steps between two looks at the held-out cars.")] = 100,
    seed: int = 0,
) -> None:
    """Train a narrow U-Net on drawn cars, and compare two recipes."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    recipes = {"paper": [PAPER], "public": [PUBLIC], "both": [PAPER, PUBLIC]}.get(recipe)
    classes = {"bce": 1, "softmax": 2}.get(loss)
    if recipes is None or classes is None or height % 32:
        sys.exit(
            "error: --recipe is paper, public or both; --loss is bce or softmax; --height a multiple of 32"
        )
    try:
        pairs = read_pairs(folder, height)
    except ValueError as error:
        sys.exit(f"error: {error}")
    names = hold_out or [next(iter(pairs))]
    missing = [name for name in names if name not in pairs]
    if missing or len(names) >= len(pairs):
        sys.exit(f"error: --hold-out is some, not all, of {', '.join(pairs)}; not {', '.join(names)}")
    out.mkdir(parents=True, exist_ok=True)
    settle(out, recipes, resume, loss=loss, height=height, width=width, seed=seed, hold_out=names)
    held_out, learnt = [pairs[n] for n in names], [pair for n, pair in pairs.items() if n not in names]
    columns = (TextColumn("{task.description}"), BarColumn(12), TimeElapsedColumn(), TimeRemainingColumn())
    runs: list[Training] = []
    with Progress(*columns, disable=not sys.stdout.isatty()) as progress:
        for one in recipes:
            torch.manual_seed(seed)
            model, checkpoint = narrow_unet(classes, width), out / f"{one.name}.checkpoint"
            watch = Watch(progress, steps, runs, out / "curves.png", every)
            run = train(model, learnt, one, steps, held_out=held_out, augment=vary, seed=seed,
                        checkpoint=checkpoint, every=every, watch=watch)  # fmt: skip
            runs.append(run)
            torch.save(model.state_dict(), out / f"{one.name}.pth")
    draw_curves(runs, out / "curves.png")
    for run in runs:
        print(f"{run.recipe.name}: Dice {run.dices[-1][1]:.3f} on {', '.join(names)} after {run.step} steps")
    print(f"Look at {out / 'curves.png'}")


if __name__ == "__main__":
    try:
        typer.run(main)
    except NotImplementedError as hole:
        sys.exit(f"{hole}: still to be written")
