"""The pytest plugin behind a grading: what a check is given, what it waits for, and what came of it."""

from collections.abc import Callable, Generator

import pytest

from grader.checking.inputs import Draw
from grader.grading.options import Options
from grader.grading.rubric_faults import dangling_need, import_fault, needs, wrong_points
from grader.grading.withheld import place_in, place_of_ours, withheld, withheld_hint
from grader.implementations import Implementation, ReferenceFault, SubmissionFault
from grader.lab.extensions import EXTENSIONS
from grader.lab.plan import CORE
from grader.language import N_, _
from grader.report.model import FAILED, GRADER_ERROR, PASSED, WAITING, WAITS, Check, Todo
from grader.sandbox.trusted import GivenUp

OTHERS = N_("the other TODOs")  # what a check waits for where each TODO is checked by itself
NOTE = "note"  # of a check that passed, among pytest's properties
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
    """Fixtures for the checks, dependencies between them, and the outcomes."""

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
        self.fault: str | None = None  # what is wrong with the rubric, with file and line
        self.was_given_up = False  # nobody waits for the outcome any more
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
    def draw(self, request: pytest.FixtureRequest) -> Draw:
        """A source of inputs for this check."""
        name = f"{request.path.stem}.{request.node.name}"
        return Draw(name, self._options.hidden, self._options.hidden_pictures)

    @pytest.fixture
    def note(self, request: pytest.FixtureRequest) -> Callable[[str], None]:
        """Something to say of this check if it passes: the same words for every submission."""
        properties: list[tuple[str, str]] = request.node.user_properties
        return lambda said: properties.append((NOTE, said))

    def pytest_collection_modifyitems(self, items: list[pytest.Function]) -> None:
        """Make TODOs of files and checks of functions; run none if the rubric contradicts itself."""
        self.fault = self.fault or dangling_need(items)
        items[:] = self._wanted(items)
        items.sort(key=lambda item: place(item.path.stem)[0])
        for item in items:
            self._add(item)
        if self._options.todos is None or set(self._options.todos) >= set(
            CORE
        ):  # else some checks are left out
            self.fault = self.fault or wrong_points(self.todos.values(), items)
        if self.fault:
            items.clear()

    def pytest_runtest_setup(self, item: pytest.Function) -> None:
        """Let a check wait while the one that it needs has not passed."""
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

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Function, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Take down the outcome.

        AssertionError and SubmissionFault are the submission's failures; all else is the grader's.
        """
        report = yield
        check, error = self._checks[item.nodeid], call.excinfo.value if call.excinfo else None
        if call.when == "call":
            self._options.on_run(item.path.stem)
        if isinstance(error, GivenUp):
            self.was_given_up, item.session.shouldstop = True, "given up"
        if error is None:
            if call.when == "call":
                check.status, check.message = PASSED, str(dict(item.user_properties).get(NOTE, ""))
        elif isinstance(error, Waiting):
            check.status, check.message = WAITING, _(WAITS).format(title=error)
            if error.is_paid_elsewhere:
                check.status, check.title = (
                    PASSED,
                    _("{title} (not tried: another TODO is wrong)").format(title=check.title),
                )
        elif isinstance(error, AssertionError | SubmissionFault) and call.when == "call":
            self._fail(check, error)
        else:
            said = f"{type(error).__name__}: {error}" if self._is_public else place_of_ours(error)
            self._blame_grader(check, said)
        if call.when == "call":
            self._options.on_run(None)
        if call.when == "teardown" and self._is_asked(item):
            self._options.on_check(check)
        return report

    def pytest_exception_interact(
        self, call: pytest.CallInfo[None], report: pytest.TestReport | pytest.CollectReport
    ) -> None:
        """Note why a file of the rubric cannot be imported."""
        if isinstance(report, pytest.CollectReport) and call.excinfo is not None:
            self.fault = self.fault or import_fault(call.excinfo.value)

    @property
    def _is_public(self) -> bool:
        return self._options.hidden is None

    def _is_asked(self, item: pytest.Function) -> bool:
        return self._options.todos is None or item.path.stem in self._options.todos

    def _wanted(self, items: list[pytest.Function]) -> list[pytest.Function]:
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
        params = item.callspec.params if hasattr(item, "callspec") else {}
        marker = item.get_closest_marker("points")
        name = "_".join([item.function.__name__.removeprefix("test_"), *map(str, params.values())])
        title = title_of(item.function, item.name).format(**params)
        check = Check(f"{id}.{name}", title, marker.args[0] if marker else 0)
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


def title_of(described: object, name: str) -> str:
    """The first line of its docstring, in the language of this process."""
    return _((described.__doc__ or name).strip().splitlines()[0])


def place(todo: str) -> tuple[int, str]:
    """Where a TODO stands in the report: a key to sort by."""
    return ORDER.index(todo) if todo in ORDER else len(ORDER), todo
