"""The mask of a whole picture in the report: computed by the network, or from scores that are known.

One forward of 572 x 572 takes 3 s and 0.9 GB. `auto` leaves it out where the submission's network is the
solution's: its scores of the lab's own picture are then the solution's, which are frozen in assets/known.npz,
and only the student's `predict_mask` runs, on those. Three things must hold.

1. Numbers that we compare: the scores of the whole network with the trained weights, in both modes, for two
   small inputs that we draw. The sides differ and every level crops, so swapped height and width,
   renamed or hard-coded layers, another operation or another order all show.
2. What `predict_mask` gives the network, once, is what the solution's `preprocess` gives for the picture, or
   would give with another smooth filter: the solution's scores are known for each of them.
3. The graph of the forward at 572 x 572, in the mode that `predict_mask` runs it in, has the digest of the
   solution's, with names and shapes of the weights in it. It tells what small inputs cannot: that the
   network does the same thing at this size.

If anything differs or fails, the network runs for real; with `always` it runs in any case. The small inputs
are those of the rubric's last check of forward, so the first costs nothing here. Under hidden inputs 2 and 3
come before the process has seen any of them, and 1 after the checks.

**What a lie can win.** The digest is a claim of the student's process: code that knows the right digest can
send it. A nonce (another size for each run) would only make it trace a right network instead. But the claim
earns nothing here, because no check asks for a forward at 572: every point comes from numbers that the
trusted side compares, and both ways give the same marks by construction. What a liar wins is the picture and
its IoU in the report, and only with a network whose small scores are right: one that does something
else at 572 x 572 shows the mask that the right one would draw. `always` shows what it really draws.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from grader.checking.as_a_whole import is_right_as_a_whole
from grader.checking.inputs import Draw
from grader.compare import iou, is_same
from grader.grading import capacity
from grader.grading.options import Options
from grader.implementations import Implementation, ServedMask, StaleAnswers, SubmissionFault
from grader.lab.paths import ASSETS, CAR
from grader.lab.plan import INPUT_SIDE as SIDE
from grader.lab.readings import FILTERS
from grader.language import _
from grader.report.model import Masks

KNOWN = ASSETS / "known.npz"
READINGS = (None, *FILTERS)  # the solution's own first: most take its filter
EVERY = 4  # of the rows and columns of the network's input, which would be 4 MB
NEEDED_MB = 900  # by one forward at 572 x 572, above what is loaded


@dataclass(frozen=True)
class Shown:
    """The student's mask of the picture beside the expected one; where there is none, perhaps why."""

    masks: Masks | None = None
    scores: str = "computed"  # or "known", where the network was not run
    why_not: str = ""

    def as_dict(self) -> dict[str, Any] | None:
        """For the report; None where there are not two masks."""
        if self.masks is None:
            return None
        agreement = round(float(iou(self.masks.seen, self.masks.expected)), 4)
        return {"image": self.masks.car.name, "iou": agreement, "scores": self.scores}


def ask_about_picture(reference: Implementation) -> None:
    """Every question to the reference, so that the answers can be frozen."""
    picture = CAR.read_bytes()
    for training in (False, True):
        reference.trace(SIDE, SIDE, training)
    for reading in READINGS:
        reference.preprocess(picture, EVERY, reading)
        reference.picture_scores(picture, every=1, half=True, reading=reading)
    reference.mask(picture)


def show_mask(
    student: Implementation,
    reference: Implementation,
    known: Implementation | None,
    options: Options,
) -> Shown:
    """The student's mask of the picture. known: the frozen answers for it, if they are of these weights."""
    may_be_known = options.mask == "auto" and known is not None
    if may_be_known and is_right_as_a_whole(student, reference, Draw("as a whole", options.hidden)):
        mask = foreseen_mask(student, known)
        if mask is not None:
            return show_known(mask, known)
    return compute_mask(student, reference, known, options)


def foreseen_mask(student: Implementation, known: Implementation | None) -> np.ndarray | None:
    """predict_mask of the solution's scores: the student's mask if their network is right in numbers.

    None where the graph or what predict_mask does with it differs from the solution, or nothing is known.
    """
    if known is None:
        return None
    picture = CAR.read_bytes()
    try:
        served = _served(student, known, None)
        if served.calls != 1 or served.x is None or served.x.shape != (1, 3, SIDE, SIDE):
            return None
        part = np.ascontiguousarray(served.x[..., ::EVERY, ::EVERY])
        reading = next(one for one in READINGS if is_same(part, known.preprocess(picture, EVERY, one)))
        if student.trace(SIDE, SIDE, served.training) != known.trace(SIDE, SIDE, served.training):
            return None
        return served.mask if reading is None else _served(student, known, reading).mask
    except (StopIteration, SubmissionFault, StaleAnswers):
        return None


def _served(student: Implementation, known: Implementation, reading: str | None) -> ServedMask:
    """What predict_mask makes of the scores that are known for this reading of the picture."""
    picture = CAR.read_bytes()
    scores = known.picture_scores(picture, every=1, half=True, reading=reading).astype(np.float32)
    return student.served_mask(picture, scores, own=True, given=reading is None)


def show_known(mask: np.ndarray | None, known: Implementation | None) -> Shown:
    """A foreseen mask beside the expected one."""
    return Shown() if known is None else _beside(CAR, mask, known, "known")


def compute_mask(
    student: Implementation, reference: Implementation, known: Implementation | None, options: Options
) -> Shown:
    """The mask that the student's network draws, run at full size."""
    left_mb = capacity.memory_left_mb()
    if options.mask == "auto" and left_mb is not None and left_mb < NEEDED_MB:
        needs = _("one forward at {side} x {side} needs {needed_mb} MB of memory").format(
            side=SIDE, needed_mb=NEEDED_MB
        )
        return Shown(why_not=_("{needs}, and {left_mb} are left here").format(needs=needs, left_mb=left_mb))
    try:
        mask = student.mask(CAR.read_bytes())
    except SubmissionFault:
        return Shown()
    return _beside(CAR, mask, known if options.mask == "auto" and known else reference, "computed")


def _beside(car: Path, mask: np.ndarray | None, reference: Implementation, how: str) -> Shown:
    if mask is None:
        return Shown()
    expected = reference.mask(car.read_bytes())
    if expected is None or mask.shape != expected.shape:
        return Shown()
    return Shown(Masks(car, np.asarray(mask > 0), np.asarray(expected > 0)), how)
