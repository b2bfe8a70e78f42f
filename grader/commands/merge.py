"""`python -m grader merge`: one class from the results of its shards."""

from pathlib import Path
from typing import Annotated

import typer

from grader.commands.back import BACK, Column, Comments, Gradebook, Scale


def merge(
    shards: Annotated[
        list[Path],
        typer.Argument(help="The RESULTS of every shard, in any order.", metavar="RESULTS..."),
    ],
    out: Annotated[
        Path, typer.Option("--out", "-o", help="The folder for the whole class.", metavar="RESULTS")
    ],
    resume: Annotated[
        bool, typer.Option("--resume", help="Merge anew into RESULTS, and say what has changed.")
    ] = False,
    fill: Annotated[
        Path | None,
        typer.Option(
            help="A gradebook just downloaded from Canvas, or a grading worksheet from Moodle: a copy with "
            "the grades filled in is made.",
            metavar="CSV",
            rich_help_panel=BACK,
        ),
    ] = None,
    column: Column = None,
    scale: Scale = None,
    comments: Comments = False,
    gradebook: Gradebook = None,
) -> None:
    """Make one class of shards that were graded apart with `batch --shard`.

    The table, the pages and the files that go back are those of a class that was graded in one piece. Shards
    are refused that differ in the class, the rubric, the solution, the weights, the secret or the late rule,
    and so is a class of which a shard is missing.

        python -m grader batch submissions.zip --out part1 --shard 1/2 --hidden-file term.secret.json
        python -m grader batch submissions.zip --out part2 --shard 2/2 --hidden-file term.secret.json
        python -m grader merge part1 part2 --out results

    Exit status: as of `batch`.
    """
    from grader.batch.merging import merge as merge_shards  # late, so that --help stays fast
    from grader.batch.summary import print_summary
    from grader.platforms.returning import Returning

    done = merge_shards(shards, out, resume, Returning(fill, column, scale, gradebook, comments))
    print_summary(done)
    raise typer.Exit(done.exit_status)
