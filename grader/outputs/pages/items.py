"""What the class made of each check: how many passed it, and whether it tells the good from the weak."""

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from grader.report.model import PASSED, Report

COMMONEST = 3  # causes that are named of each check


@dataclass(frozen=True)
class Item:
    """One check in a class.

    passed: the share of those who were asked. discrimination: the correlation of passing it with the points
    of all other checks, from -1 to 1; None where everybody or nobody passed, or there are fewer than three.
    """

    id: str
    title: str
    max_score: int
    asked: int
    passed: float
    discrimination: float | None
    causes: tuple[tuple[str, int], ...]


def items_of(reports: Sequence[Report]) -> list[Item]:
    """Every check that is worth points, in the order of the rubric."""
    found: dict[str, list[tuple[bool, int, str | None]]] = {}
    titles: dict[str, tuple[str, int]] = {}
    for report in reports:
        total = report.score + report.bonus
        for check in (check for todo in report.todos for check in todo.checks if check.max_score):
            titles.setdefault(check.id, (check.title, check.max_score))
            passed = check.status == PASSED
            found.setdefault(check.id, []).append((passed, total - check.score, check.cause))
    return [_item(id, *titles[id], answers) for id, answers in found.items()]


def _item(id: str, title: str, worth: int, answers: list[tuple[bool, int, str | None]]) -> Item:
    causes = Counter(cause for _, _, cause in answers if cause).most_common(COMMONEST)
    passed = [float(passed) for passed, _, _ in answers]
    rest = [float(points) for _, points, _ in answers]
    share, discrimination = round(statistics.fmean(passed), 4), _correlation(passed, rest)
    return Item(id, title, worth, len(answers), share, discrimination, tuple(causes))


def _correlation(passed: list[float], rest: list[float]) -> float | None:
    if len(passed) < 3 or len(set(passed)) < 2 or len(set(rest)) < 2:
        return None
    return round(statistics.correlation(passed, rest), 2)
