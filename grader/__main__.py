"""The grader's command line: `python -m grader --help`."""

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from grader import release as releasing
from grader.errors import LabError
from grader.outputs.terminal import make_console, named_work, print_error, print_report
from grader.paths import MODEL, SOLUTION, STUDENT

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False,
                  help="Grade submissions to the U-Net lab, and make the student's copy of it.")  # fmt: skip

export = typer.Typer(help="Make what other places need: Gradescope, GitHub Classroom.")
app.add_typer(export, name="export")


@app.command()
def grade(
    submission: Annotated[
        Path, typer.Argument(help="A folder with unet.py, a .zip or .tar.gz, or unet.py.")
    ] = STUDENT,
    model: Annotated[Path, typer.Option("--model", "-m", help="The trained weights.")] = MODEL,
    hidden: Annotated[
        str | None,
        typer.Option(
            help="Draw inputs from this secret instead of the public ones; needs solution/.", metavar="SEED"
        ),
    ] = None,
    inference: Annotated[
        Literal["auto", "always"],
        typer.Option(
            help="The mask in the report: auto runs a network that is the solution's on known scores."
        ),
    ] = "auto",
    json: Annotated[
        Path | None, typer.Option("--json", help="Also write the report as JSON.", metavar="FILE")
    ] = None,
    junit: Annotated[
        Path | None, typer.Option(help="Also write the report as JUnit XML.", metavar="FILE")
    ] = None,
) -> None:
    """Grade one submission.

    Exit status: 0 full marks, 1 points lost, 2 the grader could not do its work.
    """
    from grader.grading import grade as run  # late, so that --help and release stay fast
    from grader.outputs.junit import write_junit

    with named_work("starting") as name:
        report = run(submission, model, hidden, lambda check: name(check.title), inference)
    if json:
        report.write_json(json)
    if junit:
        write_junit(report, junit)
    print_report(report, make_console())
    raise typer.Exit(report.exit_status)


@app.command()
def release(
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 if student/ is not current.")
    ] = False,
) -> None:
    """Make student/ and the frozen expected values from solution/."""
    from grader.freeze import freeze, is_current

    if check:
        stale = [f"student/{name}" for name in releasing.stale_files(SOLUTION, STUDENT)]
        if not is_current():
            stale.append("assets/expected.npz or assets/known.npz")
        for name in stale:
            print(f"{name} is not what `python -m grader release` makes")
        raise typer.Exit(1 if stale else 0)
    for name in releasing.release(SOLUTION, STUDENT):
        print(f"student/{name}")
    freeze()
    print("assets/expected.npz\nassets/known.npz")


@export.command()
def gradescope(
    out: Annotated[Path, typer.Argument(help="The zip to upload as autograder.", metavar="OUT.zip")],
    hidden: Annotated[
        str | None,
        typer.Option(help="Points for inputs drawn from this secret; needs solution/.", metavar="SEED"),
    ] = None,
    model: Annotated[
        Path, typer.Option("--model", "-m", help="Other trained weights; needs solution/.")
    ] = MODEL,
    torch_index: Annotated[
        str | None, typer.Option(help="The package index with torch's CPU wheels.", metavar="URL")
    ] = None,
) -> None:
    """The autograder for Gradescope: a zip for the instructor alone."""
    from grader.exports.gradescope import TORCH_INDEX
    from grader.exports.gradescope import export as run

    with named_work("recording what is expected" if hidden else "packing"):
        size = run(out, model, hidden, torch_index or TORCH_INDEX)
    print(f"{out}: {size / 1e6:.0f} MB. Upload it under Configure Autograder; 768 MB and 0.5 CPU are enough.")
    if hidden:
        print("It holds your seed: keep it from students.")


def main() -> None:
    try:
        app()
    except LabError as error:
        print_error(str(error))
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
