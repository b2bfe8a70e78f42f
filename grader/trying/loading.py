"""The weights loaded, and PyTorch with them: said before it begins, and again where it takes long."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

from grader.grading.run import check_model
from grader.implementations import Implementation
from grader.language import N_, _
from grader.outputs.terminal import named_work
from grader.sandbox.trusted import Sandbox
from grader.trying.wishes import Wishes

LONG_S = 6.0  # a quiet machine takes two to four seconds
STILL_LOADING = N_("Still loading PyTorch and the model; the first time on a machine can take a minute.")


def load(sandbox: Sandbox, wishes: Wishes, reference: Implementation, console: Console) -> None:
    """Wait for the sandbox. Raises LabError for a file that does not hold the lab's weights."""
    print(_("Loading model {model}").format(model=wishes.named_model), flush=True)
    with named_work(_("loading PyTorch and the model")), said_later(_(STILL_LOADING), console):
        hello = sandbox.ready()
    print(_("Using device {device}").format(device=hello["device"]), flush=True)
    check_model(hello, wishes.model, reference)


@contextmanager
def said_later(line: str, console: Console, after_s: float = LONG_S) -> Iterator[None]:
    """Say this once, if what is done within this context is not done by then."""
    timer = threading.Timer(after_s, lambda: console.print(line, style="dim"))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
