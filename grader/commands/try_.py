"""What `try.py` does. Your code runs in a process of its own, with the trained weights."""

from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from PIL import Image
from rich.console import Console

from grader.commands.start import start
from grader.compare import iou
from grader.errors import LabError
from grader.explain import Explain
from grader.grading.options import Options
from grader.grading.run import check_model
from grader.grading.scoring import run_rubric
from grader.implementations import Frozen, Implementation, InWorker, SubmissionFault
from grader.intake.submission import read_submission
from grader.lab.files import replacing
from grader.lab.paths import ASSETS, CAR, STUDENT
from grader.lab.state_dict import first_misfit
from grader.outputs.terminal import make_console, named_work, print_notes, print_report
from grader.pictures.opening import open_picture
from grader.report.model import Report, Todo
from grader.sandbox.trusted import Sandbox
from grader.text import clean


def find_model(model: Path) -> Path:
    """The file as given, or else the one of that name in assets/. Raises LabError where neither is there."""
    for path in (model, ASSETS / model.name):
        if path.is_file():
            return path
    if model.is_dir():
        raise LabError(f"{model} is a folder: give the file of the weights, such as assets/model.pth")
    raise LabError(f"{model} does not exist: copy assets/model.pth here, or name the file with --model")


def run(
    model: Annotated[
        Path, typer.Option("--model", "-m", help="The trained weights; also looked for in assets/.")
    ] = Path("model.pth"),
    image: Annotated[
        Path | None,
        typer.Option(help="The picture of a car; without it, one of assets/cars.", show_default=False),
    ] = None,
    output: Annotated[Path, typer.Option(help="Where the picture with the mask goes.")] = Path(
        "prediction.png"
    ),
    unet: Annotated[Path, typer.Option(help="The folder with your unet.py and infer.py.")] = STUDENT,
) -> None:
    """Load the trained weights into your UNet, check each TODO, and draw the mask of a car."""
    console = make_console()
    path = find_model(model)
    if output.suffix.lower() not in (".png", ".jpg", ".jpeg", ".webp"):
        raise LabError(f"{output} is no picture file: name it something.png")
    if not output.resolve().parent.is_dir():
        raise LabError(f"the folder of {output} does not exist: make it, or choose another --output")
    submission = read_submission(unet)
    print_notes(submission.notes)
    car = image or CAR
    picture = open_picture(car)
    with Sandbox(path, device="auto", traces=False) as sandbox:
        print(f"Loading model {model}", flush=True)
        hello = sandbox.ready()
        print(f"Using device {hello['device']}", flush=True)
        check_model(hello, path, Implementation(Frozen()))
        student = InWorker(sandbox, submission.files)
        status = show(Implementation(student), picture, car, output, console)
        student.close()
    raise typer.Exit(status)


def show(student: Implementation, picture: Image.Image, car: Path, output: Path, console: Console) -> int:
    """Everything after the first two lines; returns the exit status."""
    fits = False
    try:
        facts, _ = student.ask("load", {"channels": [3, 1]})
        misfit = first_misfit(facts["found"], facts["expected"])
        fits = misfit is None
        print("Model loaded" if fits else f"The weights do not fit your network: {misfit}", flush=True)
    except SubmissionFault as fault:
        if fault.kind != "unfilled":
            console.print(f"Your network cannot be built: {clean(str(fault))}", markup=False)
    todos = check(student)
    report = Report("", {}, todos)
    if all(todo.is_untouched for todo in todos):
        console.print(
            "Nothing is wrong yet: every TODO is still to be written.\n"
            "Start with TODO 1 in student/unet.py, then run this again."
        )
        return 1
    print_report(report, console, short=True)
    if fits:
        draw(student, picture, car, output, console)
    return report.exit_status


def check(student: Implementation) -> list[Todo]:
    """The public checks, with the name of the one at work on a terminal."""
    reference = Implementation(Frozen())
    with named_work("checking") as name:
        options = Options(on_check=lambda check: name(check.title))
        return run_rubric(student, reference, Explain(student, reference), options)


def draw(student: Implementation, picture: Image.Image, car: Path, output: Path, console: Console) -> None:
    """The mask of the picture, saved, and how good it is."""
    from grader.pictures.panel import draw_panel  # late: only where there is something to draw

    try:
        mask = student.mask(picture)
    except SubmissionFault as fault:
        console.print(f"No mask yet: {clean(str(fault))}", markup=False)
        return
    if mask is None or mask.shape != (picture.height, picture.width):
        console.print(
            f"No picture yet: the mask has to be an array of shape {(picture.height, picture.width)}"
        )
        return
    mask = (mask > 0).astype(np.uint8)
    truth_path = car.with_name(car.stem + "_mask.png")
    truth = np.asarray(open_picture(truth_path).convert("L")) > 127 if truth_path.is_file() else None
    expected = truth.astype(np.uint8) if truth is not None and truth.shape == mask.shape else None
    save(draw_panel(picture, mask, expected), output)
    agreement = "" if expected is None else f"; IoU with the true mask {iou(mask, expected):.3f}"
    console.print(f"{100 * mask.mean():.1f} % of {car.name} is car{agreement}")
    console.print(f"Look at {output}")


def save(panel: Image.Image, output: Path) -> None:
    """Write the picture atomically. Raises LabError where the folder cannot be written."""
    with replacing(output) as part:
        panel.save(part, format=Image.registered_extensions()[output.suffix.lower()])


def main() -> None:
    """Run `try.py`."""
    start(run)
