"""Finds the checks of a rubric with pytest: once for each state of its files, however many are graded."""

import io
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pytest

from grader.errors import LabError
from grader.grading.rubric_faults import dangling_need, import_fault, unknown_fixture
from grader.language import _

# What pytest brings along, and finding checks has no use for: it prints nothing, and writes no file.
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
KEPT = 8  # rubrics, or choices of files from one


@dataclass(frozen=True)
class Collected:
    """The checks, in the order of their files; or what is wrong with the rubric, with file and line."""

    items: tuple[pytest.Function, ...]
    fault: str | None = None


def collected(rubric: Path, files: Sequence[Path]) -> Collected:
    """The checks in these files. Raises LabError where pytest itself fails, KeyboardInterrupt for Ctrl-C."""
    return _collected(rubric, tuple(files), tuple(_state(file) for file in files))


def cannot_be_run(rubric: Path, why: str) -> str:
    """What is said of a rubric with a fault."""
    return _("the rubric in {rubric} cannot be run: {why}").format(rubric=rubric, why=why)


def _state(file: Path) -> tuple[int, int]:
    try:
        found = file.stat()
    except OSError:  # pytest says so
        return 0, 0
    return found.st_mtime_ns, found.st_size


@lru_cache(KEPT)
def _collected(rubric: Path, files: tuple[Path, ...], state: tuple[tuple[int, int], ...]) -> Collected:
    options = [
        "-c",
        str(rubric / "pytest.ini"),
        f"--rootdir={rubric}",
        "--import-mode=importlib",
        "--assert=plain",
        *(word for name in LEFT_OUT for word in ("-p", f"no:{name}")),
        "--disable-plugin-autoload",
        "--capture=no",
        "--collect-only",
    ]
    seen, said = _Seen(), io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        status = pytest.main([*options, *map(str, files)], plugins=[seen])
    if seen.fault is not None:
        return Collected((), seen.fault)
    if status == pytest.ExitCode.INTERRUPTED:  # by Ctrl-C, wherever it came
        raise KeyboardInterrupt
    if status != pytest.ExitCode.OK:
        raise LabError(cannot_be_run(rubric, said.getvalue().strip() or repr(status)))
    return Collected(tuple(seen.items), dangling_need(seen.items) or unknown_fixture(seen.items))


class _Seen:
    """A plugin that takes down what pytest finds."""

    def __init__(self) -> None:
        self.items: list[pytest.Function] = []
        self.fault: str | None = None

    def pytest_collection_modifyitems(self, items: list[pytest.Function]) -> None:
        """All of the checks."""
        self.items = list(items)

    def pytest_exception_interact(
        self, call: pytest.CallInfo[None], report: pytest.TestReport | pytest.CollectReport
    ) -> None:
        """Note why a file of the rubric cannot be imported."""
        if isinstance(report, pytest.CollectReport) and call.excinfo is not None:
            self.fault = self.fault or import_fault(call.excinfo.value)
