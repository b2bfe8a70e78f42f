"""Runs the rubric with pytest and gathers the outcomes into todos.

A check that fails is the submission's: AssertionError, SubmissionFault. Anything else that is
raised is the grader's own fault, and is said to be.
"""

import io
import re
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path

import pytest

from grader.checking.inputs import Draw
from grader.errors import LabError
from grader.grading.options import Options
from grader.implementations import Implementation, SubmissionFault
from grader.lab.extensions import EXTENSIONS
from grader.lab.plan import CORE
from grader.report.model import FAILED, GRADER_ERROR, PASSED, WAITING, Check, Todo

RUBRIC = Path(__file__).parents[1] / "rubric"
ORDER = (*CORE, *EXTENSIONS)
Explain = Callable[[str, BaseException], "tuple[str, str] | None"]


class Waiting(Exception):
    """The check needs another one, which did not pass."""


class Scoring:
    """The pytest plugin: fixtures for the checks, dependencies between them, and the outcomes."""

    def __init__(
        self, student: Implementation, reference: Implementation, explain: Explain | None, options: Options
    ):
        self._student, self._reference, self._explain = student, reference, explain
        self._options = options
        self.todos: dict[str, Todo] = {}
        self._checks: dict[str, Check] = {}  # by pytest's node id
        self._of_function: dict[tuple[str, str], list[Check]] = {}

    @pytest.fixture
    def student(self) -> Implementation:
        """The submission."""
        return self._student

    @pytest.fixture
    def reference(self) -> Implementation:
        """The reference, which is always right."""
        return self._reference

    @pytest.fixture
    def draw(self, request) -> Draw:
        """A source of inputs for this check."""
        name = f"{request.path.stem}.{request.node.name}"
        return Draw(name, self._options.hidden, self._options.hidden_pictures)

    def pytest_collection_modifyitems(self, items: list) -> None:
        items.sort(key=lambda item: _place(item.path.stem)[0])
        for item in items:
            id = item.path.stem
            if id not in self.todos:
                title = item.module.__doc__.strip().splitlines()[0]
                self.todos[id] = Todo(id, title, is_extension=item.path.parent.name == "extensions")
            title = (item.function.__doc__ or item.name).strip().splitlines()[0]
            params = item.callspec.params if hasattr(item, "callspec") else {}
            marker = item.get_closest_marker("points")
            name = "_".join([item.function.__name__.removeprefix("test_"), *map(str, params.values())])
            check = Check(f"{id}.{name}", title.format(**params), marker.args[0] if marker else 0)
            self.todos[id].checks.append(check)
            self._checks[item.nodeid] = check
            self._of_function.setdefault((item.path.stem, item.function.__name__), []).append(check)

    def pytest_runtest_setup(self, item) -> None:
        marker = item.get_closest_marker("points")
        needed = marker.kwargs.get("needs") if marker else None
        if needed is None:
            return
        for check in self._of_function[needed.__module__.rpartition(".")[2], needed.__name__]:
            if check.status != PASSED:
                raise Waiting(check.title)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item, call):
        report = yield
        check, error = self._checks[item.nodeid], call.excinfo.value if call.excinfo else None
        if error is None:
            if call.when == "call":
                check.status, check.message = PASSED, ""
        elif isinstance(error, Waiting):
            check.status, check.message = WAITING, f"waits for: {error}"
        elif isinstance(error, AssertionError | SubmissionFault) and call.when == "call":
            check.status, check.message = FAILED, (str(error) or check.title)
            check.cause, check.hint = self._cause_of(item, error)
            if isinstance(error, SubmissionFault):
                check.file, check.line = error.facts.get("file"), error.facts.get("line")
        else:
            check.status = GRADER_ERROR
            check.message = f"not your fault: the grader failed here ({type(error).__name__}: {error})"
        if call.when == "teardown":
            self._options.on_check(check)
        return report

    def _cause_of(self, item, error: BaseException) -> tuple[str | None, str | None]:
        if self._explain is None:
            return None, None
        return self._explain(self._checks[item.nodeid].id, error) or (None, None)


def todos_in(rubric: Path = RUBRIC) -> list[str]:
    """The ids of the core's TODOs, in the order of the lab; a file without checks is none."""
    files = {path.stem: path.read_text(encoding="utf-8") for path in rubric.glob("*.py")}
    return sorted(
        (name for name, text in files.items() if re.search(r"^def test_", text, re.MULTILINE)), key=_place
    )


def refuse_unknown(todos: Sequence[str] | None, rubric: Path = RUBRIC) -> None:
    """Raises LabError for the id of a TODO that the rubric has no checks for."""
    known = todos_in(rubric)
    for todo in todos or ():
        if todo not in (*known, *EXTENSIONS):
            raise LabError(f"there is no TODO {todo!r}; there are {', '.join(sorted(known))}")


def run_rubric(
    student: Implementation,
    reference: Implementation,
    explain: Explain | None = None,
    options: Options = Options(),  # noqa: B008 (frozen)
    rubric: Path = RUBRIC,
) -> list[Todo]:
    """Run every check of the TODOs that are asked for. An extension that turns out to be still to be
    written is left out. Raises LabError if the rubric itself cannot be collected."""
    scoring = Scoring(student, reference, explain, options)
    _run_pytest(scoring, rubric, _files(rubric, options.todos))
    return [todo for todo in scoring.todos.values() if not (todo.is_extension and todo.is_untouched)]


@cache
def total_points(rubric: Path = RUBRIC) -> dict[str, int]:
    """{TODO: what all its checks are worth}, without running any."""
    nobody = Implementation(lambda *_: ({}, {}))
    scoring = Scoring(nobody, nobody, None, Options())
    _run_pytest(scoring, rubric, _files(rubric, None), "--collect-only")
    return {id: todo.max_score for id, todo in scoring.todos.items()}


def _run_pytest(scoring: Scoring, rubric: Path, files: list[Path], *more: str) -> None:
    said = io.StringIO()
    options = [
        "-c",
        str(rubric / "pytest.ini"),
        f"--rootdir={rubric}",
        "--import-mode=importlib",
        "--assert=plain",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:terminal",
        "-p",
        "no:logging",
        "-p",
        "no:junitxml",
        "-p",
        "no:pastebin",
        "-p",
        "no:doctest",
        "-p",
        "no:unraisableexception",
        "-p",
        "no:threadexception",
        "-p",
        "no:faulthandler",
        "--disable-plugin-autoload",
        "--capture=no",
        *more,
    ]
    with redirect_stdout(said), redirect_stderr(said):
        status = pytest.main([*options, *map(str, files)], plugins=[scoring])
    if status not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED) or not scoring.todos:
        raise LabError(f"the rubric in {rubric} cannot be run: {said.getvalue().strip() or status!r}")


def _files(rubric: Path, todos: Sequence[str] | None) -> list[Path]:
    if todos is None:
        return sorted(rubric.glob("*.py"))
    return [
        rubric / "extensions" / f"{todo}.py" if todo in EXTENSIONS else rubric / f"{todo}.py"
        for todo in todos
    ]


def _place(todo: str) -> tuple[int, str]:
    """Where a TODO stands in the report."""
    return ORDER.index(todo) if todo in ORDER else len(ORDER), todo
