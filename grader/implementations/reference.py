"""The solution as the reference: asked live in a worker of its own, or by its frozen answers."""

from contextlib import suppress
from pathlib import Path

from grader.errors import LabError
from grader.implementations.answering import Facts, Tensors
from grader.implementations.fault import ReferenceFault
from grader.implementations.frozen import EXPECTED, Frozen, StaleAnswers
from grader.implementations.implementation import Implementation
from grader.implementations.in_worker import InWorker
from grader.lab.extensions import EXTENSION_FILES
from grader.lab.paths import SOLUTION
from grader.lab.plan import CORE_FILES
from grader.language import _
from grader.sandbox.trusted import Budget, Sandbox


def solution_files() -> dict[str, bytes]:
    """The solution, as a submission."""
    return {name: (SOLUTION / name).read_bytes() for name in (*CORE_FILES, *EXTENSION_FILES)}


def live_solution(sandbox: Sandbox) -> InWorker:
    """The solution, answering in a worker of its own."""
    return InWorker(sandbox, solution_files(), Budget(cpu_s=3600.0, answers_mb=4096, facts_kb=1 << 20))


class Reference:
    """The reference, and who answers for it: frozen answers, a worker with the solution, or both in turn.

    expected: a file of answers that were recorded before. It is read at the first question, if it is there.
    """

    def __init__(self, live: InWorker | None, expected: Path | None):
        self._live, self._expected = live, expected
        self._frozen: Frozen | None = None
        self.implementation = Implementation(
            self._answer, lambda: "" if self._frozen is None else self._frozen.weights, ReferenceFault
        )

    def _answer(self, call: str, data: Facts, tensors: Tensors) -> tuple[Facts, Tensors]:
        if self._frozen is None and self._expected is not None:
            if self._live is None or self._expected.is_file():
                self._frozen = Frozen(self._expected)
            self._expected = None
        if self._live is None:
            assert self._frozen is not None
            return self._frozen(call, data, tensors)
        if self._frozen is not None:
            with suppress(StaleAnswers):
                return self._frozen(call, data, tensors)
        return self._live(call, data, tensors)

    def rest(self) -> None:
        """End the solution's worker; it is started again where it is needed."""
        if self._live is not None:
            self._live.close()


def reference_for(sandbox: Sandbox, hidden: str | None, expected: Path | None = None) -> Reference:
    """The reference for public checks, or for hidden ones.

    expected: a file of answers to the hidden ones, recorded before; the solution is asked for others.
    Raises LabError without what it needs.
    """
    if hidden is None:
        return Reference(None, EXPECTED)
    if not SOLUTION.is_dir():
        raise LabError(_("--hidden needs the solution, and this copy of the lab has none"))
    return Reference(live_solution(sandbox), expected)
