"""One grading run: a submission in, a Report out."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from grader import reference as references
from grader.compare import iou
from grader.errors import LabError
from grader.explain import Explain
from grader.extensions import begun
from grader.fit import first_misfit
from grader.intake import read_submission
from grader.paths import CARS, MODEL
from grader.report import Check, Report
from grader.sandbox import Sandbox, SandboxLost
from grader.scoring import run_rubric
from grader.student import InWorker, Network, SubmissionFault

REMEDIES = {
    "missing": "copy assets/model.pth there, or name another file with --model",
    "empty": "get assets/model.pth again",
    "truncated": "get assets/model.pth again",
    "not_weights": "name the file with the trained weights",
    "unsafe_pickle": "get the weights from a source that you trust",
    "not_a_state_dict": "save model.state_dict(), and nothing around it",
}


def check_model(hello: dict, model: Path, reference: Network) -> None:
    """Raises LabError if the model file could not be read, or holds the weights of another network."""
    facts = hello["model"]
    if facts.get("error"):
        raise LabError(
            f"{model} cannot be used, {facts.get('text', facts['error'])}; {REMEDIES.get(facts['error'], '')}"
        )
    misfit = first_misfit(facts["shapes"], reference.keys())
    if misfit:
        raise LabError(
            f"{model} holds the weights of another network ({misfit}): name the lab's own, assets/model.pth"
        )


def grade(
    path: Path,
    model: Path = MODEL,
    hidden: str | None = None,
    on_check: Callable[[Check], None] | None = None,
) -> Report:
    """Grade one submission. Raises LabError for bad input, and where the grader itself cannot work."""
    started, cpu_s = time.perf_counter(), _cpu_s()
    submission = read_submission(path)
    try:
        with Sandbox(model) as sandbox:
            student = InWorker(sandbox, submission.files)
            report = grade_in(sandbox, student, submission.name, submission.digests, model, hidden, on_check)
            student.close()
    except SandboxLost as lost:
        raise LabError(f"the sandbox was lost ({lost}): grade this submission again") from None
    report.seconds = {"wall": round(time.perf_counter() - started, 2), "cpu": round(_cpu_s() - cpu_s, 2)}
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
    check_model(hello, model, reference)
    network = Network(student)
    todos = run_rubric(
        network, reference, Explain(network, reference), hidden, on_check, exercises=begun(student.files)
    )
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


def _cpu_s() -> float:
    """Processor seconds of this process and of those it has waited for."""
    return sum(os.times()[:4])


def _versions(hello: dict) -> dict[str, str]:
    return {name: hello[name] for name in ("torch", "torchvision") if name in hello} | {
        "numpy": np.__version__
    }
