"""The networks of the lab, trained alike for five minutes: `python -m assets.make.alike OUT`.

Each begins with weights drawn anew, sees the same seven drawn cars in the same order, mirrored at random, and
learns with the same loss and optimiser until its processor time is spent; the eighth car it never sees. How
many steps that gives is part of the answer. Draws assets/figures/trained_alike.jpg, and prints a row of
numbers for each network. In Chinese: trained_alike.zh-CN.jpg.

OUT keeps what a network has come to: a run that was stopped goes on with the next one.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import typer
from torch import Tensor, nn

from assets.make.extensions import FIGURES, as_picture
from assets.make.extensions_words import say, suffix
from grader import language
from grader.lab.files import write_bytes, write_text
from grader.lab.paths import CARS
from grader.notebook.figures import new_figure
from grader.pictures.panel import EXTRA, MISSING
from solution import unet
from solution.extensions import batchnorm_unet, find_the_bugs, paper_unet, train

HELD_OUT = "suv_orange"
HEIGHT = 96  # and 144 wide: multiples of 16, so that the lab's network crops nothing
RATE, SEED = 3e-4, 7


@dataclass(frozen=True)
class Network:
    """name: as docs/extensions.md has it. border: pixels that are mirrored on each side of the picture."""

    name: str
    build: Callable[[], nn.Module]
    border: int = 0
    gives_probabilities: bool = False

    def scores(self, model: nn.Module, image: Tensor) -> Tensor:
        """(3, H, W) -> (1, K, H, W), for the pixels of the picture alone."""
        height, width = image.shape[1:]
        around = nn.functional.pad(image[None], [self.border] * 4, mode="reflect")
        given = model(around)
        top, left = (given.shape[2] - height) // 2, (given.shape[3] - width) // 2
        given = given[:, :, top : top + height, left : left + width]
        return given.clamp_min(1e-7).log() if self.gives_probabilities else given  # whose soft-max they are


NETWORKS = (
    Network("the lab's", lambda: unet.UNet(3, 1)),
    # the narrowest border that gives every score of the picture: 188 + 16 k pixels give 4 + 16 k
    Network("the paper's, unpadded", lambda: paper_unet.UNet(3, 2), border=94),
    Network("BatchNorm", lambda: batchnorm_unet.UNet(3, 2)),
    Network("BatchNorm, bilinear", lambda: batchnorm_unet.UNet(3, 2, bilinear=True)),
    Network("the mended one", lambda: find_the_bugs.UNet(2), gives_probabilities=True),
)


def draw_weights(model: nn.Module) -> nn.Module:
    """Gaussian with a deviation of sqrt(2 / N), N the inputs of a value: section 3 of the U-Net paper."""
    for layer in model.modules():
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
    return model


def trained(network: Network, seconds: float) -> tuple[nn.Module, int]:
    """The network after so many processor seconds of one thread, and its steps."""
    torch.manual_seed(SEED)
    pairs = [pair for name, pair in sorted(train.read_pairs(CARS, HEIGHT).items()) if name != HELD_OUT]
    model = draw_weights(network.build()).train()
    optimiser = torch.optim.Adam(model.parameters(), lr=RATE)
    chance, steps = torch.Generator().manual_seed(SEED), 0
    started = time.process_time()
    while time.process_time() - started < seconds:
        image, mask = pairs[int(torch.randint(len(pairs), (), generator=chance))]
        if torch.rand((), generator=chance) < 0.5:
            image, mask = image.flip(-1), mask.flip(-1)
        loss = train.loss_of(network.scores(model, image), mask[None])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        steps += 1
    return model.eval(), steps


def result(network: Network, seconds: float, out: Path) -> dict[str, float]:
    """{steps, dice}, kept in OUT with the mask."""
    kept = out / f"{network.name.replace(' ', '_')}.json"
    if not kept.is_file():
        model, steps = trained(network, seconds)
        image, truth = train.read_pairs(CARS, HEIGHT)[HELD_OUT]
        with torch.inference_mode():
            mask = train.mask_of(network.scores(model, image))[0]
        torch.save(mask, kept.with_suffix(".pt"))
        write_text(kept, json.dumps({"steps": steps, "dice": train.dice(mask, truth)}))
    return json.loads(kept.read_text(encoding="utf-8"))


def draw(out: Path, results: dict[str, dict[str, float]]) -> None:
    """The car that nobody has seen, and what each says of it: orange is too much, blue is missed."""
    image, truth = train.read_pairs(CARS, HEIGHT)[HELD_OUT]
    figure = new_figure(figsize=(9, 4.4), layout="constrained")
    axes = list(figure.subplots(2, 3).flat)
    axes[0].imshow(as_picture(image))
    axes[0].set_title(say("a car that none has seen"), fontsize=9)
    for one, (name, found) in zip(axes[1:], results.items(), strict=True):
        mask = torch.load(out / f"{name.replace(' ', '_')}.pt")
        shown = as_picture(image * torch.where(mask, 1.0, 0.3))
        shown[mask & ~truth], shown[~mask & truth] = np.divide(EXTRA, 255), np.divide(MISSING, 255)
        one.imshow(shown)
        title = say("{name}: {steps:,} steps, Dice {dice:.3f}").format(name=say(name), **found)
        one.set_title(title, fontsize=9)
    for one in axes:
        one.set(xticks=[], yticks=[])
    part = out / f"trained_alike{suffix()}.jpg"
    figure.savefig(part, dpi=110, pil_kwargs={"quality": 85})
    write_bytes(FIGURES / part.name, part.read_bytes())


def main(
    out: Annotated[Path, typer.Argument(help="A folder that keeps what is done.")],
    seconds: Annotated[float, typer.Option(help="Processor time of each network.")] = 300.0,
) -> None:
    """Train, print, draw."""
    torch.set_num_threads(1)
    out.mkdir(parents=True, exist_ok=True)
    results = {}
    for network in NETWORKS:
        results[network.name] = found = result(network, seconds, out)
        print(f"{network.name}: {found['steps']} steps, Dice {found['dice']:.3f}", flush=True)
    for one in language.LANGUAGES:
        language.use(one)
        draw(out, results)


if __name__ == "__main__":
    typer.run(main)
