"""Runs the checks: what each is given, what it waits for, and what came of it."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from grader.checking.inputs import Draw
from grader.grading.options import Options
from grader.grading.rubric_faults import fixtures, needs, parameters
from grader.grading.withheld import place_in, place_of_ours, withheld, withheld_hint
from grader.implementations import Implementation, ReferenceFault, SubmissionFault
from grader.lab.extensions import EXTENSIONS
from grader.lab.plan import CORE
from grader.language import N_, _
from grader.report.model import FAILED, GRADER_ERROR, PASSED, WAITING, WAITS, Check, Todo
from grader.sandbox.trusted import GivenUp

OTHERS = N_("the other TODOs")  # what a check waits for where each TODO is checked by itself
ORDER = (*CORE, *EXTENSIONS)
Explain = Callable[[str, BaseException], "tuple[str, str] | None"]
Doubt = Callable[[SubmissionFault], str | None]  # what shows that a fault is the grader's own


class Waiting(Exception):
    """The check needs another one, which did not pass.

    Where that is in another TODO and its own is right so far, it keeps its points, so that no mistake is
    charged twice.
    """

    def __init__(self, title: str, is_paid_elsewhere: bool):
        super().__init__(title)
        self.is_paid_elsewhere = is_paid_elsewhere


class Scoring:
    """Runs checks, minds what each needs, and gathers the outcomes.

    A check is called as the function that it is, with those that it names of `student`, `reference`, `draw`
    (a source of inputs for this check) and `note` (something to say of it if it passes, the same words for
    every submission), and with its parameters.
    """

    def __init__(
        self,
        student: Implementation,
        reference: Implementation,
        explain: Explain | None,
        options: Options,
        doubt: Doubt = lambda fault: None,
    ):
        self._student, self._reference, self._explain = student, reference, explain
        self._options, self._doubt = options, doubt
        self.todos: dict[str, Todo] = {}
        self._checks: dict[str, Check] = {}  # by pytest's node id
        self._of_function: dict[tuple[str, str], list[Check]] = {}

    def take(self, items: Sequence[pytest.Function]) -> list[pytest.Function]:
        """Make TODOs of files and checks of functions -> those to run, in the order of the lab."""
        wanted = sorted(self._wanted(items), key=lambda item: place(item.path.stem)[0])
        for item in wanted:
            self._add(item)
        return wanted

    def run(self, items: Sequence[pytest.Function]) -> None:
        """Run these, which `take` gave. Raises KeyboardInterrupt and GivenUp."""
        for item in items:
            check = self._checks[item.nodeid]
            try:
                self._wait(item)
                self._try(item, check)
            except (KeyboardInterrupt, GivenUp):
                raise
            except Waiting as waiting:
                check.status, check.message = WAITING, _(WAITS).format(title=waiting)
                if waiting.is_paid_elsewhere:
                    said = _("{title} (not tried: another TODO is wrong)").format(title=check.title)
                    check.status, check.title = PASSED, said
            except BaseException as error:  # SystemExit and pytest's own among them
                said = f"{type(error).__name__}: {error}" if self._is_public else place_of_ours(error)
                self._blame_grader(check, said)
            if self._is_asked(item):
                self._options.on_check(check)

    def _try(self, item: pytest.Function, check: Check) -> None:
        """AssertionError and SubmissionFault are the submission's failures; all else is the grader's."""
        said: list[str] = []
        try:
            item.function(**self._arguments(item, said))
        except (AssertionError, SubmissionFault) as error:
            self._options.on_run(item.path.stem)
            self._fail(check, error)
        else:
            self._options.on_run(item.path.stem)
            check.status, check.message = PASSED, said[-1] if said else ""
        self._options.on_run(None)

    def _arguments(self, item: pytest.Function, said: list[str]) -> dict[str, Any]:
        draw = Draw(f"{item.path.stem}.{item.name}", self._options.hidden, self._options.hidden_pictures)
        there = {"student": self._student, "reference": self._reference, "draw": draw, "note": said.append}
        return {name: there[name] for name in fixtures(item)} | parameters(item)

    def _wait(self, item: pytest.Function) -> None:
        """Raises Waiting while a check that this one needs has not passed."""
        own = self.todos[item.path.stem]
        missed = [
            (needed[0] == own.id, check)
            for needed in self._needs(item)
            for check in self._of_function[needed]
            if check.status != PASSED
        ]
        if missed:
            before = own.checks[: own.checks.index(self._checks[item.nodeid])]
            is_right_so_far = bool(before) and all(check.status == PASSED for check in before)
            own_first = sorted(missed, key=lambda one: not one[0])
            raise Waiting(own_first[0][1].title, is_right_so_far and not own_first[0][0])
        if len(self._needs(item)) < len(needs(item)):
            raise Waiting(_(OTHERS), False)

    @property
    def _is_public(self) -> bool:
        return self._options.hidden is None

    def _is_asked(self, item: pytest.Function) -> bool:
        todos, checks = self._options.todos, self._options.checks
        return (todos is None or item.path.stem in todos) and (checks is None or id_of(item) in checks)

    def _wanted(self, items: Sequence[pytest.Function]) -> list[pytest.Function]:
        """The checks of the TODOs that are asked for, and those of others that they need."""
        of_function: dict[tuple[str, str], list[pytest.Function]] = {}
        for item in items:
            of_function.setdefault((item.path.stem, item.function.__name__), []).append(item)
        wanted, to_see = set[pytest.Function](), [item for item in items if self._is_asked(item)]
        while to_see:
            item = to_see.pop()
            if item not in wanted:
                wanted.add(item)
                to_see += [other for needed in self._needs(item) for other in of_function.get(needed, ())]
        return [item for item in items if item in wanted]

    def _needs(self, item: pytest.Function) -> list[tuple[str, str]]:
        """The checks that are tried before this one."""
        own = item.path.stem
        return [needed for needed in needs(item) if not self._options.by_itself or needed[0] == own]

    def _add(self, item: pytest.Function) -> None:
        id = item.path.stem
        if id not in self.todos:
            self.todos[id] = Todo(
                id, title_of(item.module, id), is_extension=item.path.parent.name == "extensions"
            )
        marker = item.get_closest_marker("points")
        title = title_of(item.function, item.name).format(**parameters(item))
        check = Check(id_of(item), title, marker.args[0] if marker else 0)
        self.todos[id].checks.append(check)
        self._checks[item.nodeid] = check
        self._of_function.setdefault((id, item.function.__name__), []).append(check)

    def _blame_grader(self, check: Check, said: str) -> None:
        check.status = GRADER_ERROR
        check.message = _("not your fault: the grader failed here ({said})").format(said=said)

    def _fail(self, check: Check, error: AssertionError | SubmissionFault) -> None:
        for fault in (error, error.__cause__):
            if isinstance(fault, ReferenceFault):
                return self._blame_grader(
                    check, _("the reference has no answer: {kind}").format(kind=fault.kind)
                )
            if isinstance(fault, SubmissionFault) and (said := self._doubt(fault)):
                return self._blame_grader(check, said)
        check.status, check.message = FAILED, str(error) or check.title
        check.cause, check.hint = (self._explain and self._explain(check.id, error)) or (None, None)
        if isinstance(error, SubmissionFault):
            check.file, check.line = place_in(error)
        if not self._is_public:
            check.message, check.hint = withheld(error), withheld_hint(check.cause, check.hint)


def id_of(item: pytest.Function) -> str:
    """The check's: its TODO, its function's name and its parameters."""
    name = "_".join([item.function.__name__.removeprefix("test_"), *map(str, parameters(item).values())])
    return f"{item.path.stem}.{name}"


def title_of(described: object, name: str) -> str:
    """The first line of its docstring, in the language of this process."""
    return _((described.__doc__ or name).strip().splitlines()[0])


def place(todo: str) -> tuple[int, str]:
    """Where a TODO stands in the report: a key to sort by."""
    return ORDER.index(todo) if todo in ORDER else len(ORDER), todo
