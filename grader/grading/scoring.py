"""Runs the rubric with pytest, and gathers the outcomes into TODOs. Next file: plugin.py."""

import io
import re
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path

import pytest

from grader.errors import LabError
from grader.grading.options import Options
from grader.grading.plugin import Doubt, Explain, Scoring, place
from grader.implementations import Implementation
from grader.lab.extensions import EXTENSIONS
from grader.language import _
from grader.report.model import Todo
from grader.sandbox.trusted import GivenUp

RUBRIC = Path(__file__).parents[1] / "rubric"
# What pytest brings along, and a grading has no use for: it prints nothing, and writes no file.
LEFT_OUT = (
    "cacheprovider",
    "terminal",
    "logging",
    "junitxml",
    "pastebin",
    "doctest",
    "unraisableexception",
    "threadexception",
    "faulthandler",
    "warnings",
    "unittest",
    "tmpdir",
    "monkeypatch",
    "recwarn",
    "stepwise",
    "setuponly",
    "setupplan",
    "debugging",
    "freeze_support",
    "legacypath",
    "subtests",
    "skipping",
)


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
    _run_pytest(scoring, rubric, _files(rubric, options.todos))
    asked = [todo for todo in scoring.todos.values() if options.todos is None or todo.id in options.todos]
    return [todo for todo in asked if not (todo.is_extension and todo.is_untouched)]


@cache
def total_points(rubric: Path = RUBRIC) -> dict[str, int]:
    """{TODO: what all its checks are worth}, without running any. Raises LabError as run_rubric does."""
    nobody = Implementation(lambda *_: ({}, {}))
    scoring = Scoring(nobody, nobody, None, Options())
    _run_pytest(scoring, rubric, _files(rubric, None), "--collect-only")
    return {id: todo.max_score for id, todo in scoring.todos.items()}


def _run_pytest(scoring: Scoring, rubric: Path, files: list[Path], *more: str) -> None:
    options = [
        "-c",
        str(rubric / "pytest.ini"),
        f"--rootdir={rubric}",
        "--import-mode=importlib",
        "--assert=plain",
        *(word for name in LEFT_OUT for word in ("-p", f"no:{name}")),
        "--disable-plugin-autoload",
        "--capture=no",
        *more,
    ]
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        status = pytest.main([*options, *map(str, files)], plugins=[scoring])
    if scoring.was_given_up:
        raise GivenUp
    if status == pytest.ExitCode.INTERRUPTED and not scoring.fault:  # by Ctrl-C, wherever it came
        raise KeyboardInterrupt
    could_run = status in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED) and scoring.todos
    if scoring.fault or not could_run:
        why = scoring.fault or said.getvalue().strip() or repr(status)
        raise LabError(_("the rubric in {rubric} cannot be run: {why}").format(rubric=rubric, why=why))


def _files(rubric: Path, todos: Sequence[str] | None) -> list[Path]:
    """The extensions asked for; of the core all or none, since one TODO may need checks of another."""
    extensions = [todo for todo in todos or () if todo in EXTENSIONS]
    core = sorted(rubric.glob("*.py")) if todos is None or len(extensions) < len(todos) else []
    return [*core, *(rubric / "extensions" / f"{todo}.py" for todo in extensions)]
