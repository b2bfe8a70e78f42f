"""One page for a whole class, from its reports: scores, checks by student, causes, and a table.

Everything that can be counted is counted here; templates/overview.html only lays it out. Strips
are drawn as one path for each state, so that a thousand students stay a small page. Next file: page.py.
"""

import os
import statistics
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from grader.gather import Gathered
from grader.outputs.page import clean, write_page
from grader.report import FAILED, GRADER_ERROR, PASSED, WAITING, Check, Report

MAX_NAME = 120  # characters of a submission's name
# How a state fills its cell, from the top: (y, height). Passed leaves it empty.
SHAPES = {
    "wrong": (0, 1),
    "error": (0, 0.5),
    "waiting": (0.5, 0.5),
    "unwritten": (0.75, 0.25),
    "absent": (0, 1),
}
WORDS = {
    "wrong": "wrong",
    "error": "grader error",
    "waiting": "waiting",
    "unwritten": "to be written",
    "absent": "not in the report",
}


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

    @property
    def share(self) -> float:
        return self.report.score / self.report.max_score if self.report.max_score else 0.0

    @property
    def problem(self) -> Check | None:
        """The first check that failed."""
        checks = [check for todo in self.report.todos for check in todo.checks]
        return next((check for check in checks if check.status in (FAILED, GRADER_ERROR)), None)


def write_overview(gathered: Gathered, folder: Path, path: Path) -> None:
    """The page of the reports in a folder. Raises LabError where it cannot be written."""
    rows = sorted(
        (_row(file, report, folder, path) for file, report in gathered.reports.items()), key=_by_name
    )
    ranks = {id(row): rank for rank, row in enumerate(sorted(rows, key=lambda row: row.share))}
    ranked = sorted(rows, key=lambda row: ranks[id(row)])
    todos = _todos(rows)
    checks = [id for todo in todos for id in todo["checks"]]
    causes = _causes(rows)
    write_page(
        path,
        "overview",
        folder=folder.resolve().name or "Class",
        rows=[_cells(row, ranks[id(row)], todos, checks, causes) for row in rows],
        todos=todos,
        heat=[_heat(todo, ranked) for todo in todos],
        causes=causes,
        scores=_scores(rows),
        bins=_bins(rows),
        refused=[(str(file.relative_to(folder)), reason) for file, reason in gathered.refused.items()],
        words=WORDS,
        has_bonus=any(row.report.as_dict()["bonus"] for row in rows),
    )


def _by_name(row: Row) -> tuple:
    return row.name.casefold(), row.file


def _row(file: Path, report: Report, folder: Path, page: Path) -> Row:
    own_page = file.with_suffix(".html")
    has_page = own_page.is_file()
    states = {check.id: _state(check) for todo in report.todos for check in todo.checks}
    causes = {check.cause: 0 for todo in report.todos for check in todo.checks if check.cause}
    relative = str(file.relative_to(folder))
    name = clean(report.name).strip()[:MAX_NAME]
    if not any(map(str.isalnum, name)):  # nothing to see, and nothing to click on
        name = relative
    return Row(
        name, relative, _link(own_page if has_page else file, page), has_page, report, states, list(causes)
    )


def _link(target: Path, page: Path) -> str:
    """Relative, so that the folder can be moved; whatever could mean something in a link is encoded."""
    try:
        relative = os.path.relpath(target.resolve(), page.resolve().parent)
    except ValueError:  # another drive
        return target.resolve().as_uri()
    return quote(os.fsencode(relative.replace(os.sep, "/")), safe="/")


def _state(check: Check) -> str:
    if check.status == FAILED:
        return "unwritten" if (check.cause or "").endswith(".unfilled") else "wrong"
    return {PASSED: "passed", WAITING: "waiting", GRADER_ERROR: "error"}[check.status]


def _strip(states: list[str]) -> dict[str, str]:
    """{state: path} over cells one wide and one high, equal neighbours as one."""
    paths: dict[str, str] = {}
    start = 0
    for end in range(1, len(states) + 1):
        if end == len(states) or states[end] != states[start]:
            if states[start] in SHAPES:
                top, height = SHAPES[states[start]]
                width = end - start
                paths[states[start]] = (
                    paths.get(states[start], "") + f"M{start} {top:g}h{width}v{height:g}h-{width}z"
                )
            start = end
    return paths


def _told(states: list[str]) -> str:
    """A strip in words."""
    counts = Counter(states)
    said = [f"{counts[state]} {word}" for state, word in WORDS.items() if counts[state]]
    return ", ".join([f"{counts['passed']} of {len(states)} passed", *said])


def _todos(rows: list[Row]) -> list[dict]:
    """What the class made of each TODO: in the order of the reports, every check that any of them has."""
    found: dict[str, dict] = {}
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


def _heat(todo: dict, ranked: list[Row]) -> dict:
    """The checks of one TODO, each with a cell for every submission, the lowest score first."""
    lines = []
    for id, title in todo["checks"].items():
        states = [row.states.get(id, "absent") for row in ranked]
        passed = sum(state == "passed" for state in states)
        lines.append(
            {
                "title": title,
                "strip": _strip(states),
                "told": _told(states),
                "percent": int(100 * passed / len(states)),
            }
        )
    return {"title": todo["title"], "lines": lines}


def _causes(rows: list[Row]) -> list[dict]:
    """Causes by how many submissions have them, with the title and the hint that go with them most often."""
    count, titles, hints = Counter(), {}, {}
    for row in rows:
        count.update(row.causes)
        for todo in row.report.todos:
            for check in todo.checks:
                if check.cause:
                    unfilled = check.cause.endswith(".unfilled")
                    title = f"{todo.title}: still to be written" if unfilled else check.title
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


def _scores(rows: list[Row]) -> dict:
    points = [row.report.score for row in rows]
    checks = [check for row in rows for todo in row.report.todos for check in todo.checks]
    return {
        "count": len(rows),
        "mean": f"{statistics.fmean(points):.1f}",
        "median": f"{statistics.median(points):g}",
        "max": max(row.report.max_score for row in rows),
        "full": sum(row.report.score == row.report.max_score for row in rows),
        "untouched": sum(all(todo.is_untouched for todo in row.report.todos) for row in rows),
        "broken": sum("error" in row.states.values() for row in rows),
        "unrecognised": len(
            {id(row) for row in rows for state, check in _checks(row) if state == "wrong" and not check.cause}
        ),
        "checks": len(checks),
    }


def _checks(row: Row):
    for todo in row.report.todos:
        for check in todo.checks:
            yield row.states[check.id], check


def _bins(rows: list[Row]) -> list[dict]:
    """Submissions by tenths of the points; full marks stand by themselves."""
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


def _cells(row: Row, rank: int, todos: list[dict], checks: list[str], causes: list[dict]) -> dict:
    points = {todo.id: todo.score for todo in row.report.todos}
    numbers = {cause["id"]: number for number, cause in enumerate(causes)}
    states = [row.states.get(id, "absent") for id in checks]
    return {
        "row": row,
        "rank": rank,
        "points": [points.get(todo["id"]) for todo in todos],
        "strip": _strip(states),
        "told": _told(states),
        "causes": " ".join(str(numbers[cause]) for cause in row.causes),
        "bonus": row.report.as_dict()["bonus"],
        "problem": row.problem,
    }
