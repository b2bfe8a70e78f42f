"""`python -m grader hand-in`: packs what is to be handed in, after a last look."""

from pathlib import Path
from typing import Annotated

import typer

from grader.lab.paths import STUDENT


def hand_in(
    out: Annotated[Path, typer.Argument(help="The archive to write.", metavar="OUT.zip")] = Path(
        "hand-in.zip"
    ),
    unet: Annotated[
        Path, typer.Option(help="The folder with your unet.py and infer.py.", metavar="DIR")
    ] = STUDENT,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Pack also what Python cannot read: it will earn nothing.")
    ] = False,
) -> None:
    """Pack unet.py, infer.py and the extensions that you have begun into one archive.

    Says what is missing and which TODOs are still to be written. The same files always make the same archive.

    Exit status: 0 packed, 1 not packed, because Python cannot read a file.
    """
    from grader.outputs.terminal import make_console, print_notes
    from grader.trying.hand_in import last_look, pack

    console = make_console()
    submission = last_look(unet, console, anyway)
    print_notes(submission.notes if submission else ())
    if submission is None:
        raise typer.Exit(1)
    pack(submission, out, console)
