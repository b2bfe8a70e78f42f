"""What runs in Gradescope's container: grades /autograder/submission, writes results/results.json.

Before the student's code runs, everything below /autograder is closed to all but root, and the code
runs as a user that owns nothing: it can neither read the expected values and the secret, nor write
results.json, nor reach the network.

Where the grader itself cannot work, no results.json is left: Gradescope then says that the autograder failed,
and records no score. Its own time limit (10 minutes on the wall) would record a zero. So a submission has
processor time for both gradings together, which half a processor gives it well before; and where the
container is slower still, that is the machine's fault, and ends without a score.
"""

import io
import json
import os
import sys
import threading
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from grader.errors import LabError
from grader.grading import capacity
from grader.grading.options import Options
from grader.grading.run import grade_in
from grader.implementations import Frozen, Implementation, InWorker
from grader.intake.refusal import NotGradable
from grader.intake.submission import Submission, read_submission
from grader.lab.files import write_text
from grader.lab.paths import LAB, MODEL
from grader.language import N_, _, chosen, use
from grader.pictures.opening import open_picture
from grader.pictures.panel import draw_panel
from grader.platforms.gradescope.results import refusal, results_of
from grader.report.model import Report
from grader.sandbox.trusted import Budget, Limits, Sandbox

HIDDEN = LAB / "hidden"  # seed and expected.npz, made by `export gradescope --hidden`
# For all that a submission is asked, public and hidden; a right answer with every extension needs 120.
TOTAL_CPU_S, TOTAL_IDLE_S = 180.0, 40.0
BACKSTOP_S = 560.0  # on the wall, of everything: below Gradescope's 600
RESERVE_MB = 60  # for what the grader itself still needs
WORKER_MB = 160  # that a right answer needs beside what is loaded
PICTURE_WIDTH = 900
NO_WORK = N_("the grader could not do its work, which costs the student nothing")
REMEDY = N_("no score was recorded; mend it, then choose Rerun Autograder")


def close_to_others(root: Path) -> None:
    """Nobody but this user may look below these folders. Raises LabError."""
    for folder in (root / "source", root / "submission", root / "results"):
        try:
            folder.chmod(0o700)
        except OSError as error:
            raise LabError(
                _("{folder} cannot be closed to the student's process: {reason}").format(
                    folder=folder, reason=error.strerror
                )
            ) from None
    for file in (root / "submission_metadata.json", root / "results" / "stdout"):
        with suppress(OSError):  # they may not be there
            file.chmod(0o600)


def read(folder: Path) -> Submission:
    """The submission; Gradescope unpacks a .zip by itself, and leaves a .tar.gz as it is."""
    return read_submission(folder)


def confined(sandbox: Sandbox) -> None:
    """Give workers what memory there is, and see that they have a user of their own. Raises LabError."""
    sandbox.ready()
    limits, left_mb = Limits(own_user=True), capacity.memory_left_mb()
    if left_mb is not None:
        budget_mb = left_mb - RESERVE_MB
        if budget_mb < WORKER_MB:
            needed_mb = WORKER_MB + RESERVE_MB
            raise LabError(
                _(
                    "too little memory: {left_mb} MB are left of {needed_mb} that are needed; choose a "
                    "container with 768 MB or more in the assignment's Autograder Settings"
                ).format(left_mb=left_mb, needed_mb=needed_mb)
            )
        limits = replace(limits, memory_mb=min(limits.memory_mb, budget_mb))
    sandbox.limit(limits)
    sandbox.worker({}).close()
    if not sandbox.isolation["layers"].get("uid"):
        missing = _("the student's code does not run as another user (that needs root, and a Python for all)")
        if HIDDEN.is_dir():
            raise LabError(
                _("{missing}, so it could read what is hidden: nothing was graded").format(missing=missing)
            )
        print(_("note: {text}").format(text=missing))


def grade(submission: Submission, budget: Budget | None = None) -> tuple[Report, Report | None]:
    """The reports of the public and, where there are any, of the hidden checks. Raises LabError."""
    budget = budget or Budget(cpu_s=TOTAL_CPU_S, idle_s=TOTAL_IDLE_S)
    with Sandbox(MODEL, threads=max(1, int(capacity.processors()))) as sandbox:
        confined(sandbox)
        student = InWorker(sandbox, submission.files, budget)
        public, hidden = grade_in(sandbox, student, submission), None
        student.close()
        if HIDDEN.is_dir():
            seed = (HIDDEN / "seed").read_text(encoding="utf-8")
            reference = Implementation(Frozen(HIDDEN / "expected.npz"))
            student = InWorker(sandbox, submission.files, budget)
            options = Options(hidden=seed, mask="never")
            hidden = grade_in(sandbox, student, submission, options, reference=reference)
            student.close()
    for report in filter(None, (public, hidden)):
        for check in report.grader_errors:
            raise LabError(f"{check.id}: {check.message}")
    return public, hidden


def picture_of(report: Report) -> bytes | None:
    """The car, its mask and where it differs, as a small JPEG."""
    if report.masks is None:
        return None
    panel = draw_panel(open_picture(report.masks.car), report.masks.seen, report.masks.expected)
    panel.thumbnail((PICTURE_WIDTH, PICTURE_WIDTH))
    buffer = io.BytesIO()
    panel.save(buffer, "JPEG", quality=70, optimize=True)
    return buffer.getvalue()


def run(root: Path) -> dict[str, Any]:
    """The results of the submission in this folder. Raises LabError: a fault of the grader's."""
    started = time.monotonic()
    close_to_others(root)
    try:
        submission = read(root / "submission")
    except NotGradable as error:
        return refusal(str(error).replace(f"{root / 'submission'}", _("your submission")))
    public, hidden = grade(submission)
    seconds = time.monotonic() - started
    for report in filter(None, (public, hidden)):
        report.seconds = {"wall": round(seconds, 2), "cpu": round(sum(os.times()[:4]), 2)}
    return results_of(public, hidden, picture_of(public), seconds)


def give_up(after_s: float) -> None:
    """End everything without a score; the sandbox's processes end with this one."""
    too_slow = _("the machine was too slow: nothing was done after {after_s:.0f} seconds").format(
        after_s=after_s
    )
    print(f"{_(NO_WORK)}: {too_slow}\n{_(REMEDY)}", flush=True)
    os._exit(2)


def main(backstop_s: float = BACKSTOP_S) -> int:
    """Write results.json; -> the exit status. Whatever goes wrong, no score is recorded then."""
    use(chosen())
    root = Path(os.environ.get("AUTOGRADER_ROOT", "/autograder"))
    place = root / "results" / "results.json"
    place.unlink(missing_ok=True)
    backstop = threading.Timer(backstop_s, give_up, [backstop_s])
    backstop.daemon = True
    backstop.start()
    try:
        write_text(place, json.dumps(run(root), indent=1) + "\n")
    except Exception as error:  # anything: no score must be better than a wrong one
        kind = "" if isinstance(error, LabError) else f"{type(error).__name__}: "
        print(f"{_(NO_WORK)}: {kind}{error}\n{_(REMEDY)}")
        return 2
    finally:
        backstop.cancel()
    return 0


if __name__ == "__main__":
    sys.exit(main())
