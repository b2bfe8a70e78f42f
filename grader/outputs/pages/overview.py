"""One page for a whole class, from its reports: scores, checks by student, causes, and a table.

Everything is counted here and in class_facts.py; templates/overview.html only lays it out.
Next files: class_facts.py, strips.py, page.py.
"""

import os
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import quote

from grader.language import _
from grader.outputs.pages.class_facts import Row, bins_of, causes_of, scores_of, todos_of
from grader.outputs.pages.class_notes import ClassNotes, Unmarked, of_reports
from grader.outputs.pages.items import items_of
from grader.outputs.pages.page import write_page
from grader.outputs.pages.strips import WORDS, draw_strip, state_of, tell_strip
from grader.report.folder import Gathered
from grader.report.model import Report
from grader.text import clean

MAX_NAME = 120  # characters of a submission's name


def write_overview(gathered: Gathered, folder: Path, path: Path, notes: ClassNotes | None = None) -> None:
    """The page of the reports in a folder. Raises LabError where it cannot be written."""
    notes = notes or of_reports(gathered.reports)
    graded = {file: report for file, report in gathered.reports.items() if report.is_gradable}
    graded = {file: graded[file] for file in notes.marks or graded if file in graded}
    rows = sorted((_row(file, report, folder, path, notes) for file, report in graded.items()), key=_by_name)
    ranks = {id(row): rank for rank, row in enumerate(sorted(rows, key=lambda row: row.share))}
    ranked = sorted(rows, key=lambda row: ranks[id(row)])
    todos = todos_of(rows)
    checks = [id for todo in todos for id in todo["checks"]]
    causes = causes_of(rows)
    write_page(
        path,
        "overview",
        folder=notes.title or folder.resolve().name or _("Class"),
        notes=notes,
        counts=Counter(one.status for one in notes.unmarked),
        unmarked=[_unmarked(one, path) for one in notes.unmarked],
        items=items_of(list(graded.values())),
        has_late=any(row.late for row in rows) or any(one.late for one in notes.unmarked),
        rows=[_cells(row, ranks[id(row)], todos, checks, causes) for row in rows],
        todos=todos,
        heat=[_heat(todo, ranked) for todo in todos],
        causes=causes,
        scores=scores_of(rows) if rows else None,
        bins=bins_of(rows) if rows else [],
        refused=[(str(file.relative_to(folder)), reason) for file, reason in gathered.refused.items()],
        words=WORDS,
        practice=sum(row.report.is_practice for row in rows),
        has_bonus=any(row.report.as_dict()["bonus"] for row in rows),
    )


def _by_name(row: Row) -> tuple[str, str]:
    return row.name.casefold(), row.file


def _unmarked(one: Unmarked, page: Path) -> dict[str, Any]:
    there = one.page is not None and one.page.is_file()
    return {"one": one, "link": _link(one.page, page) if one.page and there else None}


def _row(file: Path, report: Report, folder: Path, page: Path, notes: ClassNotes) -> Row:
    own_page = notes.pages.get(file, file.with_suffix(".html"))
    mark, late = notes.marks.get(file, ("", ""))
    has_page = own_page.is_file()
    states = {check.id: state_of(check) for todo in report.todos for check in todo.checks}
    causes = dict.fromkeys(c.cause for todo in report.todos for c in todo.checks if c.cause)
    relative = str(file.relative_to(folder))
    name = clean(report.name).strip()[:MAX_NAME]
    if not any(map(str.isalnum, name)):  # nothing to see, and nothing to click on
        name = relative
    link = _link(own_page if has_page else file, page)
    return Row(name, relative, link, has_page, report, states, list(causes), mark, late)


def _link(target: Path, page: Path) -> str:
    """Relative, so that the folder can be moved; whatever could mean something in a link is encoded."""
    try:
        relative = os.path.relpath(target.resolve(), page.resolve().parent)
    except ValueError:  # another drive
        return target.resolve().as_uri()
    return quote(os.fsencode(relative.replace(os.sep, "/")), safe="/")


def _heat(todo: dict[str, Any], ranked: list[Row]) -> dict[str, Any]:
    """The checks of one TODO, each with a cell for every submission, the lowest score first."""
    lines = []
    for id, title in todo["checks"].items():
        states = [row.states.get(id, "absent") for row in ranked]
        passed = sum(state == "passed" for state in states)
        lines.append(
            {
                "title": title,
                "strip": draw_strip(states),
                "told": tell_strip(states),
                "percent": int(100 * passed / len(states)),
            }
        )
    return {"title": todo["title"], "lines": lines}


def _cells(
    row: Row, rank: int, todos: list[dict[str, Any]], checks: list[str], causes: list[dict[str, Any]]
) -> dict[str, Any]:
    points = {todo.id: todo.score for todo in row.report.todos}
    numbers = {cause["id"]: number for number, cause in enumerate(causes)}
    states = [row.states.get(id, "absent") for id in checks]
    return {
        "row": row,
        "rank": rank,
        "points": [points.get(todo["id"]) for todo in todos],
        "strip": draw_strip(states),
        "told": tell_strip(states),
        "causes": " ".join(str(numbers[cause]) for cause in row.causes),
        "bonus": row.report.as_dict()["bonus"],
        "problem": row.problem,
    }
