"""Which inputs a command line asks for: hidden ones, from a secret, or the public ones."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from grader.errors import LabError
from grader.grading import secret
from grader.lab.paths import SOLUTION
from grader.lab.version import VERSION
from grader.language import _
from grader.outputs.terminal import print_warning

VARIABLE = "UNET_LAB_SECRET"
Hidden = Annotated[
    str | None,
    typer.Option(
        "--hidden",
        help="Draw inputs from this secret; - reads it from stdin. Any other word here can be read by every "
        "user of the machine. Needs solution/.",
        metavar="-|SEED",
    ),
]
HiddenFile = Annotated[
    Path | None,
    typer.Option(
        "--hidden-file",
        help="The same, with the secret from this file, such as an earlier NAME.secret.json. Without any of "
        "these the secret is that of UNET_LAB_SECRET, or drawn anew.",
        metavar="FILE",
    ),
]
Public = Annotated[
    bool,
    typer.Option("--public", help="Use the public inputs, which students have: practice, not a mark."),
]


@dataclass(frozen=True)
class Inputs:
    """The secret that inputs are drawn from, None for the public ones; and whether nobody has it yet."""

    secret: str | None
    is_fresh: bool = False

    def keep_beside(self, results: Path) -> Path | None:
        """Write a fresh secret beside the file of results; -> where. Raises LabError."""
        if self.secret is None or not self.is_fresh:
            return None
        path = results.with_suffix(secret.SUFFIX)
        secret.write(path, self.secret)
        return path


def inputs(hidden: str | None, hidden_file: Path | None, public: bool) -> Inputs:
    """What is asked for; where nothing is, fresh hidden inputs if there is a solution to grade them by.

    Raises LabError for a secret that is empty or cannot be read, and for two answers to one question.
    """
    variable = os.environ.pop(VARIABLE, None)  # no child of ours inherits it
    if (hidden is not None) + (hidden_file is not None) + public > 1:
        raise LabError(_("--hidden, --hidden-file and --public exclude each other: give one of them"))
    if public:
        return Inputs(None)
    if hidden_file is not None:
        return Inputs(_of_this_lab(*secret.read(hidden_file)))
    if hidden == "-":
        source = _("--hidden - reads the secret from standard input, which")
        return Inputs(_of_this_lab(*secret.from_text(sys.stdin.read(), source)))
    if hidden is not None:
        text = _of_this_lab(*secret.from_text(hidden, "--hidden"))
        print_warning(
            _(
                "other users of this machine can read the secret on this command line; give it with "
                "--hidden -, --hidden-file or {variable}"
            ).format(variable=VARIABLE)
        )
        return Inputs(text)
    if variable is not None:
        return Inputs(_of_this_lab(*secret.from_text(variable, VARIABLE)))
    return Inputs(secret.draw(), is_fresh=True) if SOLUTION.is_dir() else Inputs(None)


def _of_this_lab(text: str, lab: str | None) -> str:
    """The secret; a warning where it was drawn for another version of the lab."""
    if lab is not None and lab != VERSION:
        print_warning(
            _(
                "this secret was drawn for version {lab} of the lab, and this is {version}: where the "
                "checks have changed, so have the inputs"
            ).format(lab=lab, version=VERSION)
        )
    return text
