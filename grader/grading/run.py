"""One grading run: a submission in, a Report out."""

import os
import time
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import numpy as np

from grader.errors import LabError
from grader.explain import Explain
from grader.grading.look import Look, Pictures
from grader.grading.mask import KNOWN
from grader.grading.options import Options
from grader.grading.scoring import refuse_unknown, run_rubric, todos_in
from grader.grading.second_opinion import SecondOpinion
from grader.grading.secret import fingerprint
from grader.grading.start import start_sandbox
from grader.implementations import Frozen, Implementation, InWorker, reference_for
from grader.intake.submission import Submission
from grader.lab.digests import graded_by
from grader.lab.fingerprints import begun
from grader.lab.paths import MODEL, SOLUTION
from grader.lab.version import VERSION
from grader.lab.weights_file import fault_of_file
from grader.language import N_, _, use
from grader.pictures.hidden import pictures_in
from grader.report.model import NOT_GRADABLE, Report
from grader.sandbox.trusted import Sandbox

OTHER_WEIGHTS = N_(
    "{model} holds other weights than those that the answers are known for: name the lab's own, "
    "assets/model.pth"
)
OTHER_WEIGHTS_OF_STAFF = N_(
    "{model} holds other weights than those that the answers are known for: name the lab's own, "
    "assets/model.pth; after a training of your own, run `python -m grader release`"
)
REMEDIES = N_(
    {
        "missing": "copy assets/model.pth there, or name another file with --model",
        "empty": "get assets/model.pth again",
        "truncated": "get assets/model.pth again",
        "not_weights": "name the file with the trained weights",
        "unsafe_pickle": "get the weights from a source that you trust",
        "not_a_state_dict": "save model.state_dict(), and nothing around it",
    }
)


def check_model(hello: dict[str, Any], model: Path, reference: Implementation) -> None:
    """Raise LabError if the model file could not be read, or holds the weights of another network."""
    facts = hello["model"]
    if facts.get("error"):
        raise LabError(
            _("{model} cannot be used, {reason}; {remedy}").format(
                model=model,
                reason=facts.get("text", facts["error"]),
                remedy=_(REMEDIES.get(facts["error"], "")),
            )
        )
    fault = fault_of_file(facts["shapes"], reference.keys())
    if fault:
        raise LabError(_("{model} cannot be used, {reason}").format(model=model, reason=fault))
    if reference.weights not in ("", facts["digest"]):
        said = OTHER_WEIGHTS_OF_STAFF if SOLUTION.is_dir() else OTHER_WEIGHTS
        raise LabError(_(said).format(model=model))


def grade(
    submission: Submission,
    options: Options = Options(),  # noqa: B008 (frozen)
    sandbox: Sandbox | None = None,
) -> Report:
    """Grade one submission, with the extensions that it has begun; or some TODOs of it.

    sandbox: of start.py with these options, where it has been started before; it is closed here.
    Raises LabError for bad input, and where the grader itself cannot work.
    """
    with Bench(options, sandbox=sandbox) as bench:
        return bench.grade(submission)


class Bench:
    """What grading keeps from one submission to the next: a warm sandbox, and what is known of the answers.

    expected: recorded answers of the reference, by a file; what is not in it is asked of the solution.
    graded_by: the digests for the reports, where they are known already.

    Starts at once, in the background. Raises LabError, as `grade` does.
    """

    def __init__(
        self,
        options: Options,
        expected: Path | None = None,
        graded_by: dict[str, str] | None = None,
        sandbox: Sandbox | None = None,
    ):
        use(options.language)  # it may have been chosen in another process
        self.options, self._graded_by = options, graded_by
        self.sandbox = sandbox or start_sandbox(options)
        try:
            refuse_unknown(options.todos)
            if options.hidden_pictures is not None:
                pictures_in(options.hidden_pictures)
            self._reference = reference_for(self.sandbox, options.hidden, expected)
            self._known = _known(options.model)
            self._doubt = SecondOpinion(self.sandbox)
        except BaseException:
            self.close()
            raise

    def grade(self, submission: Submission) -> Report:
        """Raises LabError where the grader itself cannot work."""
        started, cpu_s = time.perf_counter(), _cpu_s()
        digests = self.graded_by  # while the sandbox starts
        with closing(InWorker(self.sandbox, submission.files)) as worker:
            report = grade_in(
                self.sandbox,
                worker,
                submission,
                self.options,
                self._reference.implementation,
                self._known,
                self._doubt,
            )
            report.graded_by = digests
        self._reference.rest()
        report.seconds = {
            "wall": round(time.perf_counter() - started, 2),
            "cpu": round(_cpu_s() - cpu_s + worker.budget.spent_cpu_s, 2),
        }
        return report

    @property
    def graded_by(self) -> dict[str, str]:
        """Digests of what decides the marks."""
        if self._graded_by is None:
            self._graded_by = graded_by(self.options.model, self.options.hidden_pictures)
        return self._graded_by

    def close(self) -> None:
        """End its processes."""
        self.sandbox.close()

    def __enter__(self) -> "Bench":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def not_gradable(name: str, reason: str, options: Options, graded_by: dict[str, str] | None = None) -> Report:
    """The report of what was handed in and is no submission: no score, and why."""
    return Report(
        name,
        {},
        [],
        status=NOT_GRADABLE,
        reason=reason,
        inputs=inputs_of(options),
        lab=VERSION,
        time=_now(),
        graded_by=graded_by or {},
        language=options.language,
    )


