"""What several test files share: one warm sandbox, and a way to grade a text."""

import os
import signal

import pytest

from grader.explain import Explain
from grader.grading.options import Options
from grader.grading.scoring import run_rubric
from grader.implementations import Frozen, Implementation, InWorker
from grader.lab.paths import MODEL
from grader.sandbox.trusted import Sandbox

# Two tests run at a time. More threads would only spin in each other's way, here and in every process that a
# test starts. Nothing above imports torch, which reads this once.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# Tests read English, whatever this machine speaks.
os.environ["UNET_LAB_LANG"] = "en"

# A job that a script starts in the background ignores Ctrl-C, and so would every process that a test starts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_make_parametrize_id(config, val, argname):
    """Name bytes by their argument: an archive holds the second it was made in; two workers must agree."""
    return argname if isinstance(val, bytes) else None


@pytest.fixture(scope="session")
def sandbox():
    """One zygote with the trained weights for the whole session."""
    with Sandbox(MODEL) as sandbox:
        sandbox.ready()
        yield sandbox


@pytest.fixture(scope="session")
def frozen():
    """The frozen answers, as a reference."""
    return Implementation(Frozen())


@pytest.fixture
def grade_files(sandbox, frozen):
    """Grade {file: text} with the public checks -> the todos."""

    def grade(files: dict[str, str], reference: Implementation | None = None, hidden: str | None = None):
        student = InWorker(sandbox, {name: text.encode("utf-8") for name, text in files.items()})
        try:
            network = Implementation(student)
            against = reference or frozen
            return run_rubric(network, against, Explain(network, against), Options(hidden=hidden))
        finally:
            student.close()

    return grade
