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
from grader.explain.forward import questions
from grader.fit import first_misfit
from grader.intake import read_submission
from grader.paths import CARS, MODEL
from grader.report import Check, Masks, Report
from grader.sandbox import Sandbox, SandboxLost
from grader.scoring import refuse_unknown, run_rubric
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
    only: str | None = None,
) -> Report:
    """Grade one submission, or one TODO of it. Raises LabError for bad input, and where the grader itself
    cannot work."""
    started, cpu_s = time.perf_counter(), _cpu_s()
    refuse_unknown(only)
    submission = read_submission(path)
    try:
        with Sandbox(model) as sandbox:
            student = InWorker(sandbox, submission.files)
            report = grade_in(
                sandbox, student, submission.name, submission.digests, model, hidden, on_check, only
            )
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
    only: str | None = None,
) -> Report:
    """The same, in a sandbox that is already there."""
    reference = references.network(sandbox, hidden)
    hello = sandbox.ready()
    check_model(hello, model, reference)
    network = Network(student)
    todos = run_rubric(network, reference, Explain(network, reference), hidden, on_check, only=only)
    report = Report(name, digests, todos, isolation=sandbox.isolation, versions=_versions(hello))
    if only is None:
        report.masks = _masks(network, reference, sorted(CARS.glob("*.jpg"))[0])
        report.mask = report.masks and _agreement(report.masks)
        report.wiring = None if student.was_late else _wiring(network, reference)
    report.output = "".join(student.output)
    return report


def _masks(student: Network, reference: Network, car: Path) -> Masks | None:
    """The student's own mask of a car and the reference's; None where there is none."""
    picture = car.read_bytes()
    try:
        seen = student.mask(picture)
    except SubmissionFault:
        return None
    expected = reference.mask(picture)
    if seen is None or np.shape(seen) != expected.shape:
        return None
    return Masks(car, seen > 0, expected > 0)


def _agreement(masks: Masks) -> dict:
    return {"image": masks.car.name, "iou": round(iou(masks.seen, masks.expected), 4)}


def _wiring(student: Network, reference: Network) -> dict | None:
    """The graphs that both draw of forward: claims, to look at. Some milliseconds."""
    x, weights = questions()
    try:
        return {"seen": student.wiring(x, weights), "expected": reference.wiring(x, weights)}
    except SubmissionFault:
        return None


def _cpu_s() -> float:
    """Processor seconds of this process and of those it has waited for."""
    return sum(os.times()[:4])


def _versions(hello: dict) -> dict[str, str]:
    return {name: hello[name] for name in ("torch", "torchvision") if name in hello} | {
        "numpy": np.__version__
    }
