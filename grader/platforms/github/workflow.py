"""The report inside a GitHub workflow: summary of the job, annotations at the student's own lines, points.

GitHub takes commands from what a step prints. All that a student may have worded (messages, prints, names
of files) is data: while the grader runs, nothing that is printed is a command, and what goes into one is
escaped. Next files: summary.py, places.py.
"""

import atexit
import os
import secrets
from pathlib import Path
from types import TracebackType

from grader.errors import LabError
from grader.intake.submission import Submission
from grader.language import _
from grader.platforms.github.places import Place, place_of
from grader.platforms.github.summary import error_summary, summary
from grader.report.model import GRADER_ERROR, Check, Report, Todo
from grader.text import clean, one_line

PER_LEVEL = 10  # GitHub shows no more of one step


def command(name: str, message: str, **properties: object) -> str:
    """A workflow command, whatever the message holds."""
    text = clean(message).strip().replace("%", "%25").replace("\n", "%0A")
    given = ",".join(f"{key}={_property(value)}" for key, value in properties.items() if value is not None)
    return f"::{name} {given}::{text}"


def _property(value: object) -> str:
    text = one_line(str(value))
    for char, code in (("%", "%25"), (":", "%3A"), (",", "%2C")):
        text = text.replace(char, code)
    return text


class Workflow:
    """One step of a workflow that grades what is at `path`.

    From its making to the end of the process, nothing that is printed is taken for a command but its own.
    Raises LabError outside of GitHub.
    """

    def __init__(self, path: Path):
        self._path = path
        place = os.environ.get("GITHUB_STEP_SUMMARY")
        if not place:
            raise LabError(_("--github is for a step of a GitHub workflow; elsewhere use --json and --junit"))
        self._summary = Path(place)
        self._stop()
        atexit.register(self._resume)

    def _stop(self) -> None:
        self._token = secrets.token_hex(16)
        print(f"::stop-commands::{self._token}", flush=True)

    def _resume(self) -> None:
        print(f"\n::{self._token}::", flush=True)

    def _say(self, commands: list[str]) -> None:
        self._resume()
        for line in commands:
            print(line, flush=True)
        self._stop()

    def __enter__(self) -> "Workflow":
        """A LabError inside is also told where the student looks."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, LabError):
            _append(self._summary, error_summary(str(error)))
            self._say([command("error", str(error), title=_("Not graded"))])

    def refuse(self, report: Report) -> None:
        """Say why what was handed in cannot be graded."""
        _append(self._summary, error_summary(report.reason))
        self._say([command("error", report.reason, title=_("Not gradable"))])

    def write(self, report: Report, submission: Submission) -> None:
        """Summary, points and annotations. `submission` is what was graded."""
        texts = {name: content.decode("utf-8", "replace") for name, content in submission.files.items()}
        _append(self._summary, summary(report))
        points = f'{{"totalPoints":{report.score},"maxPoints":{report.max_score}}}'
        self._say(
            [
                *annotations(report, texts, self._path),
                command("notice", f"Points {report.score}/{report.max_score}", title="Autograding complete"),
                command("notice", points, title="Autograding report"),  # what Classroom read, and its like
            ]
        )


def annotations(report: Report, texts: dict[str, str], folder: Path) -> list[str]:
    """At most one command for each line of the student's: what failed there first.

    What is still to be written is a notice, the grader's own fault a warning.
    """
    told: dict[tuple[str, Place | None], str] = {}
    for todo, check in _told(report):
        level, text = _level_and_text(check)
        place = place_of(todo, check, texts)
        where: dict[str, object] = {}
        if place and (folder / place.file).is_file():
            where = {"file": _from_root(folder / place.file), "line": place.line}
        told.setdefault((level, place), command(level, text, **where, title=todo.title))
    kept = {level: [text for (of, _), text in told.items() if of == level] for level in ("error", "warning")}
    notices = [text for (of, _), text in told.items() if of == "notice"]
    return [*kept["error"][:PER_LEVEL], *kept["warning"][:PER_LEVEL], *notices[: PER_LEVEL - 2]]


def _told(report: Report) -> list[tuple[Todo, Check]]:
    """Checks that failed; of an untouched TODO the first only."""
    found = []
    for todo in report.todos:
        failed = [(todo, check) for check in todo.checks if check.is_wrong]
        found += failed[:1] if todo.is_untouched else failed
    return found


def _level_and_text(check: Check) -> tuple[str, str]:
    if check.status == GRADER_ERROR:
        return "warning", f"{check.title}: {check.message}"
    if check.is_unfilled:
        return "notice", _("still to be written")
    return "error", "\n".join(filter(None, [check.title, check.message, check.hint]))


def _from_root(path: Path) -> str:
    root = Path(os.environ.get("GITHUB_WORKSPACE") or ".").resolve()
    return os.path.relpath(path.resolve(), root).replace(os.sep, "/")


def _append(path: Path, text: str) -> None:
    """Raises LabError."""
    try:
        with path.open("a", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        raise LabError(
            _("{path} cannot be written: {reason}").format(path=path, reason=error.strerror)
        ) from None
