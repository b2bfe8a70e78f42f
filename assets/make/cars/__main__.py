"""The studio's command line: `python -m assets.make.cars --help`."""

import importlib.util
import os
import sys
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from assets.make.cars.kinds import KINDS, PAINTS
from assets.make.cars.order import Order
from grader.commands.start import start
from grader.errors import LabError
from grader.outputs.terminal import make_console

STUDIO = Path(__file__).resolve().parents[3] / ".venv-studio"
SAMPLES = 16
LEAST_SIDE, MOST_SIDE = 64, 8192


def need_blender() -> None:
    """Go on in the studio's own environment. Raises LabError where there is none."""
    if importlib.util.find_spec("bpy") is not None:
        return
    python = STUDIO / "bin" / "python"
    if python.exists() and Path(sys.prefix) != STUDIO:
        os.execv(python, [str(python), "-m", "assets.make.cars", *sys.argv[1:]])
    raise LabError(
        "drawing cars needs Blender's bpy in an environment of its own: run `make studio` (Python 3.11)"
    )


def read_size(text: str) -> tuple[int, int]:
    width, _, height = text.lower().partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        raise LabError(f"--size {text} is not WIDTHxHEIGHT: write for instance 1918x1280")
    size = int(width), int(height)
    if not (min(size) >= LEAST_SIDE and max(size) <= MOST_SIDE and size[1] <= size[0] <= 3 * size[1]):
        raise LabError(
            f"--size {text}: sides of {LEAST_SIDE} to {MOST_SIDE}, wide or square, such as 768x512"
        )
    return size


def one_of(option: str, value: str | None, known: dict) -> str | None:
    if value is not None and value not in known:
        raise LabError(f"--{option} {value} is not known: choose from {', '.join(known)}")
    return value


class Bar:
    """How many are done and how long the rest takes: a bar on a terminal, else a line per step."""

    def __init__(self):
        self._console = make_console(stderr=True)
        pace = TextColumn("{task.fields[pace]}")
        columns = (TextColumn("drawing"), BarColumn(30), MofNCompleteColumn(), pace,
                   TimeRemainingColumn(compact=True), TextColumn("left"))  # fmt: skip
        self._bar = Progress(*columns, console=self._console, disable=not self._console.is_terminal,
                             speed_estimate_period=3600)  # fmt: skip
        self._task = self._bar.add_task("", pace="")
        self._started = time.monotonic()

    def __call__(self, done: float, total: int) -> None:
        pace = (time.monotonic() - self._started) / done if done else 0.0
        self._bar.update(self._task, completed=done, total=total, pace=f"{pace:.1f} s each" if done else "")
        if done and not self._console.is_terminal:
            left = pace * (total - done) / 60
            print(
                f"{round(done, 2):g} of {total}, {pace:.1f} s each, {left:.0f} min left",
                file=sys.stderr,
                flush=True,
            )

    def __enter__(self) -> "Bar":
        self._bar.start()
        return self

    def __exit__(self, *_) -> None:
        self._bar.stop()


def run(
    out: Annotated[Path, typer.Option(help="The folder for images/, masks/ and metadata.csv.")],
    seed: Annotated[int, typer.Option(min=0, help="The same seed draws the same pixels.")] = 1,
    cars: Annotated[int, typer.Option(min=1, help="How many cars.")] = 1,
    views: Annotated[int, typer.Option(help="Pictures of each car: 1, 2, 4, 8 or 16, evenly spaced.")] = 16,
    size: Annotated[
        str, typer.Option(help="WIDTHxHEIGHT in pixels; 768x512 does for training.")
    ] = "1918x1280",
    samples: Annotated[
        int, typer.Option(min=1, max=4096, help="Light paths per pixel; fewer are faster.")
    ] = SAMPLES,
    kind: Annotated[str | None, typer.Option(help=f"Only {', '.join(KINDS)}.", show_default=False)] = None,
    paint: Annotated[
        str | None, typer.Option(help="Only one paint, such as silver.", show_default=False)
    ] = None,
    jobs: Annotated[
        int,
        typer.Option(min=1, max=64, help="Cars drawn at once: pays where pictures are small, or cores many."),
    ] = 1,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where an earlier run stopped.")] = False,
) -> None:
    """Draw cars on a turntable, with their exact masks."""
    if views not in (1, 2, 4, 8, 16):
        raise LabError(f"--views {views}: the table stops 16 times, so choose 1, 2, 4, 8 or 16")
    order = Order(
        seed, read_size(size), samples, views, one_of("kind", kind, KINDS), one_of("paint", paint, PAINTS)
    )
    need_blender()
    from assets.make.cars.jobs import draw  # late: bpy takes a second, and is not in the lab's environment

    with Bar() as bar:
        drawn = draw(order, cars, out, resume, bar, jobs)
    print(f"{drawn} pictures drawn, {cars * views} in {out}")


def main() -> None:
    start(run, stopped="stopped; the same command with --resume goes on")


if __name__ == "__main__":
    main()
