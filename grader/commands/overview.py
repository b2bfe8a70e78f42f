"""`python -m grader overview`: one page for a class."""

from pathlib import Path
from typing import Annotated

import typer

from grader.language import _
from grader.outputs.terminal import counted_work


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
    with counted_work(_("reading reports"), len(paths)) as advance:
        gathered = gather(paths, advance)
    write_overview(gathered, folder, out)
    left_out = (
        _("; {count} other JSON files are named on it").format(count=len(gathered.refused))
        if gathered.refused
        else ""
    )
    print(
        _("{out}: {count} reports{left_out}").format(out=out, count=len(gathered.reports), left_out=left_out)
    )
