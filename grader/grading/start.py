"""The sandbox of a run, which starts in the background: little is imported here, so that it starts early."""

from grader.grading.options import Options
from grader.sandbox.trusted import Sandbox


def start_sandbox(options: Options) -> Sandbox:
    """Raises SandboxLost. What is wrong with the options is said later (run.py)."""
    return Sandbox(options.model, threads=options.threads, isolation=options.isolation)
