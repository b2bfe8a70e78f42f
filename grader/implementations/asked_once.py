"""Asks each question once, and keeps of the answer only what was asked for."""

from collections.abc import Collection
from typing import Any

import numpy as np

from grader.implementations.answering import Answering, Facts, Tensors, request_key
from grader.implementations.fault import SubmissionFault, nonsense, of_call, of_worker
from grader.sandbox.trusted import WorkerFailed

KEPT_MB = 256  # of arrays, in all; the reference's frozen answers have 50
ALWAYS = {"unreadable"}  # {name: type} of arrays that NumPy has no type for

Answer = tuple[Facts, Tensors]


class AskedOnce:
    """Callable: (call, data, tensors, names to keep) -> (facts, arrays). Raises SubmissionFault.

    A failure is remembered like an answer: an endless loop is waited for once.
    """

    def __init__(self, answering: Answering, fault: type[SubmissionFault] = SubmissionFault):
        """fault: what is raised where there is no answer."""
        self._answering, self._fault = answering, fault
        self._kept: dict[str, Answer | SubmissionFault] = {}

    def __call__(self, call: str, data: Facts, tensors: Tensors, keep: Collection[str] | None) -> Answer:
        """The answer to this question. Raises SubmissionFault."""
        names = "" if keep is None else " ".join(sorted(keep))
        key = f"{request_key(call, data, tensors)} {names}"
        if key not in self._kept:
            self._kept[key] = self._ask(call, data, tensors, keep)
            self._forget_oldest()
        answer = self._kept[key]
        if isinstance(answer, SubmissionFault):
            question = call, data, tensors  # not kept with the answer: it may be large
            raise self._fault(answer.kind, str(answer), answer.facts, question)  # new: it gets a traceback
        return answer

    def _ask(
        self, call: str, data: Facts, tensors: Tensors, keep: Collection[str] | None
    ) -> Answer | SubmissionFault:
        try:
            answer: tuple[Any, Any] = self._answering(call, data, tensors)
        except WorkerFailed as failed:
            return of_worker(failed)
        facts, arrays = answer
        if not isinstance(facts, dict) or not isinstance(arrays, dict):
            return nonsense("answer")
        if "fault" in facts:
            return of_call(facts)
        if keep is None:
            return facts, arrays
        wanted = ALWAYS.union(keep)
        return (
            {name: value for name, value in facts.items() if name in wanted},
            {name: array for name, array in arrays.items() if name in wanted},
        )

    def _forget_oldest(self) -> None:
        """What is forgotten is asked again if need be."""
        sizes = {key: _bytes(answer) for key, answer in self._kept.items()}
        while len(self._kept) > 1 and sum(sizes.values()) > KEPT_MB << 20:
            oldest = next(iter(self._kept))
            del self._kept[oldest], sizes[oldest]


def _bytes(answer: Answer | SubmissionFault) -> int:
    arrays = () if isinstance(answer, SubmissionFault) else answer[1].values()
    return sum(array.nbytes for array in arrays if isinstance(array, np.ndarray))
