"""What is counted in a class: points by TODO, causes, scores. Next file: overview.py, which shows it."""

import statistics
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from grader.language import _
from grader.report.model import Check, Report, first_wrong, next_untouched


@dataclass(frozen=True)
class Row:
    """One submission, as its line in the table shows it."""

    name: str
    file: str
    link: str
    has_page: bool
    report: Report
    states: dict[str, str]  # check's id -> state
    causes: list[str]
    mark: str = ""  # the points that count, where they are others than those of the checks
    late: str = ""

    @property
    def points(self) -> float:
        """Those that count."""
        return float(self.mark or self.report.score)

    @property
    def share(self) -> float:
        """Of the points, from 0 to 1."""
        return self.points / self.report.max_score if self.report.max_score else 0.0

    @property
    def problem(self) -> Check | None:
        """The first check that failed in what is begun; else the first of what is still to be written."""
        if wrong := first_wrong(self.report.todos):
            return wrong[1]
        untouched = next_untouched(self.report.todos)
        return next((check for check in untouched.checks if check.is_wrong), None) if untouched else None


def todos_of(rows: list[Row]) -> list[dict[str, Any]]:
    """What the class made of each TODO: in the order of the reports, every check that any of them has."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        for todo in row.report.todos:
            one = found.setdefault(
                todo.id, {"id": todo.id, "title": todo.title, "checks": {}, "points": [], "max": 0}
            )
            one["checks"] |= {check.id: check.title for check in todo.checks if check.id not in one["checks"]}
            one["points"].append(todo.score)
            one["max"] = max(one["max"], todo.max_score)
            one["untouched"] = one.get("untouched", 0) + todo.is_untouched
    for one in found.values():
        one["mean"] = round(statistics.fmean(one["points"]), 1)
    return list(found.values())


def causes_of(rows: list[Row]) -> list[dict[str, int | str]]:
    """Causes by how many submissions have them, with the title and the hint that go with them most often."""
    count: Counter[str] = Counter()
    titles: dict[str, Counter[str]] = {}
    hints: dict[str, Counter[str]] = {}
    for row in rows:
        count.update(row.causes)
        for todo in row.report.todos:
            for check in todo.checks:
                if check.cause:
                    title = (
                        _("{title}: still to be written").format(title=todo.title)
                        if check.is_unfilled
                        else check.title
                    )
                    titles.setdefault(check.cause, Counter())[title] += 1
                    hints.setdefault(check.cause, Counter())[check.hint or ""] += 1
    return [
        {
            "id": cause,
            "count": number,
            "title": titles[cause].most_common(1)[0][0],
            "hint": hints[cause].most_common(1)[0][0],
        }
        for cause, number in sorted(count.items(), key=lambda item: (-item[1], item[0]))
    ]


def scores_of(rows: list[Row]) -> dict[str, int | str]:
    """The numbers at the head of the page."""
    points = [row.points for row in rows]
    return {
        "count": len(rows),
        "mean": f"{statistics.fmean(points):.1f}",
        "median": f"{statistics.median(points):g}",
        "max": max(row.report.max_score for row in rows),
        "full": sum(row.points == row.report.max_score for row in rows),
        "untouched": sum(all(todo.is_untouched for todo in row.report.todos) for row in rows),
        "broken": sum("error" in row.states.values() for row in rows),
        "unrecognised": len(
            {id(row) for row in rows for state, check in _checks(row) if state == "wrong" and not check.cause}
        ),
    }


def _checks(row: Row) -> Iterator[tuple[str, Check]]:
    for todo in row.report.todos:
        for check in todo.checks:
            yield row.states[check.id], check


def bins_of(rows: list[Row]) -> list[dict[str, int | float]]:
    """Submissions by tenths of the points, full marks by themselves."""
    counts = Counter(min(10, int(10 * row.share + 1e-9)) for row in rows)
    highest = max(counts.values())
    return [
        {
            "from": 10 * tenth,
            "to": 10 * tenth + 9 if tenth < 10 else 100,
            "count": counts[tenth],
            "height": round(100 * counts[tenth] / highest, 1),
        }
        for tenth in range(11)
    ]
