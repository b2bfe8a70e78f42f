"""Train the lab's network on folders of pairs: `python -m assets.make.model --help`.

First crops, on which a network from scratch learns fast, then whole pictures as the lab
shows them. Next file: training.py.
"""

import hashlib
import json
import time
from dataclasses import asdict
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

from assets.make.norm import folded_state_dict
from assets.make.pairs import FULL_SIZE, find_pairs, some_views_per_car, split_by_car
from assets.make.record import write_curve, write_model
from assets.make.training import Phase, Training


def read_shares(text: str, sets: int) -> list[int] | None:
    """The text 3,2 -> [3, 2]; none -> None. Raises typer.BadParameter unless each set has one, from 1 on."""
    shares = [int(part) if part.strip().isdecimal() else 0 for part in text.split(",")] if text else None
    if shares and (len(shares) != sets or min(shares) < 1):
        raise typer.BadParameter(f"--shares {text}: write a whole number for each of the {sets} folders")
    return shares


def main(
    folders: Annotated[
        list[Path],
        typer.Argument(help="Folders of pairs, images/NAME.jpg and masks/NAME.png."),
    ],
    out: Annotated[Path, typer.Option(help="Where checkpoint, log, curve and model.pth go.")],
    shares: Annotated[
        str, typer.Option(help="How often each folder has its turn, such as 3,2; else all alike.")
    ] = "",
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
        float, typer.Option(min=0, max=1, help="How much colour, light, noise and window are varied on them.")
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
    decay: Annotated[
        float,
        typer.Option(min=0, max=0.9999, help="Of the mean over the steps' weights; 0: the last alone."),
    ] = 0.0,
    clip: Annotated[
        float, typer.Option(min=0, help="The gradient's greatest norm: one odd picture moves no more.")
    ] = 1.0,
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
            tuple(scale * whole_size / FULL_SIZE for scale in (1 - 0.05 * variation, 1 + 0.1 * variation)),
            whole_rate,
            1,
            variation,
            close_ups,
        ),
    ]
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    sets = [train for train, _ in split]
    training = Training(sets, phases, seed, init, device, decay, clip, read_shares(shares, len(sets)))
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
        "shares": shares,
        "decay": decay,
        "clip": clip,
        "phases": [asdict(phase) for phase in phases],
        "init": hashlib.sha256(init.read_bytes()).hexdigest() if init else None,  # of the file
    }
    split = [(train, some_views_per_car(held_out, final_views)) for train, held_out in split]
    write_model(folded_state_dict(training.averaged.module), split, facts, out)


if __name__ == "__main__":
    typer.run(main)
