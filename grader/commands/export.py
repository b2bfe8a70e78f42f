"""The commands of `python -m grader export`: one for each place that grades or hands out the lab."""

from pathlib import Path
from typing import Annotated

import typer

from grader.commands.secret import Hidden, HiddenFile, Public, inputs
from grader.lab.paths import MODEL
from grader.language import _
from grader.outputs.terminal import named_work

export = typer.Typer(
    no_args_is_help=True, help="Make what other places need: nbgrader, Gradescope, GitHub Classroom."
)
Out = Annotated[Path, typer.Argument(help="A new folder, or one of an earlier export.")]


@export.command("student")
def export_student(out: Out) -> None:
    """The lab as students get it: no solution, no tests, nothing hidden."""
    from grader.release import student_copy

    print(_counted(out, len(student_copy.export(out))))


@export.command("classroom")
def export_classroom(out: Out) -> None:
    """The same, with a workflow that grades what is pushed to GitHub."""
    from grader.platforms.github import classroom

    print(_counted(out, len(classroom.export(out))))


@export.command("instructor")
def export_instructor(
    out: Out,
    lab: Annotated[
        str, typer.Option(help="Your private repository of this lab, with solution/.", metavar="OWNER/NAME")
    ],
) -> None:
    """A workflow of your own that grades students' repositories with hidden inputs."""
    from grader.grading import secret
    from grader.platforms.github import instructor

    print(f"{out}: {', '.join(instructor.export(out, lab))}")
    kept = out.absolute().with_name(f"{out.absolute().name}{secret.SUFFIX}")  # not inside: that is pushed
    secret.kept(kept)
    print(_("Set its secret HIDDEN_SEED to what {kept} holds, for example:").format(kept=kept))
    print(f"gh secret set HIDDEN_SEED < {kept}")


@export.command("nbgrader")
def export_nbgrader(
    course: Annotated[
        Path, typer.Argument(help="The folder of your nbgrader course; made if it is not there.")
    ],
) -> None:
    """Put the lab into an nbgrader course: source/unet_lab/ and nbgrader_config.py."""
    from grader.platforms.nbgrader.export import export as run

    written = run(course)
    for path in written:
        print(path)
    print(
        _("Inputs are hidden; their secret will be kept in the course's folder. See configure(public=True).")
    )
    print(_("Next, in {course}: nbgrader generate_assignment unet_lab").format(course=course))


@export.command("gradescope")
def export_gradescope(
    out: Annotated[Path, typer.Argument(help="The zip to upload as autograder.", metavar="OUT.zip")],
    hidden: Hidden = None,
    hidden_file: HiddenFile = None,
    public: Public = False,
    model: Annotated[
        Path, typer.Option("--model", "-m", help="Other trained weights; needs solution/.")
    ] = MODEL,
) -> None:
    """The autograder for Gradescope: a zip for the instructor alone."""
    from grader.platforms.gradescope.export import export as run

    asked = inputs(hidden, hidden_file, public)
    with named_work(_("recording what is expected") if asked.secret else _("packing")):
        size = run(out, model, asked.secret)
    kept = asked.keep_beside(out)
    print(
        _(
            "{out}: {size:.0f} MB. Upload it under Configure Autograder; 768 MB and 0.5 CPU are enough."
        ).format(out=out, size=size / 1000000.0)
    )
    if asked.secret is None:
        print(_("It grades on public inputs: practice, not a mark."))
    else:
        print(_("It holds your secret: keep it from students."))
        if kept:
            print(_("So does {path}.").format(path=kept))


def _counted(out: Path, files: int) -> str:
    return _("{out}: {count} files").format(out=out, count=files)
