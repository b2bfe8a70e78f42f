"""The class as one table, from the reports: results.json, and the grades for every other form."""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from grader.batch.lateness import LateRule
from grader.batch.results import Results
from grader.batch.work import Outcome
from grader.collection.hand_in import Collection, HandIn
from grader.grading.scoring import total_points
from grader.lab.digests import are_as_released
from grader.lab.files import write_text
from grader.lab.version import VERSION
from grader.language import N_, _
from grader.outputs.grade import Grade
from grader.outputs.pages.class_notes import Changed, ClassNotes, Unmarked
from grader.outputs.pages.items import Item, items_of
from grader.outputs.plain import report_text
from grader.report.model import Report

# Programs read these in results.json: they are translated where they are shown.
GRADED, NOT_GRADABLE, HUMAN, ABSENT = N_(("graded", "not gradable", "needs a human", "nothing handed in"))


@dataclass(frozen=True)
class Terms:
    """What all marks of a class rest on: the inputs, and the digests of what graded."""

    inputs: Mapping[str, str | None]
    graded_by: Mapping[str, str]


@dataclass(frozen=True)
class Row:
    """One hand-in in the table."""

    grade: Grade
    shown: str
    report: Report | None

    @property
    def hand_in(self) -> HandIn:
        """Of somebody who handed in something."""
        assert self.grade.hand_in is not None
        return self.grade.hand_in

    @property
    def key(self) -> str:
        """The name of its folder."""
        return self.hand_in.key


@dataclass(frozen=True)
class ClassTable:
    """Everything that is known of a class. Rows are in the order of keys."""

    collection: Collection
    rows: Sequence[Row]
    absent: Sequence[Grade]
    items: Sequence[Item]
    identical: Sequence[Sequence[str]]  # groups of keys whose files are the same to the last byte
    changed: Sequence[Mapping[str, Any]]  # since the last complete run
    redone: Mapping[str, Sequence[str]]  # in this run: {key: why}
    gone: Sequence[str] = field(default=())  # keys with a result that are no longer in the download

    def page_notes(self, terms: Terms, results: Results) -> ClassNotes:
        """What the class page says beside the reports."""
        names = {row.key: row.shown for row in self.rows}
        files = {row.key: results.report_file(row.key) for row in self.rows}
        unmarked = [
            Unmarked(row.shown, row.grade.status, row.grade.reason, row.grade.page, row.grade.late)
            for row in self.rows
            if row.grade.status != GRADED
        ]
        missing = [Unmarked(one.shown, ABSENT) for grade in self.absent for one in grade.students]
        changed = [
            Changed(
                names[one["key"]], _(one["before"] or "–"), _(one["now"]), _(", ").join(map(_, one["why"]))
            )
            for one in self.changed
        ]
        return ClassNotes(
            title=results.folder.resolve().name,
            marks={files[row.key]: (str(row.grade.score), row.grade.late) for row in self.of_status(GRADED)},
            pages={files[row.key]: results.page(row.key) for row in self.rows},
            unmarked=[*unmarked, *missing],
            changed=changed,
            identical=[[names[key] for key in keys] for keys in self.identical],
            notes=self.collection.notes,
            facts=self._facts(terms),
        )

    def _facts(self, terms: Terms) -> list[tuple[str, str]]:
        secret = terms.inputs["fingerprint"]
        said = [("from", self.collection.platform), ("lab", VERSION), ("inputs", str(terms.inputs["kind"]))]
        return [*said, *([("secret", secret)] if secret else []), *terms.graded_by.items()]

    @property
    def grades(self) -> list[Grade]:
        """Of everybody, also of who handed in nothing."""
        return [row.grade for row in self.rows] + list(self.absent)

    def of_status(self, status: str) -> list[Row]:
        """The rows with this status."""
        return [row for row in self.rows if row.grade.status == status]

    def as_dict(self, terms: Terms, rule: LateRule) -> dict[str, Any]:
        """For results.json: nothing in it tells the time of the run."""
        return {
            "schema": 1,
            "platform": self.collection.platform,
            "lab": VERSION,
            "inputs": dict(terms.inputs),
            "graded_by": dict(terms.graded_by),
            "late_rule": {
                "deadline": rule.deadline.isoformat() if rule.deadline else None,
                "factor": str(rule.factor),
            },
            "hand_ins": [_as_dict(row) for row in self.rows],
            "absent": [dataclasses.asdict(student) for grade in self.absent for student in grade.students],
            "identical": [list(keys) for keys in self.identical],
            "changed": list(self.changed),
            "gone": list(self.gone),
            "items": [dataclasses.asdict(item) for item in self.items],
            "notes": list(self.collection.notes),
        }


