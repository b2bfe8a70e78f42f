"""Train the lab's network on folders of pairs: `python -m assets.make.model --help`.

First crops, on which a network from scratch learns fast, then whole pictures as the lab
shows them. Every random choice comes from the seed and the number of the step, so a run
that was stopped goes on bit for bit. Next files: pairs.py, norm.py, measure.py.
"""

import hashlib
import json
import math
import os
import random
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import torch
import typer
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from torch import nn

from assets.make.measure import dice_of_pairs
from assets.make.norm import add_norms, calibrate_norms, folded_state_dict, freeze_norms
from assets.make.pairs import FULL_SIZE, Pair, find_pairs, sample, some_views_per_car, split_by_car
from assets.make.record import write_curve, write_model
from solution.unet import UNet


@dataclass(frozen=True)
class Phase:
    """One stretch of training with its own warm-up and cosine decay."""

    steps: int
    size: int  # of the network's input, px
    scales: tuple[float, float]  # of the picture, relative to 572 px
    peak_rate: float
    batch: int
    variation: float = 1.0  # of colour, light, noise: none to full
    close_ups: float = 0.0  # share of the first steps that see the car and its surroundings only

    def rate(self, step: int) -> float:
        """The learning rate: linear warm-up over a twentieth, then half a cosine to a fiftieth."""
        warm = max(1, self.steps // 20)
        if step < warm:
            return self.peak_rate * (step + 1) / warm
        done = (step - warm) / max(1, self.steps - warm)
        return self.peak_rate * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * done)))


def he_initialise(model: nn.Module) -> None:
    """Normal weights with standard deviation sqrt(2 / N), N = fan-in, no bias. Source: section 3."""
    for layer in model.modules():
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
            nn.init.kaiming_normal_(
                layer.weight, mode="fan_in" if isinstance(layer, nn.Conv2d) else "fan_out"
            )
            nn.init.zeros_(layer.bias)


