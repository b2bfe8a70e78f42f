"""What is wrong with the rubric itself: a need that is not met, points that do not add up, a file that fails.

An instructor reads these, with file and line, and no submission is graded until they are mended.
"""

import inspect
import traceback
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from grader.lab.plan import CORE
from grader.language import _
from grader.report.model import Todo
from grader.source import at_line

CORE_POINTS = 100
FIXTURES = ("student", "reference", "draw", "note")


def needs(item: pytest.Function) -> list[tuple[str, str]]:
    """(file's stem, function) of each check that has to pass first."""
    marker = item.get_closest_marker("points")
    needed = marker.kwargs.get("needs", ()) if marker else ()
    return [(one.__module__.rpartition(".")[2], one.__name__) for one in needed]


def parameters(item: pytest.Function) -> dict[str, object]:
    """What @pytest.mark.parametrize gives this one."""
    return dict(item.callspec.params) if hasattr(item, "callspec") else {}


def fixtures(item: pytest.Function) -> list[str]:
    """The names of what the check wants to be given beside its parameters."""
    given = parameters(item)
    return [name for name in inspect.signature(item.function).parameters if name not in given]


def unknown_fixture(items: Sequence[pytest.Function]) -> str | None:
    """A check that wants what no check is given, with file and line."""
    for item in items:
        for name in fixtures(item):
            if name not in FIXTURES:
                said = _("{item}: no check is given {name!r}; there are {known}")
                return said.format(item=_where(item), name=name, known=", ".join(FIXTURES))
    return None


def dangling_need(items: Sequence[pytest.Function]) -> str | None:
    """A check that needs one that is not there, with file and line."""
    known = {(item.path.stem, item.function.__name__) for item in items}
    for item in items:
        for needed in needs(item):
            if needed not in known:
                return _("{item}: needs={needed}, which is no check of {file}.py").format(
                    item=_where(item), needed=needed[1], file=needed[0]
                )
    return None


def wrong_points(todos: Iterable[Todo], items: Sequence[pytest.Function]) -> str | None:
    """A sum of the core's points that is not 100, and where each TODO's checks begin."""
    core = [todo for todo in todos if not todo.is_extension]
    points = sum(todo.max_score for todo in core)
    if {todo.id for todo in core} >= set(CORE) and points != CORE_POINTS:
        first = {item.path.stem: item for item in reversed(items) if item.get_closest_marker("points")}
        each = [f"{_where(first[todo.id])}: {todo.id}, {todo.max_score}" for todo in core]
        return _("its checks are worth {points} points, not {core_points} ({each})").format(
            points=points, core_points=CORE_POINTS, each="; ".join(each)
        )
    return None


def _where(item: pytest.Function) -> str:
    return at_line(item.path.name, inspect.unwrap(item.function).__code__.co_firstlineno)


def import_fault(error: BaseException) -> str:
    """What went wrong in a file, and on which line of it."""
    error = error.__cause__ or error  # pytest wraps some of them
    file, line, said = None, None, str(error)
    if isinstance(error, SyntaxError) and error.filename:
        file, line, said = error.filename, error.lineno, error.msg
    elif frames := traceback.extract_tb(error.__traceback__):
        own = [frame for frame in frames if "pytest" not in Path(frame.filename).parts] or list(frames)
        file, line = own[-1].filename, own[-1].lineno
    place_of_fault = f"{at_line(Path(file).name, line)}: " if file else ""
    return f"{place_of_fault}{type(error).__name__}: {said}"
