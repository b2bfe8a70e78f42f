"""One grading run: a submission in, a Report out."""

import os
import time
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import numpy as np

from grader.errors import LabError
from grader.explain import Explain
from grader.explain.forward import questions
from grader.grading.mask import KNOWN, Shown, show_mask
from grader.grading.options import Options
from grader.grading.scoring import refuse_unknown, run_rubric, todos_in
from grader.grading.secret import fingerprint
from grader.implementations import Frozen, Implementation, InWorker, SubmissionFault, reference_for
from grader.intake.submission import Submission
from grader.lab.fingerprints import begun
from grader.lab.paths import MODEL
from grader.lab.state_dict import first_misfit
from grader.lab.version import VERSION
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


def check_model(hello: dict[str, Any], model: Path, reference: Implementation) -> None:
    """Raise LabError if the model file could not be read, or holds the weights of another network."""
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
    traces = options.todos is None and options.mask == "auto"
    with (
        Sandbox(options.model, isolation=options.isolation, traces=traces) as sandbox,
        closing(InWorker(sandbox, submission.files)) as worker,
    ):
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
    looks = options.todos is None and options.mask != "never"
    pictures = Pictures()
    if looks and options.hidden is not None:
        # Before the process gets any hidden input: a mask has room to spell them all.
        pictures = _look(worker, reference, known, options)
    todos = run_rubric(student, reference, explain, asked)
    if looks and options.hidden is None:
        pictures = _look(worker, reference, known, options)
    return Report(
        submission.name,
        submission.digests,
        todos,
        mask=pictures.mask.as_dict(),
        isolation=sandbox.isolation,
        versions=_versions(hello),
        output="".join(worker.output),
        masks=pictures.mask.masks,
        wiring=pictures.wiring,
        why_no_mask=pictures.mask.why_not,
        inputs=_inputs(options.hidden),
        lab=VERSION,
        time=datetime.now(timezone.utc).isoformat(timespec="seconds"),
    )


@dataclass(frozen=True)
class Pictures:
    """What a page shows beside the points, and no points depend on."""

    mask: Shown = field(default_factory=Shown)
    wiring: dict[str, Any] | None = None


def _look(
    worker: InWorker, reference: Implementation, known: Implementation | None, options: Options
) -> Pictures:
    student, public = Implementation(worker), replace(options, hidden=None)
    mask = show_mask(student, reference, known, public)
    return Pictures(mask, None if worker.was_late else _wiring(student, reference))


def _wiring(student: Implementation, reference: Implementation) -> dict[str, Any] | None:
    """The graphs that both draw of forward: claims, to look at. Some milliseconds."""
    x, weights = questions()
    try:
        return {"seen": student.wiring(x, weights), "expected": reference.wiring(x, weights)}
    except SubmissionFault:
        return None


def _inputs(hidden: str | None) -> dict[str, str | None]:
    if hidden is None:
        return {"kind": "public", "fingerprint": None}
    return {"kind": "hidden", "fingerprint": fingerprint(hidden)}


def _known(model: Path) -> Implementation | None:
    """The frozen answers about the report's picture; None for weights other than the lab's own."""
    if not KNOWN.is_file() or model.resolve() != MODEL.resolve():
        return None
    return Implementation(Frozen(KNOWN))


def _cpu_s() -> float:
    """Processor seconds of this process and of those it has waited for."""
    return sum(os.times()[:4])


def _versions(hello: dict[str, Any]) -> dict[str, str]:
    return {name: hello[name] for name in ("torch", "torchvision") if name in hello} | {
        "numpy": np.__version__
    }
