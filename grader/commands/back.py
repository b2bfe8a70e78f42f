"""How grades go back to their platform, as options that `batch` and `merge` share."""

from typing import Annotated

import typer

from grader.language import N_

BACK = N_("Giving grades back")  # a panel of the help

Column = Annotated[
    str | None,
    typer.Option(
        help="Canvas's column to fill, where it is not clear.", metavar="TITLE", rich_help_panel=BACK
    ),
]
Scale = Annotated[
    bool | None,
    typer.Option(
        "--scale/--no-scale",
        help="Where the platform's maximum is another: convert the points, or write them as they are.",
        show_default=False,
        rich_help_panel=BACK,
    ),
]
Comments = Annotated[
    bool,
    typer.Option(
        "--comments",
        help="Also write the points of each TODO into Moodle's feedback comments, where none stand yet.",
        rich_help_panel=BACK,
    ),
]
Gradebook = Annotated[
    str | None,
    typer.Option(
        help="nbgrader's database: sqlite:///gradebook.db, or postgresql://USER@HOST/NAME with the "
        "password in ~/.pgpass.",
        metavar="URL",
        rich_help_panel=BACK,
    ),
]