def table_of(
    collection: Collection,
    shown: Mapping[str, str],
    outcomes: Mapping[str, Outcome],
    results: Results,
    rule: LateRule,
    last: Mapping[str, Any],
) -> ClassTable:
    """The table of a class that was graded. Raises LabError where a report cannot be read.

    last: the table of the run before.
    """
    rows = [_row(one, shown[one.key], outcomes[one.key], results, rule) for one in collection.hand_ins]
    graded = [row for row in rows if row.grade.status == GRADED]
    most = Decimal(sum(total_points().values()))
    absent = [Grade(None, None, most, absent=student, status=ABSENT) for student in collection.absent]
    redone = {key: one.why for key, one in outcomes.items() if one.kind == "graded" and one.why != ("new",)}
    return ClassTable(
        collection,
        rows,
        absent,
        items_of([row.report for row in graded if row.report]),
        _identical(graded),
        _changed(last, rows, redone),
        redone,
        results.gone({row.key for row in rows}),
    )


def write_table(table: ClassTable, terms: Terms, rule: LateRule, results: Results) -> None:
    """Write results.json. Raises NotWritten."""
    write_text(results.table, json.dumps(table.as_dict(terms, rule), indent=1, ensure_ascii=False) + "\n")


def _row(hand_in: HandIn, shown: str, outcome: Outcome, results: Results, rule: LateRule) -> Row:
    most, late = Decimal(sum(total_points().values())), rule.lateness(hand_in)
    if outcome.kind == "needs a human":
        return Row(
            Grade(hand_in, None, most, status=HUMAN, late=late, reason="; ".join(outcome.why)), shown, None
        )
    report = results.read(hand_in.key)
    page = results.page(hand_in.key)
    there = page if page.is_file() else None
    if not report.is_gradable:
        grade = Grade(hand_in, None, most, there, status=NOT_GRADABLE, late=late, reason=report.reason)
        return Row(grade, shown, report)
    if faults := report.grader_errors:
        reason = f"{faults[0].title}: {faults[0].message}"
        return Row(Grade(hand_in, None, most, there, status=HUMAN, late=late, reason=reason), shown, report)
    grade = Grade(
        hand_in,
        rule.score(report.score, late),
        Decimal(report.max_score),
        there,
        raw_score=Decimal(report.score),
        bonus=Decimal(report.bonus),
        todos={todo.id: Decimal(todo.score) for todo in report.todos},
        status=GRADED,
        late=late,
        text=report_text(report),
    )
    return Row(grade, shown, report)


def _as_dict(row: Row) -> dict[str, Any]:
    grade, hand_in = row.grade, row.hand_in
    return {
        "key": row.key,
        "shown": row.shown,
        "students": [
            dataclasses.asdict(student) | {"ids": dict(student.ids)} for student in hand_in.students
        ],
        "status": grade.status,
        "reason": grade.reason,
        "score": None if grade.score is None else str(grade.score),
        "raw_score": None if grade.raw_score is None else str(grade.raw_score),
        "max_score": str(grade.max_score),
        "bonus": str(grade.bonus),
        "todos": {name: str(points) for name, points in grade.todos.items()},
        "submitted": hand_in.submitted.isoformat() if hand_in.submitted else None,
        "late": grade.late,
    }


def _identical(rows: Sequence[Row]) -> list[list[str]]:
    """Equal files say nothing where they are those that everybody was given."""
    groups: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for row in rows:
        if row.report and not are_as_released(row.report.files):
            groups.setdefault(tuple(sorted(row.report.files.items())), []).append(row.key)
    return [keys for keys in groups.values() if len(keys) > 1]


def _changed(
    before: Mapping[str, Any], rows: Sequence[Row], redone: Mapping[str, Sequence[str]]
) -> list[dict[str, Any]]:
    """Whose status or points are others than in the table of the last run."""
    last = {one.get("key"): one for one in before.get("hand_ins", []) if isinstance(one, dict)}
    found = []
    for row in rows:
        now, then = _as_dict(row), last.get(row.key)
        if then is None:
            if last:
                found.append({"key": row.key, "before": None, "now": _told(now), "why": ["new"]})
        elif _told(then) != _told(now):
            why = list(redone.get(row.key, [N_("late rule")]))
            found.append({"key": row.key, "before": _told(then), "now": _told(now), "why": why})
    return found


def _told(one: Mapping[str, Any]) -> str:
    """A result in a word: its points, or what else came of it."""
    score = one.get("score")
    return str(score) if score is not None else str(one.get("status", ""))
