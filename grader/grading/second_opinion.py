"""Whether a failure is the grader's own: the solution is asked what the submission could not answer.

Our code runs beside the student's, so a fault of ours comes back as an exception like one of theirs, and
what the worker says of the place is a claim. So the solution answers the same question in a worker of its
own. If it fails as well, the grader cannot ask this question here, and nobody loses a point by it. If it
does not, the failure is the submission's: whoever pretends that it was ours wins nothing.
"""

from grader.errors import LabError
from grader.implementations import InWorker, SubmissionFault, live_solution, request_key
from grader.implementations.answering import Facts, Tensors
from grader.lab.paths import SOLUTION
from grader.language import _
from grader.sandbox.trusted import Sandbox, WorkerFailed

FROM_OUTSIDE = ("died", "memory", "too_large", "nonsense", "timeout")  # kinds that may have no line
TRIES = 2  # the second time in a fresh worker, so that no accident counts


def is_in_doubt(fault: SubmissionFault) -> bool:
    """Whether it may have come about in a line of ours: none of the student's is named, or ours is deeper."""
    if fault.kind not in ("raised", *FROM_OUTSIDE) or fault.question is None:
        return False
    return bool(fault.facts.get("ours")) or not fault.facts.get("file")


class SecondOpinion:
    """Asks the solution, once for each question of a class; never where there is no solution.

    `rest` after each submission: the solution's worker takes memory.
    """

    def __init__(self, sandbox: Sandbox):
        self._sandbox = sandbox
        self._solution: InWorker | None = None
        self._said: dict[str, str | None] = {}

    def __call__(self, fault: SubmissionFault) -> str | None:
        """What goes wrong with this question for the solution, too; None where nothing does."""
        if not is_in_doubt(fault) or fault.question is None or not SOLUTION.is_dir():
            return None
        key = request_key(*fault.question)
        if key not in self._said:
            self._said[key] = self._asked(*fault.question)
        return self._said[key]

    def rest(self) -> None:
        """End the solution's worker; it is started again where it is needed."""
        if self._solution is not None:
            self._solution.close()
            self._solution = None

    def _asked(self, call: str, data: Facts, tensors: Tensors) -> str | None:
        said: str | None = None
        for _try in range(TRIES):
            self._solution = self._solution or live_solution(self._sandbox)
            said = self._failure(self._solution, call, data, tensors)
            if said is None:
                return None
            self.rest()
        return _("the solution fails in {call} as well: {said}").format(call=call, said=said)

    @staticmethod
    def _failure(solution: InWorker, call: str, data: Facts, tensors: Tensors) -> str | None:
        try:
            facts, _none = solution(call, data, tensors)
        except WorkerFailed as failed:
            place = f" at {failed.ours}" if failed.ours else ""
            return f"{failed.exception or failed.kind}{place}"
        except LabError as error:  # the machine was too busy, or the sandbox is gone
            return str(error)
        return str(facts["fault"]) if "fault" in facts else None
