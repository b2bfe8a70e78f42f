"""What is done with one hand-in, in a process that keeps its sandbox for the next one.

Everything that goes in and comes out can be pickled, and nothing needs a terminal or a folder of results: so
the same function works here and on another machine.
"""

import re
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, Protocol

from grader.errors import LabError
from grader.grading.options import Options
from grader.grading.run import Bench, inputs_of, not_gradable
from grader.grading.withheld import place_of_ours
from grader.implementations.in_worker import MachineTooBusy
from grader.intake.refusal import NotGradable
from grader.intake.submission import Submission
from grader.language import N_, _, use
from grader.outputs.pages.feedback import feedback_page
from grader.report.model import Report
from grader.sandbox.trusted import SandboxLost

ATTEMPTS = 3  # where the machine fails, not the submission
PAUSE_S = 2.0  # before the next one, times the number of those that failed
PAGE = "feedback.html"


@dataclass(frozen=True)
class Plan:
    """How a whole class is graded. expected: recorded answers of the solution, where they are kept."""

    options: Options
    graded_by: tuple[tuple[str, str], ...]
    expected: Path | None = None
    pages: bool = True


@dataclass(frozen=True)
class Basis:
    """What a result rests on; it is still good where all of this is the same."""

    name: str
    files: Mapping[str, str]
    status: str
    reason: str
    graded_by: Mapping[str, str]
    secret: str | None
    language: str = "en"  # of texts: the same result in another one is written anew

    @classmethod
    def of(cls, report: Report) -> "Basis":
        """That of a report."""
        by = report.graded_by
        secret = report.inputs.get("fingerprint")
        return cls(report.name, report.files, report.status, report.reason, by, secret, report.language)

    def changes(self, now: "Basis") -> list[str]:
        """What is no longer the same, in words."""
        changed = [
            name
            for name in N_(("rubric", "solution", "model", "pictures"))
            if self.graded_by.get(name) != now.graded_by.get(name)
        ]
        changed += [N_("secret")] if self.secret != now.secret else []
        if self.language != now.language:
            changed.append(N_("language"))
        reasons = (self.reason, now.reason) if self.language == now.language else ("", "")
        of_files = (self.files, self.status, reasons[0]) != (now.files, now.status, reasons[1])
        return changed + [N_("files")] * of_files + [N_("name")] * (self.name != now.name)


@dataclass(frozen=True)
class Outcome:
    """What came of one hand-in: a report and its page, or why there are none.

    why: what has changed since the result that was there; or what kept the grader from its work.
    """

    key: str
    kind: Literal["graded", "kept", "needs a human"]
    why: tuple[str, ...] = ()
    report: str = ""
    page: str = ""
    seconds: float = field(default=0.0, compare=False)


class Readable(Protocol):
    """A hand-in, wherever it lies."""

    @property
    def key(self) -> str:
        """Unique in the class."""

    @property
    def names(self) -> tuple[str, ...]:
        """The student's, which under a pseudonym no page gets to say."""

    def read(self) -> Submission:
        """Its files. Raises NotGradable, and LabError where the machine fails."""


_benches: dict[Plan, Bench] = {}  # one at a time


def bench_for(plan: Plan) -> Bench:
    """The warm sandbox of this process. Raises LabError."""
    if plan not in _benches:
        close_benches()
        _benches[plan] = Bench(plan.options, plan.expected, dict(plan.graded_by))
    return _benches[plan]


def close_benches() -> None:
    """End this process's sandbox."""
    while _benches:
        _benches.popitem()[1].close()


def grade_hand_in(plan: Plan, hand_in: Readable, shown: str, before: Basis | None) -> Outcome:
    """Read and grade it, unless the result that was there before is still good.

    shown: what its report and page call it. Raises LabError where nothing can be graded at all.
    """
    use(plan.options.language)  # chosen on the command line, which may be another machine's
    started = time.perf_counter()
    try:
        outcome = _graded(plan, hand_in, shown, before)
    except Trouble as trouble:
        outcome = Outcome(hand_in.key, "needs a human", (str(trouble),))
    return Outcome(**{**vars(outcome), "seconds": time.perf_counter() - started})


class Trouble(Exception):
    """The grader could not do its work on this hand-in."""


def _graded(plan: Plan, hand_in: Readable, shown: str, before: Basis | None) -> Outcome:
    submission = read_hand_in(hand_in)
    options = plan.options
    if isinstance(submission, NotGradable):
        reason = _without(hand_in.names, str(submission), shown)
        report = not_gradable(shown, reason, options, dict(plan.graded_by))
        now = Basis.of(report)
    else:
        notes = tuple(_without(hand_in.names, note, shown) for note in submission.notes)
        submission = replace(submission, name=shown, notes=notes)
        now = Basis.of(
            Report(
                shown,
                submission.digests,
                [],
                graded_by=dict(plan.graded_by),
                inputs=inputs_of(options),
                language=options.language,
            )
        )
    changes = before.changes(now) if before else [N_("new")]
    if not changes:
        return Outcome(hand_in.key, "kept")
    if isinstance(submission, Submission):
        report = _grade(plan, submission)
    page = feedback_page(report, Path(PAGE)) if plan.pages else ""
    return Outcome(hand_in.key, "graded", tuple(changes), report.as_json(), page)


def _without(names: Sequence[str], text: str, shown: str) -> str:
    """The text with the student's name as it is shown. A pseudonym also goes where a file's name told it."""
    if shown in names:
        return text
    any_of = "|".join(map(re.escape, names))
    return re.sub(rf"(?<![^\W_])({any_of})(?![^\W_])", lambda _: shown, text, flags=re.IGNORECASE)


def read_hand_in(hand_in: Readable) -> Submission | NotGradable:
    """Its files, or why they cannot be graded. Raises Trouble where the machine fails."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return hand_in.read()
        except NotGradable as error:
            return error
        except LabError as error:  # the machine's
            problem = str(error)
        except Exception as error:
            raise Trouble(
                _("its files could not be read: {error}").format(error=place_of_ours(error))
            ) from error
        time.sleep(PAUSE_S * attempt * (attempt < ATTEMPTS))
    raise Trouble(problem)


def _grade(plan: Plan, submission: Submission) -> Report:
    """The report; tried again where the machine or the grader failed, and not the submission."""
    report: Report | None = None
    problem = ""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            report = bench_for(plan).grade(submission)
            if not report.grader_errors:
                return report
        except (MachineTooBusy, SandboxLost) as error:
            problem = str(error)
        except LabError:
            raise
        except Exception as error:  # a fault of ours must not cost the class its grading
            problem = _("the grader failed: {error}").format(error=place_of_ours(error))
        with suppress(Exception):
            close_benches()
        time.sleep(PAUSE_S * attempt * (attempt < ATTEMPTS))
    if report is None:
        raise Trouble(problem)
    return report
