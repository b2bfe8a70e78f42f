"""Measure weights as they are shipped, side by side: `python -m assets.make.evaluate --help`.

Next file: evaluation/rows.py.
"""

import json
from enum import Enum
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import typer
from PIL import Image
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from torch import nn

from assets.make.command_line import device_of, run
from assets.make.evaluation.rows import Limits, Row, rows
from assets.make.geometry import LAB_SIZE, Geometry
from assets.make.sources import Sources, find_sources
from assets.make.training.network import load_weights, unet
from grader.errors import LabError
from grader.lab.files import write_text
from grader.lab.paths import MODEL


class Part(str, Enum):
    """What weights may be measured on: what chose them, or what nothing was decided by."""

    CHOOSE = "choose"
    TEST = "test"


def refuse_seen(weights: Path, sources: Sources, part: str) -> None:
    """Raises LabError where the record beside the weights says that this part was trained on."""
    record = weights.with_suffix(".json")
    try:
        facts = json.loads(record.read_text(encoding="utf-8")) if record.exists() else {}
    except (OSError, ValueError) as error:
        raise LabError(f"{record} cannot be read: {error}") from None
    for folder, parts in sources.names().items():
        seen = set(parts[part]) & {name for of in facts.get("split", {}).values() for name in of["train"]}
        if seen:
            raise LabError(
                f"{weights} was trained on {sorted(seen)[0]} of {folder}, which is of the {part} part"
            )


def shown(found: dict[str, list[Row]]) -> Table:
    """A row of the table for each figure, a column for each model; what is below the least is red."""
    table = Table("", "at least", *found)
    for same in zip(*found.values()):
        least = "" if same[0].least is None else f"{same[0].least:.3f}"
        table.add_row(
            same[0].name,
            least,
            *(f"{row.value:.4f}" if row.is_met else f"[red]{row.value:.4f} x[/]" for row in same),
        )
    return table


def main(
    folders: Annotated[list[Path], typer.Argument(help="Folders of pairs, as for training.")],
    models: Annotated[
        list[Path], typer.Option("--model", "-m", help="Weights; several are set side by side.")
    ] = (MODEL,),
    streets: Annotated[Path | None, typer.Option(help="As for training.")] = None,
    backgrounds: Annotated[Path | None, typer.Option(help="As for training.")] = None,
    part: Annotated[Part, typer.Option(help="test: once, when nothing is left to decide.")] = Part.CHOOSE,
    views: Annotated[int, typer.Option(min=1, help="Views of each car.")] = 1,
    pictures: Annotated[int, typer.Option(min=1, help="Pictures of each kind, at most.")] = 200,
    robust: Annotated[
        int, typer.Option(min=0, help="Pictures of each folder for each change; 0: none.")
    ] = 16,
    size: Annotated[int, typer.Option(help="As for training.")] = LAB_SIZE,
    mirrored: Annotated[bool, typer.Option("--mirrored", help="As for training.")] = False,
    fast: Annotated[bool, typer.Option("--fast", help="In bfloat16: half the time, less exact.")] = False,
    device_name: Annotated[
        str, typer.Option("--device", help="Such as cpu; else a GPU where there is one.")
    ] = "",
    json_file: Annotated[Path | None, typer.Option("--json", help="Also write the figures here.")] = None,
) -> None:
    """Measure weights on what training held out, as it is and changed, and on the shipped pictures."""
    console, device, geometry = Console(), device_of(device_name), Geometry(size, mirrored)
    torch.backends.cudnn.allow_tf32 = False
    sources = find_sources(folders, streets, backgrounds)
    for path in models:
        refuse_seen(path, sources, part.value)
    networks = {column(path, models): load_weights(unet(), path).to(device) for path in models}
    limits, found = Limits(views, pictures, robust), {}
    columns = (
        TextColumn("{task.description}"),
        MofNCompleteColumn(),
        TextColumn("pictures"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        for name, network in networks.items():
            bar, found[name] = progress.add_task(name, total=None), []

            def predict(image: Image.Image, network: nn.Module = network, bar: int = bar) -> np.ndarray:
                with torch.autocast(device.type, torch.bfloat16, enabled=fast):
                    mask = geometry.predict(network, image)
                progress.advance(bar)
                return mask

            for row in rows(sources, part.value, limits, predict):
                found[name].append(row)
                progress.update(bar, description=f"{name}: {row.name}")
                if json_file:  # as far as it is: the whole takes hours on a processor
                    write_text(json_file, as_json(found, part.value, limits))
    console.print(shown(found))


def column(path: Path, models: list[Path]) -> str:
    """What tells a file from the others: its name, or its folder's, too."""
    names = [other.name for other in models]
    return path.name if names.count(path.name) == 1 else f"{path.parent.name}/{path.name}"


def as_json(found: dict[str, list[Row]], part: str, limits: Limits) -> str:
    facts = {"part": part, **vars(limits)}
    for name, measured in found.items():
        facts[name] = {row.name: round(row.value, 5) for row in measured}
    return json.dumps(facts, indent=1) + "\n"


if __name__ == "__main__":
    run(main)
