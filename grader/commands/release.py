"""`python -m grader release`: student/, requirements.txt and the frozen answers, made from their sources."""

from pathlib import Path
from typing import Annotated

import typer

from grader.errors import LabError
from grader.lab.paths import SOLUTION, STUDENT
from grader.language import _


def release(
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 if anything is not current.")
    ] = False,
    files: Annotated[
        bool, typer.Option("--files", help="Only the files, in seconds: leave the frozen answers alone.")
    ] = False,
    into: Annotated[
        Path | None,
        typer.Option(
            "--into",
            help="Only a student/ in the language of --lang, into this folder: the lab's own is English.",
            metavar="FOLDER",
        ),
    ] = None,
) -> None:
    """Make student/ and the frozen answers from solution/, and requirements.txt from pyproject.toml."""
    from grader.release import requirements
    from grader.release.expected import freeze, is_current
    from grader.release.student_files import release as write_student
    from grader.release.student_files import stale_files

    if not SOLUTION.is_dir():
        raise LabError(_("this copy of the lab has no solution/, from which student/ is made"))
    if into is not None:
        for name in write_student(SOLUTION, into, _):
            print(into / name)
        return
    if check:
        stale = [f"student/{name}" for name in stale_files(SOLUTION, STUDENT)]
        stale += [] if requirements.is_current() else ["requirements.txt"]
        stale += [] if files or is_current() else ["assets/expected.npz or assets/known.npz"]
        for name in stale:
            print(_("{name} is not what `python -m grader release` makes").format(name=name))
        raise typer.Exit(1 if stale else 0)
    for name in write_student(SOLUTION, STUDENT):
        print(f"student/{name}")
    requirements.write()
    print("requirements.txt")
    if not files:
        freeze()
        print("assets/expected.npz\nassets/known.npz")
