"""Answers from a sandboxed worker that holds a submission, or the solution."""

from grader.implementations.answering import Facts, Tensors
from grader.sandbox.trusted import Sandbox, Worker, WorkerFailed

# Of one call, by the wall clock. A right answer takes milliseconds, at 572 x 572 some seconds on a quiet
# machine: what a busy one adds must not cost a student.
CALL_LIMIT_S = 60.0
LIMITS_S = {"mask": 300.0, "picture_scores": 300.0, "weight_map_fast": 12.0}
LATER_LIMIT_S = 15.0  # once a call has taken too long, so that ten endless loops do not take ten minutes


class InWorker:
    """Answers from a sandboxed worker, a fresh one after each that died."""

    def __init__(self, sandbox: Sandbox, files: dict[str, bytes]):
        self.sandbox, self.files = sandbox, files
        self.output: list[str] = []  # what the student's code printed
        self._worker: Worker | None = None
        self._was_late = False

    @property
    def was_late(self) -> bool:
        """Whether a call has taken too long: what is not needed is then better not asked."""
        return self._was_late

    def limit_s(self, call: str) -> float:
        """How long the worker may take over this call, by the wall clock."""
        return LATER_LIMIT_S if self._was_late else LIMITS_S.get(call, CALL_LIMIT_S)

    def __call__(self, call: str, data: Facts, tensors: Tensors) -> tuple[Facts, Tensors]:
        """Ask the worker. Raises WorkerFailed, the submission's fault, or SandboxLost, ours."""
        if self._worker is None or not self._worker.alive:
            self.close()
            self._worker = self.sandbox.worker(self.files)
        try:
            answer = self._worker.call(call, data, tensors, limit_s=self.limit_s(call))
        except WorkerFailed as failed:
            self._was_late |= failed.kind == "timeout"
            self.output.append(failed.output)
            raise
        self.output.append(answer.output)
        return answer.data, answer.tensors

    def close(self) -> None:
        """End the worker, if there is one."""
        if self._worker is not None:
            self._worker.close()
            self._worker = None
