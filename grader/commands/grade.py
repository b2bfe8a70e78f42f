"""`python -m grader grade`: grades one submission, and writes the forms of its report."""

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from grader.commands.secret import Hidden, HiddenFile, Public, inputs
from grader.errors import LabError
from grader.lab.paths import MODEL, STUDENT
from grader.lab.plan import todo_id
from grader.language import _
from grader.outputs.report_lines import print_report
from grader.outputs.terminal import make_console, named_work, print_notes

if TYPE_CHECKING:
    from grader.platforms.github.workflow import Workflow


def grade(
    submission: Annotated[
        Path, typer.Argument(help="A folder with unet.py, an archive of it, or unet.py.")
    ] = STUDENT,
    model: Annotated[Path, typer.Option("--model", "-m", help="The trained weights.")] = MODEL,
    hidden: Hidden = None,
    hidden_file: HiddenFile = None,
    public: Public = False,
    todo: Annotated[
        str | None,
        typer.Option(help="Only this TODO, by number or name: 2, crop_and_concat.", metavar="N|ID"),
    ] = None,
    inference: Annotated[
        Literal["auto", "always", "never"],
        typer.Option(
            help="The mask in the report: auto runs a network that is the solution's on known scores, "
            "never leaves it out."
        ),
    ] = "auto",
    hidden_pictures: Annotated[
        Path | None,
        typer.Option(
            help="For hidden inputs: a folder of fresh cars, as `python -m assets.make.cars` draws them.",
            metavar="DIR",
        ),
    ] = None,
    isolation: Annotated[
        Literal["full", "files-readable", "process-only"] | None,
        typer.Option(
            help="Refuse to grade where less than this keeps submitted code apart. For hidden inputs: full.",
            show_default=False,
        ),
    ] = None,
    json: Annotated[
        Path | None,
        typer.Option(
            "--json",
            help="Also write the report as JSON, and a secret that was drawn for it beside it.",
            metavar="FILE",
        ),
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

    With solution/ here, inputs are hidden ones, from a secret that is drawn anew unless one is given; without
    it they are the public ones, which make no mark.

    Exit status: 0 full marks, 1 points lost, 2 the grader could not do its work, 3 what was handed in cannot
    be graded: there is a report of that, too.
    """
    # Late, so that --help and release stay fast; and most of it while the sandbox starts.
    from grader.grading.options import Options
    from grader.grading.start import start_sandbox
    from grader.intake.refusal import NotGradable
    from grader.intake.submission import Submission, read_submission

    asked = inputs(hidden, hidden_file, public)
    if hidden_pictures and asked.secret is None:
        raise LabError(_("--hidden-pictures needs hidden inputs: a secret says which of them are used"))
    workflow = _workflow(submission) if github else None
    with workflow or nullcontext(), named_work(_("starting")) as name:
        options = Options(
            model=model,
            hidden=asked.secret,
            hidden_pictures=hidden_pictures,
            todos=(todo_id(todo),) if todo else None,
            mask=inference,
            isolation=isolation or (None if asked.secret is None else "full"),
            on_check=lambda check: name(check.title),
        )
        found: Submission | None = None
        try:
            found = read_submission(submission)
        except NotGradable as error:
            from grader.grading.run import not_gradable

            report = not_gradable(submission.resolve().name, str(error), options)
        else:
            with start_sandbox(options) as sandbox:
                from grader.grading.run import grade as run

                report = run(found, options, sandbox)
    if json:
        asked.keep_beside(json)  # first: a report without its secret could not be repeated
        report.write_json(json)
    if junit:
        from grader.outputs.junit import write_junit

        write_junit(report, junit)
    if html:
        from grader.outputs.pages.feedback import write_html  # late: Jinja2 only where there is a page

        write_html(report, html)
    print_notes(report.notes)
    print_report(report, make_console())
    if workflow and found:
        workflow.write(report, found)
    elif workflow:
        workflow.refuse(report)
    raise typer.Exit(report.exit_status)


def _workflow(submission: Path) -> "Workflow":
    from grader.platforms.github.workflow import Workflow  # which a student's copy has, for GitHub

    return Workflow(submission)
