"""Mistakes in infer.py: what each known one would make of scores and pictures that we send.

A hint belongs to the check that it stands under: each check is explained by what it looks at.
Next file: preprocessed.py.
"""

import re

import numpy as np

from grader.checking.inputs import Draw
from grader.compare import Mismatch
from grader.explain import preprocessed
from grader.explain.found import Found
from grader.implementations import Array, Implementation, ServedMask, SubmissionFault

HEIGHT, WIDTH, ROWS, COLUMNS = 123, 171, 40, 56
OTHER_INPUT = "inference.other_input"
# The probability of a score of 0.5 and 0.9: a mask at these thresholds is what comes of comparing scores.
OF_SCORE = {0.5: 0.6224593312, 0.9: 0.7109495026}


def find(student: Implementation, reference: Implementation, check: str, error: BaseException) -> Found:
    """The mistake behind a failed check of infer.py, if it is a known one."""
    if isinstance(error, SubmissionFault):
        return _of_fault(student, check, error)
    if isinstance(error, Mismatch) and error.expected.ndim == 4:
        found = preprocessed.find(student, error.seen, error.expected)
        is_unsure = found is None or found[0] == "inference.input_size"  # which speaks of preprocess
        return (OTHER_INPUT, {}) if check == "real_picture" and is_unsure else found
    if check.startswith("preprocess"):
        return None
    return Probe(student, reference).difference(check)


def _of_fault(student: Implementation, check: str, error: SubmissionFault) -> Found:
    if error.kind == "returned_none":
        return "inference.nothing_returned", {}
    if "requires grad" in str(error):
        return "inference.gradients", {}
    shape = re.search(r"expected an input of shape \(N, 3, H, W\), not \(([\d, ]*)\)", str(error))
    if shape:
        axes = len(shape[1].replace(",", " ").split())
        return ("inference.input_batch_axis" if axes == 3 else "inference.input_axes"), {"found": axes}
    if check == "preprocess_other_modes" and error.kind == "raised" and _takes_colour(student):
        return "inference.not_converted", {}
    return None


def _takes_colour(student: Implementation) -> bool:
    """Whether preprocess works for a picture in RGB: then it is the mode of another that it stumbles over."""
    try:
        student.preprocess(Draw("explain.preprocess").picture("RGB", 40, 30))
    except SubmissionFault:
        return False
    return True


