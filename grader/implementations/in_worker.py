"""Answers from a sandboxed worker that holds a submission, or the solution."""

from grader.implementations.answering import Tensors, request_key
from grader.sandbox.trusted import Sandbox, Worker, WorkerFailed

# Of one call, by the wall clock. A right answer takes milliseconds, at 572 x 572 some seconds on a quiet
# machine: what a busy one adds must not cost a student.
CALL_LIMIT_S = 60.0
LIMITS_S = {"mask": 300.0, "picture_scores": 300.0, "weight_map_fast": 12.0}
LATER_LIMIT_S = 15.0  # once a call has taken too long, so that ten endless loops do not take ten minutes


class InWorker:
    """Answers from a sandboxed worker, a fresh one after each that died. Each request is asked once."""

    def __init__(self, sandbox: Sandbox, files: dict[str, bytes]):
        self.sandbox, self.files = sandbox, files
        self.answers: dict[str, tuple[dict, Tensors] | WorkerFailed] = {}
        self.output: list[str] = []  # what the student's code printed
        self._worker: Worker | None = None
        self._was_late = False

    @property
    def was_late(self) -> bool:
        """Whether a call has taken too long: what is not needed is then better not asked."""
        return self._was_late

    def limit_s(self, call: str) -> float:
        return LATER_LIMIT_S if self._was_late else LIMITS_S.get(call, CALL_LIMIT_S)

    def __call__(self, call: str, data: dict, tensors: Tensors) -> tuple[dict, Tensors]:
        key = request_key(call, data, tensors)
        if key not in self.answers:
            self.answers[key] = self._call_worker(call, data, tensors)
        if isinstance(self.answers[key], WorkerFailed):
            raise self.answers[key]
        return self.answers[key]

    def _call_worker(self, call: str, data: dict, tensors: Tensors):
        if self._worker is None or not self._worker.alive:
            self.close()
            self._worker = self.sandbox.worker(self.files)
        try:
            answer = self._worker.call(call, data, tensors, limit_s=self.limit_s(call))
        except WorkerFailed as failed:
            self._was_late |= failed.kind == "timeout"
            self.output.append(failed.output)
            return failed
        self.output.append(answer.output)
        return answer.data, answer.tensors

    def close(self) -> None:
        if self._worker is not None:
            self._worker.close()
            self._worker = None
