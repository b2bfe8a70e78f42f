"""The grader's command line, all of it: `python -m grader --help`."""

import typer

from grader.commands.batch import batch
from grader.commands.doctor import doctor
from grader.commands.export import export
from grader.commands.extensions import run as extensions
from grader.commands.grade import grade
from grader.commands.hand_in import hand_in
from grader.commands.overview import overview
from grader.commands.release import release
from grader.commands.start import start

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Grade submissions to the U-Net lab, and make the student's copy of it.",
)
for command in (grade, batch, overview, release):
    app.command()(command)
app.command("extensions")(extensions)
app.command("hand-in")(hand_in)
app.command()(doctor)
app.add_typer(export, name="export")


def main() -> None:
    """Run the command line."""
    start(app)
