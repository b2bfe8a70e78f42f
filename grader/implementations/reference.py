"""The solution as the reference: asked live in a worker of its own, or by its frozen answers."""

from grader.errors import LabError
from grader.implementations.frozen import Frozen
from grader.implementations.implementation import Implementation
from grader.implementations.in_worker import InWorker
from grader.lab.extensions import EXTENSION_FILES
from grader.lab.paths import SOLUTION
from grader.lab.plan import CORE_FILES
from grader.sandbox.trusted import Budget, Sandbox


def solution_files() -> dict[str, bytes]:
    """The solution, as a submission."""
    return {name: (SOLUTION / name).read_bytes() for name in (*CORE_FILES, *EXTENSION_FILES)}


def live_solution(sandbox: Sandbox) -> InWorker:
    """The solution, answering in a worker of its own."""
    return InWorker(sandbox, solution_files(), Budget(cpu_s=3600.0, answers_mb=4096, facts_kb=1 << 20))


def reference_for(sandbox: Sandbox, hidden: str | None) -> Implementation:
    """The reference for public checks, or for hidden ones. Raises LabError without what it needs."""
    if hidden is None:
        return Implementation(Frozen())
    if not SOLUTION.is_dir():
        raise LabError("--hidden needs the solution, and this copy of the lab has none")
    return Implementation(live_solution(sandbox))
