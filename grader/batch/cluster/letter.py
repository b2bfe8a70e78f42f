"""What goes to a worker for one hand-in. The scheduler opens it, too, so this module imports little.

Dask shows and logs what tasks are given: nothing here has a text that names a student.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from grader.intake.submission import Submission


@dataclass(frozen=True, repr=False)
class ReadHandIn:
    """A hand-in whose files were read where it lies."""

    key: str
    files: "Submission | None"
    refused: str = ""  # why it cannot be graded
    names: tuple[str, ...] = ()  # the student's own, which a pseudonym takes the place of

    def read(self) -> "Submission":
        """As a hand-in's own. Raises NotGradable."""
        from grader.intake.refusal import NotGradable

        if self.files is None:
            raise NotGradable(self.refused)
        return self.files


@dataclass(frozen=True, repr=False)
class Letter:
    """For one run: a function, by its module and name, and what it takes behind the plan."""

    run: str
    function: tuple[str, str]
    arguments: tuple[Any, ...]


@dataclass(frozen=True, repr=False)
class Sealed:
    """Bytes for one process, with what has to be equal there."""

    run: str
    content: bytes


@dataclass(frozen=True)
class Introduction:
    """How a worker introduces itself."""

    address: bytes
    threads: int
    likeness: dict[str, str]
    problem: str = ""


@dataclass(frozen=True, repr=False)
class Reply:
    """What came of a letter: a result; or why this worker cannot go on."""

    result: Any = None
    problem: str = ""
    is_stranger: bool = field(default=False)  # it has begun anew, and knows nothing of the run
