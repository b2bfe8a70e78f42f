"""The report of one grading run: what every output is made from. Its JSON is schema 1."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.lab.files import write_text
from grader.language import N_, _
from grader.report import texts

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

MULTILINE = ("message", "hint")
PRACTICE = N_("public inputs: practice, not a mark")  # a student can know them, and so the right answers
PASSED, FAILED, WAITING, GRADER_ERROR = "passed", "failed", "waiting", "grader_error"
GRADED, NOT_GRADABLE = "graded", "not_gradable"  # the status of a report
WAITS = N_("waits for: {title}")  # the message of a check that was not tried
CANNOT_BE_GRADED = 3  # the exit status for what was handed in and is no submission


@dataclass
class Check:
    """One check: what it earned and, where it failed, the fact, and a hint if the mistake is known.

    Its texts may quote what a submission says, so each is cleaned and capped whenever it is set.
    """

    id: str
    title: str
    max_score: int
    status: str = GRADER_ERROR  # until it has run: nothing fails open
    message: str = field(default_factory=lambda: _("the grader did not get to this check"))
    hint: str | None = None
    cause: str | None = None
    file: str | None = None  # where the student's own code failed, and on which line, from 1
    line: int | None = None

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(value, str):
            value = texts.message(value) if name in MULTILINE else texts.name(value)
        super().__setattr__(name, value)

    @property
    def score(self) -> int:
        """Its points, all or none."""
        return self.max_score if self.status == PASSED else 0

    @property
    def is_wrong(self) -> bool:
        """Whether it has something to say of its own; a check that waits has not."""
        return self.status in (FAILED, GRADER_ERROR)

    @property
    def is_unfilled(self) -> bool:
        """Whether it failed because what it looks at is still to be written."""
        return self.status == FAILED and self.cause is not None and self.cause.endswith(".unfilled")


@dataclass
class Todo:
    """One graded task and its checks."""

    id: str
    title: str
    checks: list[Check] = field(default_factory=list)
    is_extension: bool = False  # beside the core's points, never among them

    def __post_init__(self) -> None:
        self.id, self.title = texts.name(self.id), texts.name(self.title)

    @property
    def score(self) -> int:
        """The points of its checks."""
        return sum(check.score for check in self.checks)

    @property
    def max_score(self) -> int:
        """What its checks are worth."""
        return sum(check.max_score for check in self.checks)

    @property
    def is_done(self) -> bool:
        """Whether every check passed."""
        return all(check.status == PASSED for check in self.checks)

    @property
    def is_held_up(self) -> bool:
        """Whether it waits for other TODOs only: nothing that it was checked for is wrong."""
        return not self.is_done and not any(check.is_wrong for check in self.checks)

    @property
    def is_untouched(self) -> bool:
        """Whether it is still to be written, and nothing else is wrong with it."""
        wrong = [check for check in self.checks if check.is_wrong]
        has_begun = any(check.status == PASSED and check.max_score for check in self.checks)
        return bool(wrong) and all(check.is_unfilled for check in wrong) and not has_begun


def first_wrong(todos: Iterable[Todo]) -> tuple[Todo, Check] | None:
    """The check to look at first, and its TODO; None where nothing that was begun is wrong.

    An untouched TODO is passed over: its holes are not mistakes, and would hide one further down. So would
    a hole in a TODO of which the rest is written.
    """
    for todo in todos:
        wrong = [] if todo.is_untouched else [check for check in todo.checks if check.is_wrong]
        if wrong:
            return todo, next((check for check in wrong if not check.is_unfilled), wrong[0])
    return None


def next_untouched(todos: Iterable[Todo]) -> Todo | None:
    """The TODO to go on with; None where every one was begun."""
    return next((todo for todo in todos if todo.is_untouched), None)


@dataclass(frozen=True)
class Masks:
    """The student's mask of a car beside the expected one, both (H, W) and bool."""

    car: Path  # the picture's file
    seen: "npt.NDArray[np.bool_]"
    expected: "npt.NDArray[np.bool_]"


