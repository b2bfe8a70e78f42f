"""The commands that instructors have and a student's copy does not."""

import typer

from grader.commands.batch import batch
from grader.commands.export import export
from grader.commands.merge import merge
from grader.commands.overview import overview
from grader.commands.release import release


def add_to(app: typer.Typer) -> None:
    """Add them."""
    for command in (batch, merge, overview, release):
        app.command()(command)
    app.add_typer(export, name="export")
