"""What the grader gives a mutant, and whether that is what the oracle says it deserves."""

from dataclasses import dataclass
from pathlib import Path

from grader.grading.options import Options
from grader.grading.scoring import run_rubric
from grader.implementations import Frozen, Implementation, InWorker, Tensors, request_key
from grader.lab.extensions import EXTENSIONS
from grader.report.model import GRADER_ERROR
from grader.sandbox.trusted import Sandbox, WorkerFailed

from .extension_oracle import ExtensionOracle
from .generate import Mutant
from .oracle import Oracle

OF_INFER = {"can_be_imported", "preprocess", "served_mask"}  # calls that run infer.py and nothing of unet.py


@dataclass(frozen=True)
class Verdict:
    """One mutant: right or wrong, and what it lost."""

    mutant: str
    where: str
    said: str
    is_right: bool
    lost: dict[str, int]  # {TODO: points}
    error: str = ""  # of the grader

    @property
    def is_fair(self) -> bool:
        """Right ones lose nothing, wrong ones in one TODO alone, and that is theirs."""
        if self.error:
            return False
        if self.is_right:
            return not self.lost
        return len(self.lost) == 1 and set(self.lost) <= todos_of(self.where)


class ExtensionJudge:
    """Grades mutants of one extension, which is its only TODO."""

    def __init__(self, sandbox: Sandbox, file: str):
        self._sandbox, self._oracle, self._todo = sandbox, ExtensionOracle(file), Path(file).stem
        self._reference = Implementation(Frozen())

    def __call__(self, mutant: Mutant) -> Verdict:
        """Both opinions of one mutant."""
        worker = InWorker(self._sandbox, {mutant.file: mutant.text.encode()})
        try:
            options = Options(todos=(self._todo,))
            todos = run_rubric(Implementation(worker), self._reference, options=options)
        finally:
            worker.close()
        errors = [c.message for todo in todos for c in todo.checks if c.status == GRADER_ERROR]
        lost = {todo.id: todo.max_score - todo.score for todo in todos if todo.score < todo.max_score}
        is_right = self._oracle(mutant.file, mutant.text)
        return Verdict(mutant.id, self._todo, mutant.said, is_right, lost, "; ".join(errors))


def todos_of(where: str) -> set[str]:
    """Where a change at this place may cost points."""
    name = where.rpartition(".")[2]
    if where in EXTENSIONS:
        return {where}
    if where.startswith("CropAndConcat"):
        return {"crop_and_concat"}
    if where == "UNet.forward":
        return {"forward"}
    if where in ("preprocess", "predict_mask"):
        return {"inference"}
    if name.startswith(("down_sample", "concat")):
        return {"forward", "conv_blocks"}  # the latter where __init__ ends here, before the blocks
    if where.startswith("UNet.__init__"):
        return {"conv_blocks"}
    return {"conv_blocks", "crop_and_concat", "forward", "inference"}  # beside all functions


class Judge:
    """Grades mutants in one sandbox. The file that is as it was is asked only once for all of them."""

    def __init__(self, sandbox: Sandbox, oracle: Oracle):
        self._sandbox, self._oracle = sandbox, oracle
        self._reference = Implementation(Frozen())
        self._answered: dict[tuple[str, str], tuple[dict, Tensors] | WorkerFailed] = {}

    def __call__(self, mutant: Mutant) -> Verdict:
        """Both opinions of one mutant."""
        worker = InWorker(self._sandbox, {name: text.encode() for name, text in mutant.files.items()})

        def ask(call: str, data: dict, tensors: Tensors) -> tuple[dict, Tensors]:
            is_of_infer = call in OF_INFER or data.get("name") == "infer"
            if is_of_infer == (mutant.file == "infer.py"):
                return worker(call, data, tensors)
            key = (call, request_key(call, data, tensors))
            if key not in self._answered:
                try:
                    self._answered[key] = worker(call, data, tensors)
                except WorkerFailed as failed:
                    self._answered[key] = failed
            answer = self._answered[key]
            if isinstance(answer, WorkerFailed):
                raise answer
            return answer

        try:
            todos = run_rubric(Implementation(ask), self._reference, options=Options())
        finally:
            worker.close()
        errors = [c.message for todo in todos for c in todo.checks if c.status == GRADER_ERROR]
        lost = {todo.id: todo.max_score - todo.score for todo in todos if todo.score < todo.max_score}
        is_right = self._oracle(mutant.file, mutant.text)
        return Verdict(mutant.id, mutant.where, mutant.said, is_right, lost, "; ".join(errors))
