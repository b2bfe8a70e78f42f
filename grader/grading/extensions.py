"""Checks extensions alone, without the core; an extension that is not begun is not mentioned."""

from pathlib import Path

from grader.errors import LabError
from grader.explain import Explain
from grader.grading.options import Options
from grader.grading.scoring import run_rubric
from grader.implementations import Frozen, Implementation, InWorker
from grader.intake.submission import read_submission
from grader.lab.extensions import EXTENSIONS
from grader.lab.fingerprints import begun
from grader.language import _
from grader.outputs.terminal import named_work
from grader.report.model import Todo
from grader.sandbox.trusted import Sandbox


def check_extensions(folder: Path, names: list[str]) -> list[Todo]:
    """The public checks of those of these extensions that are begun. Raises LabError."""
    unknown = [name for name in names if name not in EXTENSIONS]
    if unknown:
        raise LabError(
            _("there is no extension {unknown!r}; there are {extensions}").format(
                unknown=unknown[0], extensions=", ".join(EXTENSIONS)
            )
        )
    submission = read_submission(folder)
    names = [name for name in begun(submission.files) if not names or name in names]
    if not names:
        return []
    with Sandbox() as sandbox, named_work(_("checking")) as said:
        student, reference = InWorker(sandbox, submission.files), Implementation(Frozen())
        network = Implementation(student)
        options = Options(todos=tuple(names), on_check=lambda check: said(check.title))
        todos = run_rubric(network, reference, Explain(network, reference), options)
        student.close()
    return todos
