"""What the last run of try.py found, so that the next one can say what was gained. Nothing depends on it."""

import json
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from grader.errors import LabError
from grader.lab.files import write_text
from grader.lab.paths import LAB
from grader.language import _
from grader.report.model import Todo

FOLDER = LAB / ".unet-lab"  # ignored by git, and by every export


@dataclass
class Memory:
    """Of one folder of a student's: {TODO: points}, and how much help was asked for about which failure."""

    points: dict[str, int] = field(default_factory=dict)
    failure: str = ""
    steps: int = 0  # of help, beyond what is always said
    _path: Path | None = None

    @classmethod
    def of(cls, folder: Path, place: Path = FOLDER) -> "Memory":
        """What is remembered; nothing where there is no such file, or one that cannot be read."""
        path = place / "last-run.json"
        memory = cls(_path=path)
        with suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
            kept = json.loads(path.read_text(encoding="utf-8"))[str(folder.resolve())]
            memory.points = {str(todo): int(points) for todo, points in kept["points"].items()}
            memory.failure, memory.steps = str(kept["failure"]), int(kept["steps"])
        return memory

    def gained(self, todo: Todo) -> str:
        """Such as "+6 since the last run"; empty without a change."""
        if todo.id not in self.points or todo.score == self.points[todo.id]:
            return ""
        return _("{points:+d} since the last run").format(points=todo.score - self.points[todo.id])

    def all_gained(self, todos: list[Todo]) -> dict[str, str]:
        """{TODO: the same}."""
        return {todo.id: self.gained(todo) for todo in todos}

    def one_step_more(self, failure: str) -> int:
        """How many steps of help to give, for a student who asks again about the same failure."""
        self.steps = self.steps + 1 if failure == self.failure else 1
        self.failure = failure
        return self.steps

    def keep(self, folder: Path, todos: list[Todo]) -> None:
        """Remember these points. Where nothing can be written, nothing is remembered."""
        self.points |= {todo.id: todo.score for todo in todos}
        if self._path is None:
            return
        kept: dict[str, object] = {}
        with suppress(OSError, ValueError, TypeError):
            kept = dict(json.loads(self._path.read_text(encoding="utf-8")))
        own = {"points": self.points, "failure": self.failure, "steps": self.steps}
        with suppress(LabError):
            write_text(self._path, json.dumps(kept | {str(folder.resolve()): own}, indent=1) + "\n")
