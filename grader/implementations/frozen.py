"""Frozen answers: what the solution answers to the questions of the public checks, in assets/expected.npz.

A student's copy has no solution/. `release` records the answers under the key of each question; they are
values, not code.
"""

import json
from pathlib import Path

import numpy as np

from grader.compare import Mismatch, assert_same
from grader.errors import LabError
from grader.implementations.answering import Array, Facts, Tensors, request_key
from grader.implementations.recording import Recording
from grader.lab.fingerprints import fingerprints
from grader.lab.paths import ASSETS
from grader.language import _

EXPECTED = ASSETS / "expected.npz"


class StaleAnswers(LabError):
    """A question that was not asked when the answers were frozen: a fault of the grader."""


class Frozen:
    """Answers from the file."""

    def __init__(self, path: Path = EXPECTED):
        try:
            with np.load(path, allow_pickle=False) as file:
                facts = json.loads(str(file["facts"]))
                self.weights = str(file["weights"]) if "weights" in file.files else ""
                self.released = json.loads(str(file["released"])) if "released" in file.files else {}
                self.answers: dict[str, tuple[Facts, Tensors]] = {
                    key: (said, {name: file[f"{key}.{name}"] for name in names})
                    for key, (said, names) in facts.items()
                }
        except FileNotFoundError:
            raise LabError(_("{path} is missing: get the lab's files again").format(path=path)) from None
        except Exception as error:
            raise LabError(
                _("{path} cannot be read ({error}): get the lab's files again").format(path=path, error=error)
            ) from None

    def __call__(self, call: str, data: Facts, tensors: Tensors) -> tuple[Facts, Tensors]:
        """The answer to this question. Raises StaleAnswers where it is not known."""
        key = request_key(call, data, tensors)
        if key not in self.answers:
            raise StaleAnswers(
                _("the frozen answers do not know this question; run `python -m grader release`")
            )
        facts, answer = self.answers[key]
        return facts, dict(answer)

    def agrees_with(self, recording: Recording) -> bool:
        """The same questions, and answers that a check would take for the same."""
        if self.released != fingerprints() or self.weights != recording.weights:
            return False
        if self.answers.keys() != recording.answers.keys():
            return False
        for key, (facts, answer) in recording.answers.items():
            known, frozen = self.answers[key]
            if known != json.loads(json.dumps(facts)) or frozen.keys() != answer.keys():
                return False
            if not all(_agree(frozen[name], array) for name, array in answer.items()):
                return False
        return True


def _agree(frozen: Array, fresh: Array) -> bool:
    """Equal, up to what another processor may change; in a mask, single pixels on the threshold."""
    if frozen.dtype == np.uint8 == fresh.dtype and frozen.shape == fresh.shape:
        return bool(np.mean(frozen != fresh) < 1e-4)
    try:
        assert_same(frozen, fresh, _("the answer"))
    except Mismatch:
        return False
    return True
