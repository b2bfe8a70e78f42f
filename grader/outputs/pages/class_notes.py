"""What a class page says beside its reports, where somebody knows it: marks, lateness, who is missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from grader.language import N_
from grader.report.model import Report


@dataclass(frozen=True)
class Unmarked:
    """Somebody in the table without points. page: theirs, where there is one."""

    name: str
    status: str
    reason: str = ""
    page: Path | None = None
    late: str = ""


@dataclass(frozen=True)
class Changed:
    """Whose result is another than in the last run, what it was, and why."""

    name: str
    before: str
    now: str
    why: str


@dataclass(frozen=True)
class ClassNotes:
    """marks: {report's file: (the points that count, how late it was)}; identical: groups of names.

    facts: what the page says of the run, by name.
    """

    title: str = ""
    marks: Mapping[Path, tuple[str, str]] = field(default_factory=dict)
    unmarked: Sequence[Unmarked] = ()
    changed: Sequence[Changed] = ()
    identical: Sequence[Sequence[str]] = ()
    notes: Sequence[str] = ()
    facts: Sequence[tuple[str, str]] = ()
    pages: Mapping[Path, Path] = field(default_factory=dict)  # {report's file: its page}


def of_reports(reports: Mapping[Path, Report]) -> ClassNotes:
    """What the reports say by themselves: which of them are of something that cannot be graded."""
    return ClassNotes(
        unmarked=[
            Unmarked(report.name, N_("not gradable"), report.reason, file.with_suffix(".html"))
            for file, report in reports.items()
            if not report.is_gradable
        ]
    )
