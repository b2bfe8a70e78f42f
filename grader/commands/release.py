"""`python -m grader release`: student/ and the frozen answers, made from solution/."""

from typing import Annotated

import typer

from grader.lab.paths import SOLUTION, STUDENT


def release(
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 if student/ is not current.")
    ] = False,
) -> None:
    """Make student/ and the frozen expected values from solution/."""
    from grader.release.expected import freeze, is_current
    from grader.release.student_files import release as write_student
    from grader.release.student_files import stale_files

    if check:
        stale = [f"student/{name}" for name in stale_files(SOLUTION, STUDENT)]
        if not is_current():
            stale.append("assets/expected.npz or assets/known.npz")
        for name in stale:
            print(f"{name} is not what `python -m grader release` makes")
        raise typer.Exit(1 if stale else 0)
    for name in write_student(SOLUTION, STUDENT):
        print(f"student/{name}")
    freeze()
    print("assets/expected.npz\nassets/known.npz")
