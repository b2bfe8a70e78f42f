"""How a submission is graded: what an instructor chooses, handed down as one."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from grader.errors import LabError
from grader.lab.paths import MODEL
from grader.language import _, current
from grader.report.model import Check

Level = Literal["full", "files-readable", "process-only"]


def _no_one(what: object) -> None:
    """Tells nobody."""


@dataclass(frozen=True)
class Options:
    """By default: every TODO of the core, with public inputs, and a mask in the report."""

    model: Path = MODEL
    # The secret that inputs are drawn from; None for the public ones. No log gets to show it.
    hidden: str | None = field(default=None, repr=False)
    hidden_pictures: Path | None = None  # a folder of pictures that nobody has seen
    todos: tuple[str, ...] | None = None  # ids, of the core or of extensions; None for all of the core
    checks: tuple[str, ...] | None = None  # ids, of these TODOs, with those that they need; None: all
    by_itself: bool = False  # each TODO: a check that needs others' checks is not tried, and waits for them
    # The mask in the report: auto runs a network that is the solution's on known scores, see mask.py.
    mask: Literal["auto", "always", "never"] = "auto"
    isolation: Level | None = None  # the least to grade at; None takes what there is
    language: str = field(default_factory=current)  # of messages, hints and pages
    threads: int | None = None  # of a submission's process; by default one for each processor
    on_check: Callable[[Check], None] = _no_one  # told of each check once it is done
    # Told once the submission's code has run: for this TODO, or for questions of ours about a failure (None).
    on_run: Callable[[str | None], None] = _no_one

    def __post_init__(self) -> None:
        """Raises LabError for a blank secret, which would draw inputs that anybody can draw."""
        if self.hidden is not None and not self.hidden.strip():
            raise LabError(_("the secret of the hidden inputs is empty: give one, or ask for public inputs"))
