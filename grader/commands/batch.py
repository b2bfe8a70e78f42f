"""`python -m grader batch`: a class at once, from a platform's download to a table of grades."""

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

import typer

from grader.commands.back import BACK, Column, Comments, Gradebook, Scale
from grader.commands.secret import Hidden, HiddenFile, Public, inputs
from grader.commands.start import STOPPED
from grader.errors import LabError
from grader.lab.files import NotWritten
from grader.lab.paths import MODEL
from grader.language import N_, _
from grader.outputs.terminal import print_warning

# panels of the help
READING, LATE = N_("Reading the download"), N_("Who is late")
ELSEWHERE = N_("On other machines (docs/cluster.md)")
KEPT = N_("What is graded is kept; the same command with --resume goes on")


def batch(
    download: Annotated[
        Path, typer.Argument(help="What the platform gave you: a folder, or one archive.", metavar="DOWNLOAD")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder for the results.", metavar="RESULTS")],
    resume: Annotated[
        bool,
        typer.Option(
            "--resume",
            help="Go on in RESULTS: grade what is missing, what was handed in anew, and what another rubric, "
            "solution, model, secret or language graded.",
        ),
    ] = False,
    roster: Annotated[
        Path | None,
        typer.Option(
            help="The class as CSV, so that who handed in nothing is listed.",
            metavar="CSV",
            rich_help_panel=READING,
        ),
    ] = None,
    layout: Annotated[
        str | None,
        typer.Option(
            help="The download's layout, where it is not recognised: canvas, moodle, blackboard, "
            "gradescope, github, nbgrader, folders or sections.",
            metavar="NAME",
            rich_help_panel=READING,
        ),
    ] = None,
    name_pattern: Annotated[
        str | None,
        typer.Option(
            help="How folders or files are named: a regular expression with groups such as (?P<id>...).",
            metavar="REGEX",
            rich_help_panel=READING,
        ),
    ] = None,
    deadline: Annotated[
        str | None,
        typer.Option(
            help="Later is late: 2026-11-30T18:00+01:00, or by this machine's clock without +01:00.",
            metavar="TIME",
            rich_help_panel=LATE,
        ),
    ] = None,
    extra_time: Annotated[
        Path | None,
        typer.Option(
            help="A deadline of their own for some: a CSV of student and 2d, 12h or a time.",
            metavar="CSV",
            rich_help_panel=LATE,
        ),
    ] = None,
    late_factor: Annotated[
        float,
        typer.Option(
            help="Of the points of who was late, such as 0.8; the raw score stays apart.",
            min=0,
            max=1,
            metavar="SHARE",
            rich_help_panel=LATE,
        ),
    ] = 1.0,
    jobs: Annotated[
        int | None,
        typer.Option("--jobs", "-j", help="Processes; by default one for each core.", min=1, metavar="N"),
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(
            help="Grade on the workers of a Dask scheduler, such as tcp://10.0.0.5:8786, and not here.",
            metavar="ADDRESS",
            rich_help_panel=ELSEWHERE,
        ),
    ] = None,
    tls_ca_file: Annotated[
        Path | None,
        typer.Option(
            help="For an address that begins with tls://: who vouches for the scheduler.",
            metavar="PEM",
            rich_help_panel=ELSEWHERE,
        ),
    ] = None,
    tls_cert: Annotated[
        Path | None,
        typer.Option(help="The certificate to show it.", metavar="PEM", rich_help_panel=ELSEWHERE),
    ] = None,
    tls_key: Annotated[
        Path | None, typer.Option(help="Its key.", metavar="PEM", rich_help_panel=ELSEWHERE)
    ] = None,
    shard: Annotated[
        str | None,
        typer.Option(
            help="Only the 2nd of 8 equal parts of the class: 2/8. `python -m grader merge` makes one class "
            "of their results.",
            metavar="I/N",
            rich_help_panel=ELSEWHERE,
        ),
    ] = None,
    pseudonyms: Annotated[
        bool, typer.Option("--pseudonyms", help="Name nobody on pages; pseudonyms.csv says who is who.")
    ] = False,
    fill: Annotated[
        Path | None,
        typer.Option(
            help="A gradebook just downloaded from Canvas, or a grading worksheet from Moodle: a copy "
            "with the grades filled in is made, to be uploaded there. It also serves as the roster.",
            metavar="CSV",
            rich_help_panel=BACK,
        ),
    ] = None,
    column: Column = None,
    scale: Scale = None,
    comments: Comments = False,
    gradebook: Gradebook = None,
    model: Annotated[
        Path,
        typer.Option("--model", "-m", help="The trained weights.", show_default="assets/model.pth"),
    ] = MODEL,
    hidden: Hidden = None,
    hidden_file: HiddenFile = None,
    public: Public = False,
    hidden_pictures: Annotated[
        Path | None,
        typer.Option(help="A folder of fresh cars, for hidden inputs.", metavar="DIR"),
    ] = None,
    inference: Annotated[
        Literal["auto", "always", "never"],
        typer.Option(
            help="The mask on each page: auto runs a network that is the solution's on known scores, never "
            "leaves it out."
        ),
    ] = "auto",
    isolation: Annotated[
        Literal["full", "files-readable", "process-only"] | None,
        typer.Option(
            help="Refuse to grade where less keeps submitted code apart: full, files-readable or "
            "process-only. For hidden inputs: full.",
            metavar="LEVEL",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Grade a class: every hand-in of a download, several at a time.

    Takes what Canvas, Moodle, Gradescope, GitHub or nbgrader give you, or folders, archives and files of
    your own. RESULTS gets gradebook.csv, index.html for the class, and for each student a page and a
    report in students/.

    Every result is kept as soon as it is there. After Ctrl-C, a crash or a full disk, the same command with
    --resume goes on, and loses nothing but what was in work. The secret of the hidden inputs is drawn once
    and kept in RESULTS, so that everybody gets the same ones.

        python -m grader batch submissions.zip --out results --roster class.csv
        python -m grader batch submissions.zip --out results --resume

    Exit status: 0 all are graded, 3 some cannot be graded because of what was handed in, 2 the grader
    could not do its work: some need a human, which is never a zero.
    """
    from grader.batch.cluster.connection import Cluster
    from grader.batch.session import Choices, grade_download  # late, so that --help stays fast
    from grader.batch.shards import Shard
    from grader.batch.summary import print_summary
    from grader.grading.options import Options
    from grader.platforms.returning import Returning

    cluster = None
    if scheduler is not None:
        cluster = Cluster(scheduler, tls_ca_file, tls_cert, tls_key)
        if jobs is not None:
            raise LabError(_("--jobs is for processes here; a scheduler has as many workers as were started"))
    elif tls_ca_file or tls_cert or tls_key:
        raise LabError(_("--tls-ca-file, --tls-cert and --tls-key belong to --scheduler tls://HOST:PORT"))
    asked = inputs(hidden, hidden_file, public)
    if hidden_pictures and asked.secret is None:
        raise LabError(_("--hidden-pictures needs hidden inputs: a secret says which of them are used"))
    options = Options(
        model=model,
        hidden=asked.secret,
        hidden_pictures=hidden_pictures,
        mask=inference,
        isolation=isolation or (None if asked.secret is None else "full"),
    )
    choices = Choices(
        resume=resume,
        layout=layout,
        name_pattern=name_pattern,
        roster=roster,
        deadline=deadline,
        extra_time=extra_time,
        late_factor=Decimal(str(late_factor)),
        jobs=jobs,
        cluster=cluster,
        shard=Shard.of(shard) if shard else None,
        pseudonyms=pseudonyms,
        is_fresh=asked.is_fresh,
        returning=Returning(fill, column, scale, gradebook, comments),
    )
    try:
        done = grade_download(download, out, options, choices)
    except NotWritten as error:
        raise LabError(f"{error}. {_(KEPT)}") from None
    except KeyboardInterrupt:
        print_warning(_(KEPT))
        raise typer.Exit(STOPPED) from None
    print_summary(done)
    raise typer.Exit(done.exit_status)
