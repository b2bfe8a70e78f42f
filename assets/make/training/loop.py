"""Step after step until the end or a stop, with looks, a log, and checkpoints on the way."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from assets.make.geometry import Geometry
from assets.make.training import checkpoint
from assets.make.training.checkpoint import Journal
from assets.make.training.looks import look
from assets.make.training.pictures import Pictures
from assets.make.training.record import write_log
from assets.make.training.run import Run
from assets.make.training.schedule import Schedule
from assets.make.training.stop import asked_to_stop

SYNCHRONISED = 10  # steps after which the clock is to see what a GPU has done


@dataclass
class Loop:
    """A run with what surrounds it. `clock` gives the seconds since this process began."""

    run: Run
    schedule: Schedule
    looks: dict[str, Pictures]
    geometry: Geometry
    out: Path
    journal: Journal
    made_with: dict[str, Any]
    clock: Callable[[], float]
    times: int  # how often it is looked at the choosing part
    save_s: float  # seconds between checkpoints
    console: Console

    def __post_init__(self) -> None:
        self._before = self.journal.seconds  # taken by earlier processes
        self._saved = self.clock()

    def go(self) -> bool:
        """Whether it came to the end; if not, a checkpoint says how far it came."""
        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
        with (
            Progress(*columns, TimeRemainingColumn(), console=self.console) as progress,
            asked_to_stop(progress.print) as stopped,
        ):
            bar = progress.add_task("training", total=1.0, completed=self._done())
            while (done := self._done()) < 1 and not stopped():
                self.run.one_step(done)
                if self.run.step % SYNCHRONISED == 0 and self.run.device.type == "cuda":
                    torch.cuda.synchronize()
                done = self._done()
                if int(done * self.times) > self.journal.looks or done >= 1:
                    progress.print(self._look(done), highlight=False, soft_wrap=True)
                if done >= 1 or self.clock() - self._saved > self.save_s:
                    self.save()
                progress.update(bar, completed=done, description=f"step {self.run.step}")
            if done < 1:
                self.save()
            return done >= 1

    def _done(self) -> float:
        self.journal.seconds = self._before + self.clock()
        return self.schedule.done(self.run.step, self.journal.seconds)

    def _look(self, done: float) -> str:
        """Look at the choosing part, note it, and say it in one line."""
        seen = {
            name: look(self.run.network, part, self.geometry, self.run.mixed)
            for name, part in self.looks.items()
        }
        entry = {
            "step": self.run.step,
            "seconds": round(self.journal.seconds, 1),
            "loss": round(self.run.mean_loss(), 5),
            "frozen": self.run.averaged_steps is not None,
            "looks": {
                name: {key: round(value, 5) for key, value in asdict(of).items()} for name, of in seen.items()
            },
        }
        self.journal.looks = max(self.journal.looks + 1, int(done * self.times))
        self.journal.log.append(entry)
        write_log(self.journal.log, self.out)
        dice = ", ".join(f"{name} {of.dice:.3f}" for name, of in seen.items())
        return f"step {entry['step']}, {entry['seconds']:.0f} s: loss {entry['loss']:.4f}; Dice {dice}"

    def save(self) -> None:
        checkpoint.save(self.out / checkpoint.NAME, self.run, self.journal, self.made_with)
        self._saved = self.clock()