def grade_in(
    sandbox: Sandbox,
    worker: InWorker,
    submission: Submission,
    options: Options = Options(),  # noqa: B008 (frozen)
    reference: Implementation | None = None,
    known: Implementation | None = None,
    doubt: SecondOpinion | None = None,
) -> Report:
    """The same, in a sandbox and with a worker that are already there.

    reference and known (see mask.py): frozen answers of one's own, instead of the lab's. doubt: see
    second_opinion.py.
    """
    reference = reference or reference_for(sandbox, options.hidden).implementation
    known = known or _known(options.model)
    hello = sandbox.ready()
    check_model(hello, options.model, reference)
    student = Implementation(worker)
    explain = Explain(student, reference)
    asked = options
    if options.todos is None:
        asked = replace(options, todos=(*todos_in(), *begun(submission.files)))
    look = (
        Look(worker, reference, known, options) if options.todos is None and options.mask != "never" else None
    )
    if look and options.hidden is not None:
        look.before()
    printed: dict[str, str] = {}

    def take(todo: str | None) -> None:
        text = worker.take_printed()
        if todo is not None:
            printed[todo] = printed.get(todo, "") + text
        options.on_run(todo)

    asked = replace(asked, on_run=take)
    doubt = doubt or SecondOpinion(sandbox)
    try:
        todos = run_rubric(student, reference, explain, asked, doubt=doubt)
    finally:
        doubt.rest()
    pictures = look.after(student) if look else Pictures()
    printed["mask"] = worker.take_printed()
    return Report(
        submission.name,
        submission.digests,
        todos,
        mask=pictures.mask.as_dict(),
        isolation=_isolation(sandbox),
        versions=_versions(hello),
        output="".join(worker.output),
        printed={todo: text for todo, text in printed.items() if text.strip()},
        masks=pictures.mask.masks,
        wiring=pictures.wiring,
        why_no_mask=pictures.mask.why_not,
        inputs=inputs_of(options),
        lab=VERSION,
        time=_now(),
        notes=list(submission.notes),
        language=options.language,
    )


def inputs_of(options: Options) -> dict[str, str | None]:
    """What a report says of its inputs."""
    if options.hidden is None:
        return {"kind": "public", "fingerprint": None}
    return {"kind": "hidden", "fingerprint": fingerprint(options.hidden)}


def _known(model: Path) -> Implementation | None:
    """The frozen answers about the report's picture; None for weights other than the lab's own."""
    if not KNOWN.is_file() or model.resolve() != MODEL.resolve():
        return None
    return Implementation(Frozen(KNOWN))


def _isolation(sandbox: Sandbox) -> dict[str, Any]:
    """For the report. A user of its own has another number in every worker, which means nothing."""
    found = sandbox.isolation
    has_user = {"uid": True} if found["layers"].get("uid") else {}
    return found | {"layers": found["layers"] | has_user}


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="seconds")


def _cpu_s() -> float:
    """Processor seconds of this process and of those it has waited for."""
    return sum(os.times()[:4])


def _versions(hello: dict[str, Any]) -> dict[str, str]:
    return {name: hello[name] for name in ("torch", "torchvision") if name in hello} | {
        "numpy": np.__version__
    }
