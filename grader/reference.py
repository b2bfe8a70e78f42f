"""The reference: what the solution answers, asked live or frozen in assets/expected.npz.

A student's copy has no solution/. What the solution answers to the questions of the public
checks is recorded by `release`, under the key of each question; it is values, not code.
"""

import io
import json
from pathlib import Path

import numpy as np

from grader.compare import Mismatch, assert_same
from grader.errors import LabError
from grader.lab.extensions import FILES, fingerprints
from grader.lab.files import write_bytes
from grader.lab.paths import ASSETS, SOLUTION
from grader.sandbox.trusted import Sandbox
from grader.student import InWorker, Network, Tensors, request_key

EXPECTED = ASSETS / "expected.npz"


def solution_files() -> dict[str, bytes]:
    """The solution, as a submission."""
    return {name: (SOLUTION / name).read_bytes() for name in ("unet.py", "infer.py", *FILES)}


class StaleReference(Exception):
    """A question that was not asked when the answers were frozen: a fault of the grader."""


class Frozen:
    """Answers from the file."""

    def __init__(self, path: Path = EXPECTED):
        try:
            with np.load(path, allow_pickle=False) as file:
                self._facts = json.loads(str(file["facts"]))
                self.released = json.loads(str(file["released"])) if "released" in file.files else {}
                self._tensors = {name: file[name] for name in file.files if name not in ("facts", "released")}
        except FileNotFoundError:
            raise LabError(f"{path} is missing: get the lab's files again") from None
        except Exception as error:
            raise LabError(f"{path} cannot be read ({error}): get the lab's files again") from None

    def __call__(self, call: str, data: dict, tensors: Tensors) -> tuple[dict, Tensors]:
        key = request_key(call, data, tensors)
        if key not in self._facts:
            raise StaleReference(
                "the frozen answers do not know this question; run `python -m grader release`"
            )
        facts, names = self._facts[key]
        return facts, {name: self._tensors[f"{key}.{name}"] for name in names}

    def agrees_with(self, recording: "Recording") -> bool:
        """The same questions, and answers that a check would take for the same."""
        if self.released != fingerprints():
            return False
        if self._facts.keys() != recording.answers.keys():
            return False
        for key, (facts, answer) in recording.answers.items():
            if self._facts[key] != [json.loads(json.dumps(facts)), sorted(answer)]:
                return False
            if not all(_agree(self._tensors[f"{key}.{name}"], array) for name, array in answer.items()):
                return False
        return True


def _agree(frozen: np.ndarray, fresh: np.ndarray) -> bool:
    """Equal, up to what another processor may change; in a mask, single pixels on the threshold."""
    if frozen.dtype == np.uint8 == fresh.dtype and frozen.shape == fresh.shape:
        return bool(np.mean(frozen != fresh) < 1e-4)
    try:
        assert_same(frozen, fresh, "the answer")
    except Mismatch:
        return False
    return True


class Recording:
    """Passes questions on, and remembers them with their answers; `answered` need not be asked again."""

    def __init__(self, ask: InWorker, answered: dict[str, tuple[dict, Tensors]] | None = None):
        self._ask, self._answered, self.answers = ask, answered or {}, {}

    def __call__(self, call: str, data: dict, tensors: Tensors) -> tuple[dict, Tensors]:
        key = request_key(call, data, tensors)
        if key in self._answered:
            self.answers[key] = self._answered[key]
            return self.answers[key]
        facts, answer = self._ask(call, data, tensors)
        answer = {
            name: array
            for name, array in answer.items()
            if name != "x_after" and not (call == "served_mask" and name == "x")
        }
        self.answers[key] = (facts, answer)
        return facts, answer

    def as_bytes(self) -> bytes:
        """The file of frozen answers; the same answers give the same bytes."""
        facts = {key: [facts, sorted(answer)] for key, (facts, answer) in sorted(self.answers.items())}
        arrays = {
            f"{key}.{name}": answer[name]
            for key, (_, answer) in sorted(self.answers.items())
            for name in sorted(answer)
        }
        buffer = io.BytesIO()
        texts = {"facts": np.array(json.dumps(facts)), "released": np.array(json.dumps(fingerprints()))}
        np.savez_compressed(buffer, **texts, **arrays)
        return buffer.getvalue()

    def save(self, path: Path = EXPECTED) -> None:
        """Write the file. Raises LabError where it cannot be written."""
        write_bytes(path, self.as_bytes())


def live(sandbox: Sandbox) -> InWorker:
    """The solution, answering in a worker of its own."""
    return InWorker(sandbox, solution_files())


def network(sandbox: Sandbox, hidden: str | None) -> Network:
    """The reference for public checks, or for hidden ones. Raises LabError without what it needs."""
    if hidden is None:
        return Network(Frozen())
    if not SOLUTION.is_dir():
        raise LabError("--hidden needs the solution, and this copy of the lab has none")
    return Network(live(sandbox))
