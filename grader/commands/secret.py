"""The secret that hidden inputs are drawn from, as a command line takes it."""

import sys

from grader.errors import LabError


def secret(hidden: str | None) -> str | None:
    """The seed as given; "-" reads it from stdin. Raises LabError."""
    if hidden != "-":
        return hidden
    # not among the arguments, which every process of this machine can read
    hidden = sys.stdin.read().strip()
    if not hidden:
        raise LabError("--hidden - reads the secret from standard input, and there is nothing")
    return hidden
