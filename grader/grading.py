"""One grading run: a submission in, a Report out."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from grader import inference as inferences
from grader.errors import LabError
from grader.explain import Explain
from grader.explain.forward import questions
from grader.implementations import Frozen, Implementation, InWorker, SubmissionFault, reference_for
from grader.intake import read_submission
from grader.lab.extensions import begun
from grader.lab.paths import MODEL
from grader.lab.state_dict import first_misfit
from grader.pictures.hidden import pictures_in
from grader.report.model import Check, Report
from grader.sandbox.trusted import Sandbox
from grader.scoring import refuse_unknown, run_rubric

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


def grade(
    path: Path,
    model: Path = MODEL,
    hidden: str | None = None,
    on_check: Callable[[Check], None] | None = None,
    only: str | None = None,
    inference: str = "auto",
    pictures: Path | None = None,
) -> Report:
    """Grade one submission, or one TODO of it. Raises LabError for bad input, and where the grader itself
    cannot work.

    pictures: a folder of pictures that nobody has seen, for a hidden grading.
    """
    if pictures is not None:
        pictures_in(pictures)  # what is wrong with it is said before anything is started
    started, cpu_s = time.perf_counter(), _cpu_s()
    refuse_unknown(only)
    submission = read_submission(path)
    with Sandbox(model) as sandbox:
        student = InWorker(sandbox, submission.files)
        report = grade_in(
            sandbox,
            student,
            submission.name,
            submission.digests,
            model,
            hidden,
            on_check,
            only=only,
            inference=None if only else inference,
            pictures=pictures,
        )
        student.close()
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
    inference: str | None = "auto",
    reference: Implementation | None = None,
    known: Implementation | None = None,
    pictures: Path | None = None,
) -> Report:
    """The same, in a sandbox that is already there. reference and known (see inference.py): frozen answers
    of one's own, instead of the lab's. inference: auto, always, or None for no picture at all."""
    reference = reference or reference_for(sandbox, hidden)
    known = known or _known(model)
    hello = sandbox.ready()
    check_model(hello, model, reference)
    network = Implementation(student)
    todos = run_rubric(
        network,
        reference,
        Explain(network, reference),
        hidden,
        on_check,
        only=only,
        exercises=() if only else begun(student.files),
        pictures=pictures,
    )
    report = Report(name, digests, todos, isolation=sandbox.isolation, versions=_versions(hello))
    if inference is not None:
        shown = inferences.show(network, reference, known, inference, hidden)
        report.masks, report.mask, report.why_no_mask = shown.masks, shown.as_dict(), shown.why_not
        report.wiring = None if student.was_late else _wiring(network, reference)
    report.output = "".join(student.output)
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
    if not inferences.KNOWN.is_file() or model.resolve() != MODEL.resolve():
        return None
    return Implementation(Frozen(inferences.KNOWN))


def _cpu_s() -> float:
    """Processor seconds of this process and of those it has waited for."""
    return sum(os.times()[:4])


def _versions(hello: dict) -> dict[str, str]:
    return {name: hello[name] for name in ("torch", "torchvision") if name in hello} | {
        "numpy": np.__version__
    }
