"""Train the lab's network: `python -m assets.make.model --help`. Next file: training/session.py."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from assets.make.command_line import device_of, run
from assets.make.geometry import LAB_SIZE, Geometry
from assets.make.sources import find_sources
from assets.make.training.run import CALIBRATION, Options
from assets.make.training.schedule import Schedule
from assets.make.training.session import Session, train

STOPPED = 130  # exit status after Ctrl-C


def main(
    folders: Annotated[list[Path], typer.Argument(help="Folders of pairs: images/NAME.jpg, masks/NAME.png.")],
    out: Annotated[Path, typer.Option(help="Where checkpoint, log, curve, model.pth and model.json go.")],
    seconds: Annotated[float | None, typer.Option(help="From the program's start to the last step.")] = None,
    steps: Annotated[int | None, typer.Option(help="How many; with --seconds, what comes first.")] = None,
    streets: Annotated[Path | None, typer.Option(help="Pairs from a moving car, DRIVE_FRAME.jpg.")] = None,
    backgrounds: Annotated[
        Path | None, typer.Option(help="Photographs without cars: cars are put on them.")
    ] = None,
    shares: Annotated[
        str, typer.Option(help="Of each folder, compositions, streets, such as 4,2,4,2; else alike.")
    ] = "",
    batch: Annotated[int, typer.Option(min=0, help="Pictures in a step; 0: 12 on a GPU, else 1.")] = 0,
    init: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="Weights to start from, else from scratch."),
    ] = None,
    norms: Annotated[
        bool, typer.Option("--norms", help="With --init: put norms back, which bears a higher --rate.")
    ] = False,
    rate: Annotated[
        float, typer.Option(help="Highest learning rate; with --init alone, relative to each tensor's size.")
    ] = 1e-3,
    strong: Annotated[
        float, typer.Option(min=0, max=1, help="Share of pictures whose colours change much.")
    ] = 0.45,
    size: Annotated[int, typer.Option(help="Of the input, px; with 576, scores are as large.")] = LAB_SIZE,
    mirrored: Annotated[
        bool,
        typer.Option("--mirrored", help="Put the picture where the scores lie, within its mirror image."),
    ] = False,
    compiled: Annotated[
        bool, typer.Option("--compile", help="Compile the step: a third faster on a GPU.")
    ] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from OUT/checkpoint.pt where there is one.")
    ] = False,
    looks: Annotated[int, typer.Option(min=1, help="How often to look at the choosing part.")] = 20,
    save_minutes: Annotated[float, typer.Option(help="Between checkpoints.")] = 5.0,
    calibration: Annotated[
        int, typer.Option(min=1, help="Batches that the norms' last statistics are of.")
    ] = CALIBRATION,
    most: Annotated[int | None, typer.Option(min=4, help="Pictures of each folder, for a trial.")] = None,
    device_name: Annotated[
        str, typer.Option("--device", help="Such as cpu; else a GPU where there is one.")
    ] = "",
    seed: Annotated[int, typer.Option()] = 0,
) -> None:
    """Train solution/unet.py on pairs of pictures and masks.

    On a GPU in batches, on a processor one picture a step. Some cars, drives and backgrounds are held out:
    a part chooses, a part tests. Ctrl-C saves a checkpoint; the same command with --resume goes on (on a
    processor, with --steps, bit for bit).
    """
    session = Session(
        find_sources(folders, streets, backgrounds),
        out,
        Schedule(steps, seconds),
        Geometry(size, mirrored),
        device_of(device_name),
        Options(seed, rate, strong, calibration, norms),
        shares,
        batch,
        init,
        compiled,
        resume,
        looks,
        60 * save_minutes,
        most,
    )
    if not train(session, Console()):
        raise typer.Exit(STOPPED)


if __name__ == "__main__":
    run(main)
