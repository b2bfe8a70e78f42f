"""The grader's command line, all of it: `python -m grader --help`. Next file: staff.py."""

from importlib.util import find_spec

import typer

from grader.commands.doctor import doctor
from grader.commands.extensions import run as extensions
from grader.commands.grade import grade
from grader.commands.hand_in import hand_in
from grader.commands.start import start

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Check, hand in and grade submissions to the U-Net lab.",
)
app.command()(grade)
app.command("extensions")(extensions)
app.command("hand-in")(hand_in)
app.command()(doctor)
if find_spec("grader.commands.staff"):  # a student's copy is without
    from grader.commands import staff

    staff.add_to(app)


def main() -> None:
    """Run the command line."""
    start(app)
