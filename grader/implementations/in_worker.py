"""Answers from a sandboxed worker that holds a submission, or the solution."""

from grader.errors import LabError
from grader.implementations.answering import Facts, Tensors
from grader.implementations.dead_ends import DeadEnds
from grader.language import _
from grader.sandbox.trusted import Budget, Sandbox, Worker, WorkerFailed

# Of one call, in seconds of the processor: what a busy machine adds costs no student anything. A right answer
# takes milliseconds, at 572 x 572 some seconds.
CALL_LIMIT_S = 60.0
LIMITS_S = {"mask": 150.0, "picture_scores": 150.0, "weight_map_fast": 12.0}
LIMITS_S |= dict.fromkeys(("import_file", "can_be_imported", "can_be_built"), 20.0)  # nothing is computed yet
LATER_LIMIT_S = 10.0  # once a call has taken too long, so that ten endless loops do not take ten minutes
LATER = 1.05  # times the limit: when a call is ended from outside
LATER_SHARE = 0.2  # the same for calls with a limit of their own

# The tensors that a call may answer with; others are dropped on arrival. A call that is not here has its own
# names, and the budget of bytes.
SCORES, MASK = frozenset({"y"}), frozenset({"mask"})
WANTED = {
    "block": SCORES,
    "crop_and_concat": SCORES,
    "forward": frozenset({"y", "x_after", "final"}),
    "scores": SCORES,
    "picture_scores": SCORES,
    "preprocess": SCORES,
    "served_mask": frozenset({"mask", "x"}),
    "mask": MASK,
    **dict.fromkeys(("load", "keys", "layers", "crop_wiring", "wiring", "trace", "sizes"), frozenset[str]()),
    **dict.fromkeys(("can_be_built", "import_file", "can_be_imported"), frozenset[str]()),
}


class MachineTooBusy(LabError):
    """The machine, and not the submission, kept a call from its end: twice."""

    def __str__(self) -> str:
        return _("{error}: grade again when less runs here").format(error=super().__str__())


class InWorker:
    """Answers from a sandboxed worker, a fresh one after each that died.

    All of its calls share one budget of processor time, waiting and bytes.
    """

    def __init__(self, sandbox: Sandbox, files: dict[str, bytes], budget: Budget | None = None):
        self.sandbox, self.files, self.budget = sandbox, files, budget or Budget()
        self.output: list[str] = []  # what the student's code printed
        self._worker: Worker | None = None
        self._was_late = False
        self._taken = 0  # of output, by take_printed
        self._ask = DeadEnds(self._ask_patiently)

    def take_printed(self) -> str:
        """What the student's code has printed since this was asked last."""
        new, self._taken = self.output[self._taken :], len(self.output)
        return "".join(new)

    @property
    def was_late(self) -> bool:
        """Whether a call has taken too long: what is not needed is then better not asked."""
        return self._was_late

    @property
    def pid(self) -> int | None:
        """Of the worker's process; None while there is none."""
        return None if self._worker is None else self._worker.pid

    def limit_s(self, call: str) -> float:
        """Processor seconds for a call of this name, or seconds in which it only waits."""
        limit_s = LIMITS_S.get(call, CALL_LIMIT_S)
        return min(limit_s, max(LATER_LIMIT_S, LATER_SHARE * limit_s)) if self._was_late else limit_s

    def __call__(self, call: str, data: Facts, tensors: Tensors) -> tuple[Facts, Tensors]:
        """Ask the worker.

        Raises WorkerFailed, the submission's fault; MachineTooBusy and SandboxLost, nobody's and ours.
        """
        return self._ask(call, data, tensors)

    def _ask_patiently(self, call: str, data: Facts, tensors: Tensors) -> tuple[Facts, Tensors]:
        """Once more where the machine kept it from its end."""
        for _attempt in range(2):
            try:
                return self._call_worker(call, data, tensors)
            except WorkerFailed as failed:
                if failed.kind != "machine":
                    raise
                message = failed.message
        raise MachineTooBusy(message)

    def _call_worker(self, call: str, data: Facts, tensors: Tensors) -> tuple[Facts, Tensors]:
        try:
            self.budget.admit(call)
            if self._worker is None or not self._worker.alive:
                self.close()
                self._worker = self.sandbox.worker(self.files, self.budget)
            wanted = WANTED.get(call)
            limit_s = self.limit_s(call)
            # The worker's own end says in which line it was; ours, a little later, is the one that counts.
            said = data | {"limit_s": limit_s}
            answer = self._worker.call(call, said, tensors, limit_s=LATER * limit_s + 1, wanted=wanted)
        except WorkerFailed as failed:
            self._was_late |= failed.kind == "timeout"
            self.output.append(failed.output)
            raise
        self.output.append(answer.output)
        if isinstance(answer.data, dict) and answer.data.get("fault") == "timeout":
            self._was_late = True
            self.budget.late[call] += 1
        return answer.data, answer.tensors

    def close(self) -> None:
        """End the worker, if there is one."""
        if self._worker is not None:
            self._worker.close()
            self._worker = None
