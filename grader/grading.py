"""One grading run: a submission in, a Report out."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from grader import reference as references
from grader.compare import iou
from grader.errors import LabError
from grader.explain import Explain
from grader.intake import read_submission
from grader.paths import CARS, MODEL
from grader.report import Check, Report
from grader.sandbox import Sandbox, SandboxLost
from grader.scoring import run_rubric
from grader.student import InWorker, Network, SubmissionFault

MODEL_ERRORS = {
    "missing": "does not exist: get it with the lab, or name another with --model",
    "empty": "is empty: get it again",
    "truncated": "is cut short: get it again",
    "not_weights": "holds no weights: is it the right file?",
    "unsafe_pickle": "wants to run code when it is loaded, and was not loaded: get it from a source you trust",
    "not_a_state_dict": "is no plain state_dict: save model.state_dict(), not more",
}


def check_model(hello: dict, model: Path) -> None:
    """Raises LabError if the zygote could not read the model file."""
    error = hello["model"].get("error")
    if error:
        raise LabError(f"{model} {MODEL_ERRORS.get(error, error)}")


def grade(
    path: Path,
    model: Path = MODEL,
    hidden: str | None = None,
    on_check: Callable[[Check], None] | None = None,
) -> Report:
    """Grade one submission. Raises LabError for bad input, and where the grader itself cannot work."""
    started = time.perf_counter()
    submission = read_submission(path)
    try:
        with Sandbox(model) as sandbox:
            student = InWorker(sandbox, submission.files)
            report = grade_in(sandbox, student, submission.name, submission.digests, model, hidden, on_check)
            student.close()
    except SandboxLost as lost:
        raise LabError(f"the sandbox was lost ({lost}): grade this submission again") from None
    report.seconds["wall"] = round(time.perf_counter() - started, 2)
    return report


def grade_in(
    sandbox: Sandbox,
    student: InWorker,
    name: str,
    digests: dict[str, str],
    model: Path,
    hidden: str | None = None,
    on_check=None,
) -> Report:
    """The same, in a sandbox that is already there."""
    reference = references.network(sandbox, hidden)
    hello = sandbox.ready()
    check_model(hello, model)
    network = Network(student)
    todos = run_rubric(network, reference, Explain(network, reference), hidden, on_check)
    report = Report(name, digests, todos, isolation=sandbox.isolation, versions=_versions(hello))
    report.mask = _mask(network, reference, sorted(CARS.glob("*.jpg"))[0])
    report.output = "".join(student.output)
    return report


def _mask(student: Network, reference: Network, car: Path) -> dict | None:
    """How the student's own mask of a car agrees with the reference's; None where there is none."""
    picture = car.read_bytes()
    try:
        seen = student.mask(picture)
    except SubmissionFault:
        return None
    expected = reference.mask(picture)
    if seen is None or np.shape(seen) != expected.shape:
        return None
    return {"image": car.name, "iou": round(iou(seen, expected), 4)}


def _versions(hello: dict) -> dict[str, str]:
    return {name: hello[name] for name in ("torch", "torchvision") if name in hello} | {
        "numpy": np.__version__
    }