@dataclass
class Report:
    """What came of grading one submission. Names of submissions and files are cleaned when it is made."""

    name: str
    files: dict[str, str]  # path -> SHA-256
    todos: list[Todo]
    mask: dict[str, Any] | None = None  # {"image": name, "iou": with the reference's mask}
    isolation: dict[str, Any] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    # {"kind": "public" or "hidden", "fingerprint": of the secret}; nothing where nobody asks, as in try.py
    inputs: dict[str, str | None] = field(default_factory=dict)
    lab: str = ""  # the lab's version
    time: str = ""  # of the grading, ISO 8601 in UTC
    status: str = GRADED
    reason: str = ""  # why it is not gradable, and what was found instead
    language: str = "en"  # of its texts
    notes: list[str] = field(default_factory=list)  # what was noticed when the files were chosen
    # {"rubric", "solution", "model", "pictures": digest}: graded by the same ones, a result is still good
    graded_by: dict[str, str] = field(default_factory=dict)
    output: str = ""  # what the student's code printed; not part of the JSON
    printed: dict[str, str] = field(default_factory=dict)  # {TODO: what of it belongs there}; nor is this
    masks: Masks | None = None  # for pages; not part of the JSON
    wiring: dict[str, Any] | None = None  # graphs of forward, "seen" and "expected"; not part of the JSON
    why_no_mask: str = ""  # where it is not the submission's doing; not part of the JSON

    def __post_init__(self) -> None:
        self.name, self.reason = texts.name(self.name), texts.message(self.reason)
        self.notes = [texts.message(note) for note in self.notes]
        self.files = {texts.name(path): digest for path, digest in self.files.items()}
        texts.shorten(check for todo in self.todos for check in todo.checks)
        if self.is_hidden:  # what was printed may hold the inputs: no form gets to show it
            self.output, self.printed = "", {}

    @property
    def is_hidden(self) -> bool:
        """It was graded with inputs that the student has not seen."""
        return self.inputs.get("kind") == "hidden"

    @property
    def is_practice(self) -> bool:
        """It was graded with the public inputs: its score is not a mark, and every form says so."""
        return self.inputs.get("kind") == "public"

    @property
    def grader_errors(self) -> list[Check]:
        """Where the grader failed, which must not cost the student."""
        return [check for todo in self.todos for check in todo.checks if check.status == GRADER_ERROR]

    @property
    def core(self) -> list[Todo]:
        """The TODOs that make the mark."""
        return [todo for todo in self.todos if not todo.is_extension]

    @property
    def score(self) -> int:
        """The mark: points of the core."""
        return sum(todo.score for todo in self.core)

    @property
    def max_score(self) -> int:
        """What the core is worth."""
        return sum(todo.max_score for todo in self.core)

    @property
    def bonus(self) -> int:
        """Points of the extensions."""
        return sum(todo.score for todo in self.todos if todo.is_extension)

    @property
    def is_gradable(self) -> bool:
        """What was handed in is a submission; else there is no score, which is not zero."""
        return self.status == GRADED

    @property
    def exit_status(self) -> int:
        """0 full marks, 1 points lost, 2 the grader could not do its work, 3 not gradable."""
        if not self.is_gradable:
            return CANNOT_BE_GRADED
        if self.grader_errors:
            return 2
        return 0 if all(todo.is_done for todo in self.core) else 1

    def as_dict(self) -> dict[str, Any]:
        """As plain data, in schema 1."""
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
            "submission": {"name": self.name, "files": self.files, "notes": self.notes},
            "status": self.status,
            "reason": self.reason,
            "score": self.score,
            "max_score": self.max_score,
            "bonus": self.bonus,
            "todos": todos,
            "mask": self.mask,
            "isolation": self.isolation,
            "seconds": self.seconds,
            "versions": self.versions,
            "inputs": self.inputs,
            "lab": self.lab,
            "time": self.time,
            "graded_by": self.graded_by,
            "language": self.language,
        }

    def as_json(self) -> str:
        """The text of the report's file."""
        return json.dumps(self.as_dict(), indent=2, ensure_ascii=False) + "\n"

    def write_json(self, path: Path) -> None:
        """Write the report's file. Raises LabError where it cannot be written."""
        write_text(path, self.as_json())
