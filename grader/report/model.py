"""The report of one grading run: what every output is made from. Its JSON is schema 1."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from grader.lab.files import write_text

if TYPE_CHECKING:
    import numpy as np

MESSAGE_CAP = 1000  # characters of a message or a hint: both may quote what a submission says
PASSED, FAILED, WAITING, GRADER_ERROR = "passed", "failed", "waiting", "grader_error"


@dataclass
class Check:
    """One check: what it earned and, where it failed, the fact, and a hint if the mistake is known."""

    id: str
    title: str
    max_score: int
    status: str = GRADER_ERROR  # until it has run: nothing fails open
    message: str = "the grader did not get to this check"
    hint: str | None = None
    cause: str | None = None
    file: str | None = None  # where the student's own code failed, and on which line, from 1
    line: int | None = None

    @property
    def score(self) -> int:
        return self.max_score if self.status == PASSED else 0

    @property
    def is_wrong(self) -> bool:
        """It has something to say of its own; a check that waits has not."""
        return self.status in (FAILED, GRADER_ERROR)

    @property
    def is_unfilled(self) -> bool:
        """It failed because what it looks at is still to be written."""
        return self.status == FAILED and self.cause is not None and self.cause.endswith(".unfilled")


@dataclass
class Todo:
    id: str
    title: str
    checks: list[Check] = field(default_factory=list)
    is_extension: bool = False  # beside the core's points, never among them

    @property
    def score(self) -> int:
        return sum(check.score for check in self.checks)

    @property
    def max_score(self) -> int:
        return sum(check.max_score for check in self.checks)

    @property
    def is_done(self) -> bool:
        return all(check.status == PASSED for check in self.checks)

    @property
    def is_untouched(self) -> bool:
        """Nothing is wrong here: it is still to be written."""
        wrong = [check for check in self.checks if check.is_wrong]
        has_begun = any(check.status == PASSED and check.max_score for check in self.checks)
        return bool(wrong) and all(check.is_unfilled for check in wrong) and not has_begun


def first_wrong(todos: Iterable[Todo]) -> tuple[Todo, Check] | None:
    """The check to look at first, and its TODO; None where nothing that is begun is wrong.

    An untouched TODO is passed over: its holes are no mistakes, and would hide one further down.
    """
    begun = (todo for todo in todos if not todo.is_untouched)
    return next(((todo, check) for todo in begun for check in todo.checks if check.is_wrong), None)


def next_untouched(todos: Iterable[Todo]) -> Todo | None:
    """The TODO to go on with; None where every one is begun."""
    return next((todo for todo in todos if todo.is_untouched), None)


@dataclass(frozen=True)
class Masks:
    """The student's mask of a car beside the expected one, both (H, W) and bool."""

    car: Path  # the picture's file
    seen: "np.ndarray"
    expected: "np.ndarray"


@dataclass
class Report:
    name: str
    files: dict[str, str]  # path -> SHA-256
    todos: list[Todo]
    mask: dict | None = None  # {"image": name, "iou": with the reference's mask}
    isolation: dict = field(default_factory=dict)
    seconds: dict = field(default_factory=dict)
    versions: dict = field(default_factory=dict)
    output: str = ""  # what the student's code printed; not part of the JSON
    masks: Masks | None = None  # for pages; not part of the JSON
    wiring: dict | None = None  # {"seen", "expected"}: graphs of forward, for pages; not part of the JSON
    why_no_mask: str = ""  # where it is not the submission's doing; not part of the JSON

    @property
    def grader_errors(self) -> list[Check]:
        """Where the grader failed, which is nobody's zero."""
        return [check for todo in self.todos for check in todo.checks if check.status == GRADER_ERROR]

    @property
    def core(self) -> list[Todo]:
        """The TODOs that make the mark."""
        return [todo for todo in self.todos if not todo.is_extension]

    @property
    def score(self) -> int:
        return sum(todo.score for todo in self.core)

    @property
    def max_score(self) -> int:
        return sum(todo.max_score for todo in self.core)

    @property
    def bonus(self) -> int:
        return sum(todo.score for todo in self.todos if todo.is_extension)

    @property
    def exit_status(self) -> int:
        """0 full marks, 1 points lost, 2 the grader could not do its work."""
        if self.grader_errors:
            return 2
        return 0 if all(todo.is_done for todo in self.core) else 1

    def as_dict(self) -> dict:
        todos = [
            {
                "id": todo.id,
                "title": todo.title,
                "score": todo.score,
                "max_score": todo.max_score,
                "is_extension": todo.is_extension,
                "checks": [{**asdict(check), "score": check.score} for check in todo.checks],
            }
            for todo in self.todos
        ]
        return {
            "schema": 1,
            "submission": {"name": self.name, "files": self.files},
            "score": self.score,
            "max_score": self.max_score,
            "bonus": self.bonus,
            "todos": todos,
            "mask": self.mask,
            "isolation": self.isolation,
            "seconds": self.seconds,
            "versions": self.versions,
        }

    def write_json(self, path: Path) -> None:
        write_text(path, json.dumps(self.as_dict(), indent=2, ensure_ascii=False) + "\n")
