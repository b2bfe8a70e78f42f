"""The grader's command line: `python -m grader --help`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from grader import release as releasing
from grader.errors import LabError
from grader.outputs.terminal import make_console, named_work, print_error, print_report
from grader.paths import MODEL, SOLUTION, STUDENT

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False,
                  help="Grade submissions to the U-Net lab, and make the student's copy of it.")  # fmt: skip
export = typer.Typer(no_args_is_help=True, help="Make what other places need: Gradescope, GitHub Classroom.")
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
            help="Draw inputs from this secret, not the public ones; - reads it from stdin. Needs solution/.",
            metavar="SEED",
        ),
    ] = None,
    json: Annotated[
        Path | None, typer.Option("--json", help="Also write the report as JSON.", metavar="FILE")
    ] = None,
    junit: Annotated[
        Path | None, typer.Option(help="Also write the report as JUnit XML.", metavar="FILE")
    ] = None,
    github: Annotated[
        bool,
        typer.Option("--github", help="In a GitHub workflow: also write summary, annotations and points."),
    ] = False,
) -> None:
    """Grade one submission.

    Exit status: 0 full marks, 1 points lost, 2 the grader could not do its work.
    """
    from grader.grading import grade as run  # late, so that --help and release stay fast
    from grader.outputs.github import Workflow
    from grader.outputs.junit import write_junit

    if hidden == "-":  # not among the arguments, which every process of this machine can read
        hidden = sys.stdin.read().strip()
        if not hidden:
            raise LabError("--hidden - reads the secret from standard input, and there is nothing")
    workflow = Workflow(submission) if github else None
    if workflow:
        run = workflow.watching(run)
    with named_work("starting") as name:
        report = run(submission, model, hidden, lambda check: name(check.title))
    if json:
        report.write_json(json)
    if junit:
        write_junit(report, junit)
    print_report(report, make_console())
    if workflow:
        workflow.write(report)
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
            stale.append("assets/expected.npz")
        for name in stale:
            print(f"{name} is not what `python -m grader release` makes")
        raise typer.Exit(1 if stale else 0)
    for name in releasing.release(SOLUTION, STUDENT):
        print(f"student/{name}")
    freeze()
    print("assets/expected.npz")


Out = Annotated[Path, typer.Argument(help="A new folder, or one of an earlier export.")]


@export.command("student")
def export_student(out: Out) -> None:
    """The lab as students get it: no solution, no tests, nothing hidden."""
    from grader.exports import student

    print(f"{out}: {len(student.export(out))} files")


@export.command("classroom")
def export_classroom(
    out: Out,
    reporter: Annotated[
        bool, typer.Option("--reporter", help="Also hand the points to GitHub Classroom's reporter action.")
    ] = False,
) -> None:
    """The same, with a workflow that grades what is pushed to GitHub."""
    from grader.exports import classroom

    print(f"{out}: {len(classroom.export(out, reporter))} files")


@export.command("instructor")
def export_instructor(
    out: Out,
    lab: Annotated[
        str, typer.Option(help="Your private repository of this lab, with solution/.", metavar="OWNER/NAME")
    ],
) -> None:
    """A workflow of your own that grades students' repositories with hidden inputs."""
    from grader.exports import instructor

    print(f"{out}: {', '.join(instructor.export(out, lab))}")


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
