"""The grader's command line: `python -m grader --help`."""

from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Literal

import typer

from grader.errors import LabError
from grader.exports.commands import export
from grader.lab.paths import MODEL, SOLUTION, STUDENT
from grader.outputs.command import start
from grader.outputs.terminal import counted_work, make_console, named_work, print_report
from grader.secret import secret

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False,
                  help="Grade submissions to the U-Net lab, and make the student's copy of it.")  # fmt: skip
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
    todo: Annotated[
        str | None, typer.Option(help="Only this TODO, such as crop_and_concat.", metavar="ID")
    ] = None,
    inference: Annotated[
        Literal["auto", "always"],
        typer.Option(
            help="The mask in the report: auto runs a network that is the solution's on known scores."
        ),
    ] = "auto",
    hidden_pictures: Annotated[
        Path | None,
        typer.Option(
            help="With --hidden: a folder of fresh cars, as `python -m assets.make.cars` draws them.",
            metavar="DIR",
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
    html: Annotated[
        Path | None, typer.Option(help="Also write a page for the student, in one file.", metavar="FILE")
    ] = None,
) -> None:
    """Grade one submission.

    Exit status: 0 full marks, 1 points lost, 2 the grader could not do its work.
    """
    from grader.grading.intake import read_submission  # late, so that --help and release stay fast
    from grader.grading.options import Options
    from grader.grading.run import grade as run
    from grader.outputs.junit import write_junit
    from grader.platforms.github.workflow import Workflow

    hidden = secret(hidden)
    if hidden_pictures and not hidden:
        raise LabError("--hidden-pictures needs --hidden SEED, which says what of them is used")
    workflow = Workflow(submission) if github else None
    with workflow or nullcontext(), named_work("starting") as name:
        found = read_submission(submission)
        options = Options(
            model=model,
            hidden=hidden,
            hidden_pictures=hidden_pictures,
            todos=(todo,) if todo else None,
            mask=inference,
            on_check=lambda check: name(check.title),
        )
        report = run(found, options)
    if json:
        report.write_json(json)
    if junit:
        write_junit(report, junit)
    if html:
        from grader.outputs.pages.feedback import write_html  # late: Jinja2 only where there is a page

        write_html(report, html, with_output=hidden is None)
    print_report(report, make_console())
    if workflow:
        workflow.write(report, found)
    raise typer.Exit(report.exit_status)


@app.command()
def overview(
    folder: Annotated[Path, typer.Argument(help="Where the JSON reports lie, at any depth.")],
    out: Annotated[Path, typer.Argument(help="The page to write.", metavar="OUT.html")],
) -> None:
    """Make one page of a class's reports: scores, checks by student, causes, a table.

    Each submission links to its own page if it lies beside the JSON (ada.json, ada.html).
    """
    from grader.outputs.pages.overview import write_overview
    from grader.report.folder import gather, report_files

    paths = report_files(folder)
    with counted_work("reading reports", len(paths)) as advance:
        gathered = gather(paths, advance)
    write_overview(gathered, folder, out)
    left_out = f"; {len(gathered.refused)} other JSON files are named on it" if gathered.refused else ""
    print(f"{out}: {len(gathered.reports)} reports{left_out}")


@app.command()
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


def main() -> None:
    start(app)


if __name__ == "__main__":
    main()
