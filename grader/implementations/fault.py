"""What a submission did not answer, said in the student's terms."""

import json
from collections.abc import Mapping
from typing import Any

from grader.implementations.answering import Question
from grader.language import N_, _
from grader.report.texts import MESSAGE_CAP
from grader.sandbox.trusted import WorkerFailed
from grader.source import at_line
from grader.text import capped

WRONG_RANK = "wrong_rank"  # the kind of a fault: an array with too many axes or too few, "axes" says how many
FACT_CAP = 20_000  # characters of a fact as JSON; names and shapes of the whole network have 1,500
UNREADABLE = N_("the submission's process gave no answer that can be read")


class SubmissionFault(Exception):
    """The submission could not answer; the message is for the student. question: what it was asked."""

    def __init__(
        self,
        kind: str,
        message: str,
        facts: Mapping[str, Any] | None = None,
        question: Question | None = None,
    ):
        super().__init__(capped(message, MESSAGE_CAP))
        self.kind, self.facts, self.question = kind, dict(facts or {}), question


class ReferenceFault(SubmissionFault):
    """The reference could not answer: where a check asks it, the grader has failed."""


def nonsense(about: str) -> SubmissionFault:
    """A fault for an answer that none of our calls gives: only code that meddles with them can."""
    return SubmissionFault("nonsense", f"{_(UNREADABLE)} ({about})")


def of_worker(failed: WorkerFailed) -> SubmissionFault:
    """The fault that a worker's failure is."""
    return SubmissionFault(*describe(failed), vars(failed))


def of_call(facts: Mapping[str, Any]) -> SubmissionFault:
    """The fault that a call reports in place of an answer; every fact in it is a claim."""
    kind, text = facts.get("fault"), facts.get("text")
    if not isinstance(kind, str) or not isinstance(text, str):
        return nonsense("fault")
    sound = {name: fact for name, fact in facts.items() if _is_sound(name, fact)}
    place = f"{at_line(sound['file'], sound['line'])}: " if {"file", "line"} <= sound.keys() else ""
    return SubmissionFault(kind, place + text, sound)


def _is_sound(name: str, fact: object) -> bool:
    """Whether a fact is small plain data, and of its type where a report shows it."""
    if name == "file" and not isinstance(fact, str):
        return False
    if name == "line" and not (type(fact) is int and 0 < fact < 1 << 31):
        return False
    try:
        return len(json.dumps(fact)) <= FACT_CAP
    except (TypeError, ValueError, RecursionError):
        return False


def describe(failed: WorkerFailed) -> tuple[str, str]:
    """(kind, message) of a worker's failure."""
    if failed.kind == "raised" and failed.todo:
        return "unfilled", _("{text}: still to be written").format(text=_(failed.text.rstrip(".")))
    if failed.kind == "raised":
        place = f"{at_line(failed.file, failed.line)}: " if failed.file and failed.line else ""
        code = f"\n    {failed.source_line}" if failed.source_line else ""
        return "raised", f"{place}{failed.exception}: {failed.text}{code}"
    return failed.kind, failed.message
