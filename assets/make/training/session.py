"""One training from its folders to its files: begun, or taken up again."""

import hashlib
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from rich.console import Console
from rich.progress import track

from assets.make.geometry import Geometry
from assets.make.sources import Sources
from assets.make.training import checkpoint
from assets.make.training.batches import Batches
from assets.make.training.looks import look
from assets.make.training.loop import Loop
from assets.make.training.network import Make, load_weights, unet
from assets.make.training.pictures import Track
from assets.make.training.record import write_log, write_record, write_weights
from assets.make.training.run import Options, Run
from assets.make.training.schedule import Schedule
from assets.make.training.supply import Supply, kind_names, load_supply
from grader.errors import LabError

ON_A_GPU = 12  # pictures in a step


@dataclass(frozen=True)
class Session:
    """What a training is asked to be."""

    sources: Sources
    out: Path
    schedule: Schedule
    geometry: Geometry
    device: torch.device
    options: Options
    shares: str = ""
    batch: int = 0  # pictures in a step; 0: as the device can
    init: Path | None = None
    compiled: bool = False
    resume: bool = False
    looks: int = 20
    save_s: float = 300.0
    most: int | None = None  # pictures of each folder, for a trial


def read_shares(text: str, names: list[str]) -> list[int]:
    """The text 5,2 -> [5, 2]; none -> one for each. Raises LabError unless each kind has one, from 1 on."""
    if not text:
        return [1] * len(names)
    shares = [int(part) if part.strip().isdecimal() else 0 for part in text.split(",")]
    if len(shares) != len(names) or min(shares) < 1:
        raise LabError(f"--shares {text}: write a whole number for each of {', '.join(names)}")
    return shares


def train(session: Session, console: Console, make: Make = unet) -> bool:
    """Whether it came to its end; if not, a checkpoint waits. Raises LabError for what cannot be done."""
    started, path = time.monotonic(), session.out / checkpoint.NAME
    if path.exists() and not session.resume:
        raise LabError(f"{session.out} holds a run already: add --resume to go on, or choose another --out")
    torch.backends.cudnn.benchmark = True
    shares = read_shares(session.shares, kind_names(session.sources))
    supply = load_supply(session.sources, session.geometry, session.device, session.most, _watched(console))
    batch = session.batch or (ON_A_GPU if session.device.type == "cuda" else 1)
    batches = Batches(supply.kinds, shares, session.geometry, session.options.seed, batch)
    run = Run(session.options, batches, session.device, make, session.init, session.compiled)
    facts = {
        **asdict(session.options),
        **asdict(session.schedule),
        **asdict(session.geometry),
        "batch": batch,
        "shares": {kind.name: share for kind, share in zip(supply.kinds, shares)},
        "pictures": {kind.name: kind.count for kind in supply.kinds},
        "init": hashlib.sha256(session.init.read_bytes()).hexdigest() if session.init else None,
    }
    journal = checkpoint.take_up(path, run, facts) if path.exists() else checkpoint.Journal()
    console.print(f"{session.device}: pictures and network ready after {time.monotonic() - started:.0f} s")
    loop = Loop(
        run, session.schedule, supply.looks, session.geometry, session.out, journal, facts,
        lambda: time.monotonic() - started, session.looks, session.save_s, console,
    )  # fmt: skip
    if not loop.go():
        console.print(f"Stopped at step {run.step}: the same command with --resume goes on.")
        return False
    _finish(loop, supply, facts | {"split": session.sources.names()}, console)
    return True


def _watched(console: Console) -> Track:
    """Shows how far the reading of the pictures is, where somebody looks."""
    return lambda items, said, total: track(
        items, f"reading {said}", total, console=console, transient=True, disable=not console.is_terminal
    )


def _finish(loop: Loop, supply: Supply, facts: dict[str, Any], console: Console) -> None:
    """Save model.pth in float16, measure those very weights in float32, and save model.json."""
    run, weights = loop.run, loop.out / "model.pth"
    write_weights(run.network, weights)
    plain = load_weights(run.make(), weights).to(run.device, memory_format=torch.channels_last)
    measured = {name: asdict(look(plain, part, loop.geometry, False)) for name, part in supply.looks.items()}
    facts = facts | {
        "device": torch.cuda.get_device_name() if run.device.type == "cuda" else "cpu",
        "trained_steps": run.step,
        "minutes": round(loop.journal.seconds / 60, 1),
        "choosing_part": {name: {key: round(of[key], 4) for key in of} for name, of in measured.items()},
    }
    write_log(loop.journal.log, loop.out)
    write_record(facts, weights)
    for name, of in measured.items():
        console.print(f"{name}: Dice {of['dice']:.4f}, worst {of['worst']:.3f}, IoU {of['iou']:.4f}")
    console.print(f"Wrote model.pth, model.json, log.json and curve.png in {loop.out}", soft_wrap=True)
