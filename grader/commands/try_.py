"""What `try.py` does. Your code runs in a process of its own, with the trained weights."""

from pathlib import Path
from typing import Annotated

import typer

from grader.commands.start import start
from grader.errors import LabError
from grader.lab.paths import STUDENT
from grader.language import _


def run(
    model: Annotated[
        Path, typer.Option("--model", "-m", help="The trained weights; also looked for in assets/.")
    ] = Path("model.pth"),
    image: Annotated[
        str | None,
        typer.Option(
            help="The picture of a car; without it, one of assets/cars.", metavar="FILE", show_default=False
        ),
    ] = None,
    output: Annotated[
        Path, typer.Option(help="Where the picture with the mask goes.", metavar="FILE")
    ] = Path("prediction.png"),
    unet: Annotated[
        Path, typer.Option(help="The folder with your unet.py and infer.py.", metavar="DIR")
    ] = STUDENT,
    watch: Annotated[
        bool, typer.Option("--watch", "-w", help="Stay, and look again after every save, until Ctrl-C.")
    ] = False,
    todo: Annotated[
        list[str] | None,
        typer.Option(
            "--todo", "-t", help="Only this TODO, by number or name: 2, or crop_and_concat.", metavar="N|ID"
        ),
    ] = None,
    all_: Annotated[
        bool, typer.Option("--all", "-a", help="Every check, with its message and hint in full.")
    ] = False,
    hint: Annotated[
        bool,
        typer.Option("--hint", help="One step more of help for the first failure; again: the next step."),
    ] = False,
    open_: Annotated[
        bool, typer.Option("--open", help="Open the feedback page in a browser, and keep it up to date.")
    ] = False,
) -> None:
    """Load the trained weights into your UNet, check each TODO, and draw the mask of a car.

    A good way to work: `python try.py --watch` in one window, your editor in another. What your code prints
    is shown below the TODO that printed it.

    Exit status: 0 everything is right, 1 something is missing or wrong, 2 it could not be checked,
    130 stopped.
    """
    from grader.outputs.terminal import make_console  # late, like all below: what is wrong is said at once
    from grader.trying.first_look import first_look
    from grader.trying.wishes import Wishes, find_car, find_model, find_output, find_todos

    if watch and hint:
        raise LabError(_("--hint answers once, and --watch stays: ask for it in another window"))
    console, todos = make_console(), find_todos(todo)
    wishes = Wishes(
        unet,
        find_model(model),
        model,
        *find_car(image),
        find_output(output),
        todos,
        all_,
        hint,
        open_,
    )
    submission = None if watch else first_look(unet, todos, console)
    if submission is None and not watch:
        raise typer.Exit(1)
    from grader.sandbox.trusted import Sandbox

    with Sandbox(wishes.model, device="auto") as sandbox:  # it loads while the rest is imported
        if submission is None:
            from grader.trying.watch import run_watching

            raise typer.Exit(run_watching(sandbox, wishes, console))
        from grader.trying.once import run_once

        raise typer.Exit(run_once(sandbox, submission, wishes, console))


def main() -> None:
    """Run `try.py`."""
    start(run)
