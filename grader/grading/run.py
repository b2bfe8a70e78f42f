"""One grading run: a submission in, a Report out."""

import os
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np

from grader.errors import LabError
from grader.explain import Explain
from grader.explain.forward import questions
from grader.grading.mask import KNOWN, show_mask
from grader.grading.options import Options
from grader.grading.scoring import refuse_unknown, run_rubric, todos_in
from grader.implementations import Frozen, Implementation, InWorker, SubmissionFault, reference_for
from grader.intake.submission import Submission
from grader.lab.extensions import begun
from grader.lab.paths import MODEL
from grader.lab.state_dict import first_misfit
from grader.pictures.hidden import pictures_in
from grader.report.model import Report
from grader.sandbox.trusted import Sandbox

REMEDIES = {
    "missing": "copy assets/model.pth there, or name another file with --model",
    "empty": "get assets/model.pth again",
    "truncated": "get assets/model.pth again",
    "not_weights": "name the file with the trained weights",
    "unsafe_pickle": "get the weights from a source that you trust",
    "not_a_state_dict": "save model.state_dict(), and nothing around it",
}


def check_model(hello: dict, model: Path, reference: Implementation) -> None:
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


def grade(submission: Submission, options: Options = Options()) -> Report:  # noqa: B008 (frozen)
    """Grade one submission, with the extensions that it has begun; or some TODOs of it.

    Raises LabError for bad input, and where the grader itself cannot work.
    """
    started, cpu_s = time.perf_counter(), _cpu_s()
    refuse_unknown(options.todos)
    if options.hidden_pictures is not None:
        pictures_in(options.hidden_pictures)  # what is wrong with it is said before anything is started
    with Sandbox(options.model) as sandbox, closing(InWorker(sandbox, submission.files)) as worker:
        report = grade_in(sandbox, worker, submission, options)
    report.seconds = {"wall": round(time.perf_counter() - started, 2), "cpu": round(_cpu_s() - cpu_s, 2)}
    return report


def grade_in(
    sandbox: Sandbox,
    worker: InWorker,
    submission: Submission,
    options: Options = Options(),  # noqa: B008 (frozen)
    reference: Implementation | None = None,
    known: Implementation | None = None,
) -> Report:
    """The same, in a sandbox and with a worker that are already there.

    reference and known (see mask.py): frozen answers of one's own, instead of the lab's.
    """
    reference = reference or reference_for(sandbox, options.hidden)
    known = known or _known(options.model)
    hello = sandbox.ready()
    check_model(hello, options.model, reference)
    student = Implementation(worker)
    explain = Explain(student, reference)
    asked = options
    if options.todos is None:
        asked = replace(options, todos=(*todos_in(), *begun(submission.files)))
    todos = run_rubric(student, reference, explain, asked)
    report = Report(
        submission.name,
        submission.digests,
        todos,
        isolation=sandbox.isolation,
        versions=_versions(hello),
        output="".join(worker.output),
    )
    if options.todos is None and options.mask != "never":
        shown = show_mask(student, reference, known, options)
        report.masks, report.mask, report.why_no_mask = shown.masks, shown.as_dict(), shown.why_not
        report.wiring = None if worker.was_late else _wiring(student, reference)
        report.output = "".join(worker.output)
    return report


def _wiring(student: Implementation, reference: Implementation) -> dict | None:
    """The graphs that both draw of forward: claims, to look at. Some milliseconds."""
    x, weights = questions()
    try:
        return {"seen": student.wiring(x, weights), "expected": reference.wiring(x, weights)}
    except SubmissionFault:
        return None


def _known(model: Path) -> Implementation | None:
    """The frozen answers for the picture of the report; None for other weights than the lab's own."""
    if not KNOWN.is_file() or model.resolve() != MODEL.resolve():
        return None
    return Implementation(Frozen(KNOWN))


def _cpu_s() -> float:
    """Processor seconds of this process and of those it has waited for."""
    return sum(os.times()[:4])


def _versions(hello: dict) -> dict[str, str]:
    return {name: hello[name] for name in ("torch", "torchvision") if name in hello} | {
        "numpy": np.__version__
    }
