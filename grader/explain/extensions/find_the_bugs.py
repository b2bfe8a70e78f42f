"""Bugs that are still there, or new: by numbers, and by the layers that the network says it has."""

import numpy as np

from grader.explain.extensions.found import Found, says
from grader.implementations import Array, Implementation, SubmissionFault
from grader.implementations.arrays import REAL
from grader.implementations.claims import integer, texts
from grader.language import N_, _

HINTS = N_({
    "find_the_bugs.built_in_forward": "A layer is built when the network is first called. Who would have found it before?",
    "find_the_bugs.unregistered": "Layers are there that the network does not know of. In what kind of list does nn.Module look?",
    "find_the_bugs.shared_batchnorm": "{called} BatchNorms are called {calls} times. Can one keep the statistics of two convolutions?",
    "find_the_bugs.up_sampling": "Going up was done by transposed convolutions: keep the layers.",
    "find_the_bugs.built_each_call": "Two calls with the same picture differ. Which layer is built anew each time?",
    "find_the_bugs.skip_kept": "The answer depends on a picture from before. When does a skip come into being, and how long may it stay?",
    "find_the_bugs.relu": "More than 6 comes through the activations. Which one did the published network have?",
    "find_the_bugs.softmax_axis": "The probabilities sum to 1 along {found}, not over the channels.",
    "find_the_bugs.softmax_missing": "The channels do not sum to 1. What turns scores into probabilities?",
    "find_the_bugs.skip_dropped": "Nothing of what the contracting path kept reaches the last level.",
    "find_the_bugs.comments": "Which of the two layers has weights to learn? And which map goes through `up`?",
})  # fmt: skip

MATTERS_MOST = N_("expected a pixel to matter most where it is: only {share:.0f} % of its effect is there")


def find(student: Implementation, reference: Implementation, check: str, error: BaseException) -> Found:
    """The mistake behind a failed check of find_the_bugs.py."""
    found = None if check == "comments" else _of_lists(student)
    return found or {
        "registered": _of_parameters,
        "equal_answers": _of_answers,
        "probabilities": _of_probabilities,
        "activations": _of_activations,
        "comments": lambda student, error: "comments" if isinstance(error, AssertionError) else None,
        "skips": _of_skips,
    }[check](student, error)


LAYERS = ("bugs_layers", {"seed": 1})


def _picture(*size: int) -> Array:
    return np.random.RandomState(0).rand(*size).astype(np.float32)


def _types(student: Implementation) -> list[str]:
    return student.fact(*LAYERS, {"x": _picture(1, 3, 32, 32)}, name="types", read=texts)


def _of_lists(student: Implementation) -> Found:
    """Layers that no nn.Module holds."""
    types = _types(student)
    known = types.count("Conv2d") + types.count("ConvTranspose2d")
    return ("unregistered" if known else "built_in_forward") if known < 20 else None


def _of_parameters(student: Implementation, error: BaseException) -> Found:
    x = {"x": _picture(1, 3, 32, 32)}
    before, after, *_ = student.array("bugs_registered", {"seed": 1}, x, shape=(4,), kinds=REAL).tolist()
    if before != after or before == 0:
        return "built_in_forward"
    called, calls = (student.fact(*LAYERS, x, name=name, read=integer) for name in ("called", "calls"))
    if called < calls:
        return "shared_batchnorm", {"called": called, "calls": calls}
    if "ConvTranspose2d" not in _types(student):
        return "up_sampling"
    return "built_each_call" if _answers_differ(student) else None


def _answers_differ(student: Implementation) -> bool:
    """Whether the same picture gives two answers in evaluation mode."""
    x, other = _picture(2, 1, 3, 32, 32)
    found = student.arrays("bugs_answers", {"seed": 1}, {"x": x, "other": other}, first=4, again=4)
    return not np.allclose(found["first"], found["again"], atol=1e-5)


def _of_answers(student: Implementation, error: BaseException) -> Found:
    if isinstance(error, SubmissionFault):
        return "built_in_forward" if error.kind == "does_not_load" else None
    if _answers_differ(student):
        return "built_each_call"
    x, other = _picture(2, 1, 3, 32, 32)
    asked = {"x": x, "other": other}
    found = student.arrays("bugs_answers", {"seed": 1}, asked, first=4, between=4, copied=4)
    if not np.allclose(found["first"], found["copied"], atol=1e-5):
        return "skip_kept"
    return "skip_dropped" if np.abs(found["between"] - found["first"]).max() < 1e-5 else None


def _of_probabilities(student: Implementation, error: BaseException) -> Found:
    data, x = {"seed": 1, "out_channels": 3}, _picture(1, 3, 32, 48)
    y = student.array("bugs_probabilities", data, {"x": x}, ndim=4)
    for axis, words in ((2, _("each column")), (3, _("each row"))):
        if y.min() >= 0 and np.allclose(y.sum(axis), 1, atol=1e-4):
            return "softmax_axis", {"found": words}
    return "softmax_missing" if np.abs(y.sum(1) - 1).max() > 1e-3 else None


def _of_activations(student: Implementation, error: BaseException) -> Found:
    if isinstance(error, SubmissionFault):
        return None
    y = student.array("bugs_saturated", {"seed": 1}, {"x": _picture(1, 3, 32, 32)}, ndim=4)
    return "relu" if np.ptp(y, axis=(2, 3)).max() > 1e-4 else None


def _of_skips(student: Implementation, error: BaseException) -> Found:
    if isinstance(error, SubmissionFault):
        return None
    if "ConvTranspose2d" not in _types(student):
        return "up_sampling"
    return "skip_dropped" if says(error, MATTERS_MOST) else None