def loss_of(scores: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Binary cross-entropy plus 1 - soft Dice, of (N, 1, H, W) scores and targets in [0, 1]."""
    probability = torch.sigmoid(scores)
    overlap = (probability * target).sum()
    soft_dice = (2 * overlap + 1) / (probability.sum() + target.sum() + 1)
    return nn.functional.binary_cross_entropy_with_logits(scores, target) + 1 - soft_dice


class Training:
    """The state that a checkpoint holds, and one step of it."""

    def __init__(
        self, sets: list[list[Pair]], phases: list[Phase], seed: int, init: Path | None, device: torch.device
    ):
        torch.manual_seed(seed)
        self.sets, self.phases, self.seed, self.device = sets, phases, seed, device
        self.model = UNet(3, 1)
        he_initialise(self.model)
        if init:
            self.model.load_state_dict(torch.load(init, weights_only=True))
        else:
            add_norms(self.model)
        self.model.to(device, memory_format=torch.channels_last)
        self.optimiser = torch.optim.AdamW(self.model.parameters(), lr=0.0, weight_decay=1e-4)
        self.step, self.minutes, self.log = 0, 0.0, []

    @property
    def steps(self) -> int:
        return sum(phase.steps for phase in self.phases)

    def phase(self) -> tuple[Phase, int]:
        """The phase that this step belongs to, and the number of the step within it."""
        at = self.step
        for phase in self.phases:
            if at < phase.steps:
                return phase, at
            at -= phase.steps
        raise IndexError(f"there is no step {self.step}")

    def pair(self, number: int) -> Pair:
        """The number-th pair of an endless series: from each set by turns, in shuffled rounds of its own,
        so that a small set weighs as much as a large one."""
        number, which = divmod(number, len(self.sets))
        own = self.sets[which]
        around, at = divmod(number, len(own))
        return own[random.Random(f"{self.seed}/{around}").sample(range(len(own)), len(own))[at]]

    def one_step(self) -> float:
        phase, at = self.phase()
        rng = random.Random(f"{self.seed}:{self.step}")
        close_up = rng.random() < phase.close_ups * (1 - (at / phase.steps) ** 2)
        batch = [
            sample(
                self.pair(self.step * phase.batch + i),
                phase.size,
                phase.scales,
                rng,
                close_up,
                phase.variation,
            )
            for i in range(phase.batch)
        ]
        x, target = (torch.stack(part).to(self.device) for part in zip(*batch))
        if self.step == self.phases[0].steps:
            self.calibrate()
        for group in self.optimiser.param_groups:
            group["lr"] = phase.rate(at)
        self.model.train()
        if self.step >= self.phases[0].steps:
            freeze_norms(self.model)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.mixed):
            scores = self.model(x.contiguous(memory_format=torch.channels_last))
        loss = loss_of(scores.float(), target)
        self.optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimiser.step()
        self.step += 1
        return float(loss.detach())

    def calibrate(self) -> None:
        """The statistics of whole pictures, before they are frozen."""
        phase = self.phases[-1]
        rng = random.Random(f"{self.seed}/calibration")
        pairs = [pair for own in self.sets for pair in rng.sample(own, min(32, len(own)))]
        pictures = (sample(pair, phase.size, phase.scales, rng)[0][None].to(self.device) for pair in pairs)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.mixed):
            calibrate_norms(self.model, (x.contiguous(memory_format=torch.channels_last) for x in pictures))

    @property
    def mixed(self) -> bool:
        """Whether the processor computes in bfloat16 itself."""
        return self.device.type == "cuda" or torch.ops.mkldnn._is_mkldnn_bf16_supported()

    def validate(self, pairs: list[Pair]) -> float:
        """Mean Dice, in the precision of training (faster, and the same to 0.001)."""
        self.model.eval()
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.mixed):
            scores = dice_of_pairs(self.model, pairs)
        return sum(scores.values()) / len(scores)

    def save(self, path: Path) -> None:
        state = {
            "model": self.model.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "step": self.step,
            "minutes": self.minutes,
            "log": self.log,
        }
        torch.save(state, path.with_suffix(".part"))
        os.replace(path.with_suffix(".part"), path)

    def load(self, path: Path) -> None:
        state = torch.load(path, weights_only=True, map_location=self.device)
        self.model.load_state_dict(state["model"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.step, self.minutes, self.log = state["step"], state["minutes"], state["log"]


def main(
    folders: Annotated[
        list[Path],
        typer.Argument(help="Folders of pairs, images/NAME.jpg and masks/NAME.png: each by turns."),
    ],
    out: Annotated[Path, typer.Option(help="Where checkpoint, log, curve and model.pth go.")],
    init: Annotated[Path | None, typer.Option(help="Weights to start from, else from scratch.")] = None,
    resume: Annotated[bool, typer.Option(help="Go on from OUT/checkpoint.pt where there is one.")] = False,
    steps: Annotated[int, typer.Option(help="Steps on crops.")] = 2600,
    crop: Annotated[int, typer.Option(help="Size of a crop, a multiple of 16, px.")] = 288,
    batch: Annotated[int, typer.Option(help="Crops in a step.")] = 1,
    rate: Annotated[float, typer.Option(help="Highest learning rate on crops.")] = 5e-4,
    settle_steps: Annotated[int, typer.Option(help="Steps on crops with frozen statistics.")] = 900,
    settle_rate: Annotated[float, typer.Option(help="Highest learning rate on them.")] = 3e-4,
    whole_steps: Annotated[int, typer.Option(help="Steps on whole pictures, one each.")] = 450,
    whole_size: Annotated[int, typer.Option(help="Size of a whole picture, px.")] = FULL_SIZE,
    whole_rate: Annotated[float, typer.Option(help="Highest learning rate on whole pictures.")] = 1e-4,
    variation: Annotated[
        float, typer.Option(min=0, max=1, help="How much colour, light and noise are varied on them.")
    ] = 1.0,
    close_ups: Annotated[
        float,
        typer.Option(
            min=0,
            max=1,
            help="Share cut to the car, which halves a step's time; less and less, in the end none.",
        ),
    ] = 0.0,
    validation_cars: Annotated[int, typer.Option(help="Cars of each folder that training never sees.")] = 32,
    quick_cars: Annotated[int, typer.Option(help="How many of them are looked at during training.")] = 8,
    final_views: Annotated[
        int, typer.Option(help="Views of each held-out car that are measured at the end.")
    ] = 16,
    every_minutes: Annotated[float, typer.Option(help="Minutes between checkpoints.")] = 5.0,
    seed: Annotated[int, typer.Option()] = 0,
) -> None:
    """Train solution/unet.py on pairs of pictures and masks."""
    split = [split_by_car(find_pairs(folder), validation_cars) for folder in folders]
    quick = [pair for _, held_out in split for pair in some_views_per_car(held_out, 1)[:quick_cars]]
    phases = [
        Phase(steps, crop, (crop / FULL_SIZE, 1.2), rate, batch),
        Phase(settle_steps, crop, (0.75, 1.2), settle_rate, batch),
        Phase(
            whole_steps,
            whole_size,
            (0.95 * whole_size / FULL_SIZE, 1.1 * whole_size / FULL_SIZE),
            whole_rate,
            1,
            variation,
            close_ups,
        ),
    ]
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    training = Training([train for train, _ in split], phases, seed, init, device)
    out.mkdir(parents=True, exist_ok=True)
    checkpoint = out / "checkpoint.pt"
    if resume and checkpoint.exists():
        training.load(checkpoint)

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    started, saved, losses = time.monotonic() - 60 * training.minutes, time.monotonic(), []
    with Progress(*columns) as progress:
        bar = progress.add_task("training", total=training.steps, completed=training.step)
        while training.step < training.steps:
            losses.append(training.one_step())
            said = f"loss {sum(losses[-50:]) / len(losses[-50:]):.3f}"
            if training.log:
                said += f", Dice {training.log[-1]['dice']:.3f}"
            progress.update(bar, completed=training.step, description=said)
            last = training.step == training.steps
            if last or time.monotonic() - saved > 60 * every_minutes:
                mean = training.validate(quick)
                training.minutes = (time.monotonic() - started) / 60
                training.log.append(
                    {
                        "step": training.step,
                        "minutes": round(training.minutes, 2),
                        "loss": sum(losses) / len(losses),
                        "dice": mean,
                    }
                )
                progress.print(json.dumps(training.log[-1]))
                training.save(checkpoint)
                (out / "log.json").write_text(json.dumps(training.log, indent=1))
                write_curve(training.log, out / "curve.png")
                saved, losses = time.monotonic(), []
    facts = {
        "steps": training.steps,
        "minutes": round(training.minutes, 1),
        "seed": seed,
        "phases": [asdict(phase) for phase in phases],
        "init": hashlib.sha256(init.read_bytes()).hexdigest() if init else None,  # of the file
    }
    split = [(train, some_views_per_car(held_out, final_views)) for train, held_out in split]
    write_model(folded_state_dict(training.model), split, facts, out)


if __name__ == "__main__":
    typer.run(main)
