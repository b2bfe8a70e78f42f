"""One state of a student's files in a worker of its own: asked what a run of try.py wants to know."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image

from grader.explain import Explain
from grader.grading.options import Options
from grader.grading.scoring import run_rubric
from grader.implementations import Implementation, InWorker, SubmissionFault
from grader.lab.state_dict import first_misfit
from grader.language import _
from grader.report.model import Check, Todo
from grader.sandbox.trusted import Budget, Sandbox
from grader.text import clean


class Attempt:
    """The files as they were saved; every method raises GivenUp once `is_given_up` says so."""

    def __init__(
        self,
        sandbox: Sandbox,
        files: dict[str, bytes],
        reference: Implementation,
        is_given_up: Callable[[], bool] = lambda: False,
    ):
        self.files, self._reference = files, reference
        self.worker = InWorker(sandbox, files, Budget(is_given_up=is_given_up))
        self.student = Implementation(self.worker)
        self.printed: dict[str, str] = {}  # by the code, while a TODO was checked

    def fit(self, is_told_below: bool = False) -> tuple[bool, str | None]:
        """Whether the trained weights fit the network, and what to say about that.

        is_told_below: why a network cannot be built is said by the checks.
        """
        try:
            facts = self.student.ask("load", {"channels": [3, 1]})[0]
            misfit = first_misfit(facts["found"], facts["expected"])
        except SubmissionFault as fault:
            if fault.kind == "unfilled":
                return False, None
            if is_told_below:
                return False, _("Your network cannot be built yet; the reason stands below.")
            return False, _("Your network cannot be built: {fault}").format(fault=clean(str(fault)))
        if misfit:
            return False, _("The weights do not fit your network: {misfit}").format(misfit=misfit)
        return True, _("Model loaded")

    def check(
        self,
        todos: Sequence[str] | None = None,
        on_check: Callable[[Check], None] = lambda check: None,
        by_itself: bool = False,
        checks: Sequence[str] | None = None,
    ) -> list[Todo]:
        """The public checks of these TODOs, or of all of the core. by_itself, checks: as in Options."""
        options = Options(
            todos=None if todos is None else tuple(todos),
            checks=None if checks is None else tuple(checks),
            by_itself=by_itself,
            on_check=on_check,
            on_run=self._take_printed,
        )
        return run_rubric(self.student, self._reference, Explain(self.student, self._reference), options)

    def mask(self, picture: Image.Image) -> tuple[npt.NDArray[np.uint8] | None, str]:
        """The mask (H, W) of 0 and 1, or None and why there is none."""
        try:
            mask = self.student.mask(picture)
        except SubmissionFault as fault:
            return None, _("No mask yet: {fault}").format(fault=clean(str(fault)))
        finally:
            self._take_printed("mask")
        shape = (picture.height, picture.width)
        if mask is None or mask.shape != shape:
            return None, _("No picture yet: the mask has to be an array of shape {shape}").format(shape=shape)
        return (mask > 0).astype(np.uint8), ""

    def close(self) -> None:
        """End the worker."""
        self.worker.close()

    def _take_printed(self, todo: str | None) -> None:
        text = self.worker.take_printed()
        if todo is not None and text:
            self.printed[todo] = self.printed.get(todo, "") + text
