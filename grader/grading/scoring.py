"""Runs the rubric, and gathers the outcomes into TODOs. Next files: collecting.py, running.py."""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest

from grader.errors import LabError
from grader.grading.collecting import cannot_be_run, collected
from grader.grading.options import Options
from grader.grading.rubric_faults import wrong_points
from grader.grading.running import Doubt, Explain, Scoring, place
from grader.implementations import Implementation
from grader.lab.extensions import EXTENSIONS
from grader.lab.plan import CORE
from grader.language import _
from grader.report.model import Todo

RUBRIC = Path(__file__).parents[1] / "rubric"


def todos_in(rubric: Path = RUBRIC) -> list[str]:
    """The ids of the core's TODOs, in the order of the lab; a file without checks is none."""
    files = {path.stem: path.read_text(encoding="utf-8") for path in rubric.glob("*.py")}
    return sorted(
        (name for name, text in files.items() if re.search(r"^def test_", text, re.MULTILINE)), key=place
    )


def refuse_unknown(todos: Sequence[str] | None, rubric: Path = RUBRIC) -> None:
    """Raise LabError for the id of a TODO that the rubric has no checks for."""
    known = todos_in(rubric)
    for todo in todos or ():
        if todo not in (*known, *EXTENSIONS):
            known_ones = ", ".join(sorted(known))
            raise LabError(
                _("there is no TODO {todo!r}; there are {known}").format(todo=todo, known=known_ones)
            )


def run_rubric(
    student: Implementation,
    reference: Implementation,
    explain: Explain | None = None,
    options: Options = Options(),  # noqa: B008 (frozen)
    rubric: Path = RUBRIC,
    doubt: Doubt = lambda fault: None,
) -> list[Todo]:
    """Run every check of the TODOs that are asked for. doubt: see second_opinion.py.

    An extension that turns out to be still to be written is left out. Raises LabError where the rubric
    cannot be imported or contradicts itself, KeyboardInterrupt for Ctrl-C, and GivenUp where the submission's
    budget says that nobody waits.
    """
    scoring = Scoring(student, reference, explain, options, doubt)
    scoring.run(_checks(scoring, rubric, options.todos))
    asked = [todo for todo in scoring.todos.values() if options.todos is None or todo.id in options.todos]
    return [todo for todo in asked if not (todo.is_extension and todo.is_untouched)]


@cache
def total_points(rubric: Path = RUBRIC) -> dict[str, int]:
    """{TODO: what all its checks are worth}, without running any. Raises LabError as run_rubric does."""
    nobody = Implementation(lambda *_: ({}, {}))
    scoring = Scoring(nobody, nobody, None, Options())
    _checks(scoring, rubric, None)
    return {id: todo.max_score for id, todo in scoring.todos.items()}


def _checks(scoring: Scoring, rubric: Path, todos: Sequence[str] | None) -> list[pytest.Function]:
    """The checks to run. Raises LabError."""
    found = collected(rubric, _files(rubric, todos))
    checks, fault = scoring.take(found.items), found.fault
    if fault is None and (todos is None or set(todos) >= set(CORE)):  # else some checks are left out
        fault = wrong_points(scoring.todos.values(), checks)
    if fault is not None:
        raise LabError(cannot_be_run(rubric, fault))
    return checks


def _files(rubric: Path, todos: Sequence[str] | None) -> list[Path]:
    """The extensions asked for; of the core all or none, since one TODO may need checks of another."""
    extensions = [todo for todo in todos or () if todo in EXTENSIONS]
    core = sorted(rubric.glob("*.py")) if todos is None or len(extensions) < len(todos) else []
    return [*core, *(rubric / "extensions" / f"{todo}.py" for todo in extensions)]
