"""What a run leaves behind when it is stopped, and how it is taken up again."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from assets.make.training.run import Run
from grader.errors import LabError
from grader.lab.files import replacing

NAME = "checkpoint.pt"


@dataclass
class Journal:
    """How long a run has taken, and what was seen on the way."""

    seconds: float = 0.0
    looks: int = 0  # how many there were
    log: list[dict[str, Any]] = field(default_factory=list)


def save(path: Path, run: Run, journal: Journal, made_with: dict[str, Any]) -> None:
    """As a whole or not at all."""
    with replacing(path) as part:
        torch.save({"run": run.state_dict(), "journal": vars(journal), "made_with": made_with}, part)


def take_up(path: Path, run: Run, made_with: dict[str, Any]) -> Journal:
    """Put the run where it was stopped. Raises LabError where it was made with other options or is broken."""
    try:
        state = torch.load(path, weights_only=True, map_location="cpu")
        before = state["made_with"]
        other = sorted(
            key for key in made_with.keys() | before.keys() if made_with.get(key) != before.get(key)
        )
        if other:
            said = ", ".join(f"{key} was {before.get(key)}, not {made_with.get(key)}" for key in other)
            raise LabError(f"{path} is of a run with other options: {said[:300]}")
        run.load_state_dict(state["run"])
        return Journal(**state["journal"])
    except LabError:
        raise
    except (
        Exception
    ) as error:  # a file cut short or of another program: torch raises whatever unpickling raises
        said = str(error).splitlines() or [type(error).__name__]
        raise LabError(f"{path} cannot be taken up: {said[0][:200]}") from None
