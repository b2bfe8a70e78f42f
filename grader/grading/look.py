"""What a page shows beside the points, and no points depend on: the mask of a picture, the graph of forward.

Under hidden inputs it is asked before the submission's process gets any of them, or of a fresh one: a mask
has room to spell them all.
"""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from grader.checking.as_a_whole import is_right_as_a_whole
from grader.checking.inputs import Draw
from grader.explain.forward import questions
from grader.grading.mask import Shown, compute_mask, foreseen_mask, show_known, show_mask
from grader.grading.options import Options
from grader.implementations import Implementation, InWorker, SubmissionFault


@dataclass(frozen=True)
class Pictures:
    """What was seen."""

    mask: Shown = field(default_factory=Shown)
    wiring: dict[str, Any] | None = None


class Look:
    """One look at one submission. `before` is for hidden inputs, ahead of the checks."""

    def __init__(
        self, worker: InWorker, reference: Implementation, known: Implementation | None, options: Options
    ):
        self._worker, self._reference, self._known = worker, reference, known
        self._options, self._public = options, replace(options, hidden=None)
        self._foreseen: np.ndarray | None = None
        self._seen: Pictures | None = None

    def before(self) -> None:
        """Draw the graph, and the mask; or foresee it for a network that turns out to be right."""
        student, mask = Implementation(self._worker), Shown()
        if self._options.mask == "auto":
            self._foreseen = foreseen_mask(student, self._known)
        if self._foreseen is None:
            mask = compute_mask(student, self._reference, self._known, self._public)
        self._seen = Pictures(mask, self._wiring(student))

    def after(self, student: Implementation) -> Pictures:
        """All of it. student: as the checks have asked it, so that nothing is asked twice."""
        if self._seen is None:
            mask = show_mask(student, self._reference, self._known, self._public)
            return Pictures(mask, self._wiring(student))
        if self._foreseen is None:
            return self._seen
        if is_right_as_a_whole(student, self._reference, Draw("as a whole", self._options.hidden)):
            return replace(self._seen, mask=show_known(self._foreseen, self._known))
        self._worker.close()  # it has seen hidden inputs; the next one has not
        fresh = Implementation(self._worker)
        return replace(self._seen, mask=compute_mask(fresh, self._reference, self._known, self._public))

    def _wiring(self, student: Implementation) -> dict[str, Any] | None:
        """The graphs that both draw of forward: claims, to look at. Some milliseconds."""
        if self._worker.was_late:
            return None
        x, weights = questions()
        try:
            return {"seen": student.wiring(x, weights), "expected": self._reference.wiring(x, weights)}
        except SubmissionFault:
            return None