class Probe:
    """predict_mask at three thresholds, beside what each known mistake would give."""

    def __init__(self, student: Implementation, reference: Implementation):
        draw = Draw("explain.inference")
        self.picture, self.scores = draw.picture("RGB", WIDTH, HEIGHT), draw(1, 1, ROWS, COLUMNS)
        self._student, self._reference = student, reference

    def expected(self, threshold: float) -> Array:
        """The reference's mask at a threshold."""
        mask = self._reference.served_mask(self.picture, self.scores, threshold).mask
        assert mask is not None  # the reference returns an array
        return mask

    def ask_all(self) -> None:
        """Every question to the reference, so that the answers can be frozen."""
        for threshold in (0.2, 0.5, 0.9, *OF_SCORE.values()):
            self.expected(threshold)

    def difference(self, check: str) -> Found:
        """The known mistake that this check stumbled over."""
        served = self._student.served_mask(self.picture, self.scores)
        mask = served.mask
        if mask is None:
            nothing = served.kind == "NoneType"
            return (
                ("inference.nothing_returned", {})
                if nothing
                else ("inference.not_array", {"found": served.kind})
            )
        if check == "mask_has_the_pictures_size":
            return self._of_shape(mask)
        if check == "mask_is_zero_and_one":
            return _of_type(mask, served)
        if check == "evaluation_mode":
            return self._of_use()
        return self._of_values(mask > 0, served) if mask.shape == (HEIGHT, WIDTH) else None

    def _of_shape(self, mask: Array) -> Found:
        if mask.ndim != 2:
            return "inference.axes", {"found": mask.ndim}
        facts = {"found": f"{mask.shape[0]} x {mask.shape[1]}", "expected": f"{HEIGHT} x {WIDTH}"}
        if mask.shape == (ROWS, COLUMNS):
            return "inference.not_resized_back", facts
        if np.array_equal(mask.T > 0, self.expected(0.5) > 0):
            return "inference.transposed", {}
        return ("inference.size" if mask.shape == (WIDTH, HEIGHT) else "inference.other_size"), facts

    def _of_values(self, mask: Array, served: ServedMask) -> Found:
        """The mask at the default threshold, and at two others."""
        low, high = (self._mask(threshold) for threshold in (0.2, 0.9))
        right = self._is(mask, 0.5)
        if mask.all() and low is not None and low.all() and high is not None and not high.any():
            return "inference.sigmoid_twice", {}
        if low is not None and high is not None and np.array_equal(low, high) and np.array_equal(low, mask):
            return "inference.threshold_ignored", {}
        if self._is(~mask, 0.5):
            return self._of_complement(low)
        if self._is(mask, OF_SCORE[0.5]) and high is not None and self._is(high, OF_SCORE[0.9]):
            return "inference.sigmoid_missing", {}
        return None if right else self._of_steps(mask, served.operations)

    def _mask(self, threshold: float) -> Array | None:
        mask = self._student.served_mask(self.picture, self.scores, threshold).mask
        return mask > 0 if mask is not None and mask.shape == (HEIGHT, WIDTH) else None

    def _is(self, mask: Array, threshold: float) -> bool:
        """Whether the masks are equal except for single pixels, which lie on the threshold."""
        return bool(np.mean(mask != (self.expected(threshold) > 0)) < 5e-4)

    def _of_complement(self, low: Array | None) -> Found:
        """Tell an inverted mask, or 1 - probability, from a comparison the wrong way round.

        1 - probability is not the complement at other thresholds; and where the probability equals the
        threshold, `<` gives 0 and an inverted mask 1.
        """
        if low is not None and not self._is(~low, 0.2):
            return "inference.inverted", {}
        even = self._student.served_mask(self.picture, np.zeros_like(self.scores), 0.5).mask
        return ("inference.inverted" if even is not None and even.all() else "inference.threshold_side"), {}

    def _of_steps(self, mask: Array, operations: list[str]) -> Found:
        """Why an outline is made of steps: the mask was resized after the threshold, or without smoothing."""
        names = [name.strip("_") for name in operations]
        compared = [
            i
            for i, name in enumerate(names)
            if name in ("gt", "ge", "lt", "le", "greater", "round", "greater_equal")
        ]
        resized = [
            i
            for i, name in enumerate(names)
            if "interpolate" in name or "resize" in name or "upsample" in name
        ]
        padded = [name for name in names if name in ("pad", "constant_pad_nd")]
        if padded and not resized:
            return "inference.padded_back", {}
        if compared and (not resized or compared[0] < resized[0]):
            return "inference.threshold_first", {}
        for shift in (0.0, 0.5):  # both of torch's nearest modes
            rows = ((np.arange(HEIGHT) + shift) * ROWS / HEIGHT).astype(int)
            columns = ((np.arange(WIDTH) + shift) * COLUMNS / WIDTH).astype(int)
            if np.mean(mask != (self.scores[0, 0] > 0)[rows][:, columns]) < 0.01:
                return "inference.nearest", {}
        return None

    def _of_use(self) -> Found:
        served = self._student.served_mask(self.picture, self.scores, strict=True)
        if served.training:
            return "inference.training_mode", {}
        return ("inference.gradients", {}) if served.gradients else None


def _of_type(mask: Array, served: ServedMask) -> Found:
    """What the mask is made of, where it should be an array of 0 and 1 in uint8."""
    values = np.unique(mask)
    if served.kind == "tensor":
        return "inference.tensor", {}
    if len(values) > 2:
        return "inference.probabilities", {"found": len(values)}
    if len(values) == 2 and values[0] == 0 and values[1] != 1:
        return "inference.values_255", {"found": int(values[1])}
    if served.dtype == "uint8":
        return None
    kind = {"b": "bool", "f": "float"}.get(mask.dtype.kind, "integer")
    return f"inference.{kind}", {"found": served.dtype}
