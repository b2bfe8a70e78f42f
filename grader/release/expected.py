"""Freezes what the solution answers to the public checks, for copies of the lab without it."""

from pathlib import Path

from grader.checking.as_a_whole import SIZE, UNCROPPED, is_right_as_a_whole
from grader.checking.inputs import Draw
from grader.errors import LabError
from grader.explain import forward
from grader.explain.inference import Probe
from grader.grading.mask import KNOWN, ask_about_picture
from grader.grading.options import Options
from grader.grading.scoring import run_rubric
from grader.implementations import (
    EXPECTED,
    Frozen,
    Implementation,
    InWorker,
    Recording,
    live_solution,
    solution_files,
)
from grader.lab.extensions import EXTENSIONS
from grader.lab.paths import CARS, MODEL
from grader.lab.plan import CORE, DOWN_CONVS, DOWN_SAMPLES, UP_CONVS, UP_SAMPLES
from grader.language import _
from grader.report.model import PASSED
from grader.sandbox.trusted import Sandbox

LAYERS = ("final_conv", *DOWN_CONVS, *UP_CONVS, *DOWN_SAMPLES, *UP_SAMPLES, "middle_conv")


def record(model: Path = MODEL, hidden: str | None = None) -> Recording:
    """Every question that a check, public or hidden, or an explanation can ask the reference.

    Raises LabError if the solution does not pass its own checks.
    """
    with Sandbox(model) as sandbox:
        return record_in(sandbox, Options(model, hidden, todos=(*CORE, *EXTENSIONS)))


def record_in(sandbox: Sandbox, options: Options) -> Recording:
    """The same in a sandbox that is there already, for the TODOs of these options."""
    live, worker = live_solution(sandbox), InWorker(sandbox, solution_files())
    recording, hidden = Recording(live), options.hidden
    recording.weights = sandbox.ready()["model"].get("digest", "")
    solution, reference = Implementation(worker), Implementation(recording)
    failed = [
        check
        for todo in run_rubric(solution, reference, options=options)
        for check in todo.checks
        if check.status != PASSED
    ]
    if failed:
        raise LabError(
            _("the solution fails {id}: {message}").format(id=failed[0].id, message=failed[0].message)
        )
    for channels, size in (((3, 1), SIZE), ((1, 2), SIZE), ((3, 1), UNCROPPED)):
        if not is_right_as_a_whole(solution, reference, Draw("as a whole", hidden), channels, size):
            raise LabError(
                _("UNet{channels} of the solution is not right as a whole").format(channels=channels)
            )
    for name in LAYERS:
        reference.layers(name)
    for name in ("down_conv1", "final_conv"):
        reference.layers(name, (1, 2))
    reference.keys()
    reference.wiring(*forward.questions())
    Probe(solution, reference).ask_all()
    for car in sorted(CARS.glob("*.jpg")) if hidden is None else ():  # for try.py
        reference.mask(car.read_bytes())
    worker.close()
    live.close()
    return recording


def record_known(recorded: Recording, model: Path = MODEL) -> Recording:
    """What is known of the picture in every report, so that the network need not be run on it again.

    What `record` has asked the same solution is taken from there.
    """
    with Sandbox(model) as sandbox:
        recording = Recording(live_solution(sandbox), recorded.answers)
        recording.weights = recorded.weights
        ask_about_picture(Implementation(recording))
        return recording


def freeze() -> None:
    """Write assets/expected.npz and assets/known.npz. Raises LabError as `record` does."""
    recorded = record()
    known = record_known(recorded)
    recorded.save(EXPECTED)
    known.save(KNOWN)


def is_current() -> bool:
    """Whether the frozen answers are those of the solution, up to what a processor may change."""
    try:
        frozen, known = Frozen(), Frozen(KNOWN)
    except LabError:
        return False
    recorded = record()
    return frozen.agrees_with(recorded) and known.agrees_with(record_known(recorded))
