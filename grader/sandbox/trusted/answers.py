"""What comes back from a worker, read from a frame that a student's process may have written."""

from dataclasses import dataclass
from typing import Any

from grader.errors import LabError
from grader.language import N_, _
from grader.sandbox.protocol import frames
from grader.sandbox.protocol.frames import BadFrame, Facts, Tensors

KINDS = {"raised", "timeout", "memory", "died", "too_large", "nonsense", "machine"}
REPORTED = ["raised", "memory", "too_large", "nonsense"]  # by the worker; the others are seen from outside
NONSENSE = N_("the submission's process sent something that is no answer")
CAPS = {
    "message": 500,
    "exception": 100,
    "text": 500,
    "file": 200,
    "source_line": 200,
    "ours": 200,
}  # characters


class SandboxLost(LabError):
    """The sandbox's own process is gone and could not be started again: not the submission's fault."""

    def __str__(self) -> str:
        return _("the process that runs submitted code was lost ({error}): try again").format(
            error=super().__str__()
        )


class GivenUp(Exception):
    """Nobody waits for the answer any more: the student's files have changed meanwhile."""


class WorkerFailed(Exception):
    """The submission could not answer a call; kind is one of KINDS.

    A "machine" is never the submission's fault.

    Where it raised, `exception`, `text`, `file`, `line`, `source_line` and `todo` say what and where; `ours`
    names a line of the grader's that lies deeper.
    """

    def __init__(self, kind: str, message: str, output: str = "", **place: Any):
        super().__init__(kind, message)
        self.output = output
        self.exception: str | None = place.get("exception")
        self.text: str = place.get("text") or ""
        self.file: str | None = place.get("file")
        self.line: int | None = place.get("line")
        self.source_line: str | None = place.get("source_line")
        self.ours: str | None = place.get("ours")
        self.todo: bool = bool(place.get("todo"))

    @property
    def kind(self) -> str:
        """One of KINDS."""
        return str(self.args[0])

    @property
    def message(self) -> str:
        """For the student."""
        return str(self.args[1])

    def __str__(self) -> str:
        return self.message


@dataclass
class Answer:
    """What a call gave; `output` is what the student's code printed, `seconds` the time on the wall."""

    data: Facts
    tensors: Tensors
    output: str
    seconds: float


def read(
    frame: bytes, call_id: int, output: str, seconds: float, wanted: frozenset[str] | None = None
) -> Answer:
    """The answer to this call. Raises BadFrame, or WorkerFailed with the failure that it reports.

    A tensor that numpy has no dtype for is named in data["unreadable"], {name: dtype}.
    wanted: the names of the tensors to keep, by default all.
    """
    info, tensors, unreadable = frames.unpack(frame)
    if info.get("id") != call_id:
        raise BadFrame("the answer to another call")
    if "failed" in info:
        raise _failure(info["failed"], output)
    if not isinstance(info.get("data"), dict):
        raise BadFrame("no data")
    if unreadable:
        info["data"]["unreadable"] = unreadable
    kept = {name: array for name, array in tensors.items() if wanted is None or name in wanted}
    return Answer(info["data"], kept, output, seconds)


def _failure(said: object, output: str) -> WorkerFailed:
    """What the worker says went wrong: claims, like all that it says."""
    if not isinstance(said, dict) or said.get("kind") not in REPORTED:
        raise BadFrame("no failure that there is")
    place: dict[str, Any] = {name: _line(said.get(name), cap) for name, cap in CAPS.items()}
    line = said.get("line")
    place["line"] = line if type(line) is int and 0 < line < 1 << 31 else None
    place["todo"] = said.get("todo") is True
    message = place.pop("message") or _(NONSENSE)
    if said["kind"] == "raised":
        message = f"{place['exception']}: {place['text']}"
    if said["kind"] == "memory":
        message = _("it needs more memory than is allowed")
    return WorkerFailed(said["kind"], message, output, **place)


def _line(value: object, cap: int) -> str | None:
    """A string from the student's process on one line, or None."""
    return " ".join(value[: 4 * cap].splitlines()).strip()[:cap] if isinstance(value, str) else None
