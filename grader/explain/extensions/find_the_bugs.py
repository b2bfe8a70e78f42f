"""Bugs that are still there, or new: by numbers, and by the layers that the network says it has."""

import numpy as np

from grader.implementations import Implementation, SubmissionFault

HINTS = {
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
}  # fmt: skip


def find(student: Implementation, reference: Implementation, check: str, error: BaseException):
    found = None if check == "comments" else _of_lists(student)
    return found or {
        "registered": _of_parameters,
        "equal_answers": _of_answers,
        "probabilities": _of_probabilities,
        "layers": _of_layers,
        "comments": lambda student, error: "comments" if isinstance(error, AssertionError) else None,
    }[check](student, error)


def _said(student: Implementation) -> dict:
    x = np.random.RandomState(0).rand(1, 3, 32, 32).astype(np.float32)
    return student.ask("bugs_layers", {"seed": 1}, {"x": x})[0]


def _of_lists(student: Implementation):
    """Layers that no nn.Module holds."""
    types = _said(student)["types"]
    known = types.count("Conv2d") + types.count("ConvTranspose2d")
    return ("unregistered" if known else "built_in_forward") if known < 20 else None


def _of_parameters(student: Implementation, error: BaseException):
    x = np.random.RandomState(0).rand(1, 3, 32, 32).astype(np.float32)
    before, after, _ = student.ask("bugs_registered", {"seed": 1}, {"x": x})[1]["y"].tolist()
    if before != after or before == 0:
        return "built_in_forward"
    said = _said(student)
    if said["called"] < said["calls"]:
        return "shared_batchnorm", {"called": said["called"], "calls": said["calls"]}
    return "up_sampling" if "ConvTranspose2d" not in said["types"] else None


def _of_answers(student: Implementation, error: BaseException):
    if isinstance(error, SubmissionFault):
        return "built_in_forward" if error.kind == "does_not_load" else None
    x, other = np.random.RandomState(0).rand(2, 1, 3, 32, 32).astype(np.float32)
    found = student.ask("bugs_answers", {"seed": 1}, {"x": x, "other": other})[1]
    if not np.allclose(found["first"], found["again"], atol=1e-5):
        return "built_each_call"
    if not np.allclose(found["first"], found["copied"], atol=1e-5):
        return "skip_kept"
    return "skip_dropped" if np.abs(found["between"] - found["first"]).max() < 1e-5 else None


def _of_probabilities(student: Implementation, error: BaseException):
    x = np.random.RandomState(0).rand(1, 3, 32, 48).astype(np.float32)
    y = student.ask("bugs_probabilities", {"seed": 1, "out_channels": 3}, {"x": x})[1]["y"]
    for axis, words in ((2, "each column"), (3, "each row")):
        if y.min() >= 0 and np.allclose(y.sum(axis), 1, atol=1e-4):
            return "softmax_axis", {"found": words}
    return "softmax_missing" if np.abs(y.sum(1) - 1).max() > 1e-3 else None


def _of_layers(student: Implementation, error: BaseException):
    if isinstance(error, SubmissionFault):
        return None
    if "cut at 6" in str(error):
        return "relu"
    return "skip_dropped" if "matter most" in str(error) else None
