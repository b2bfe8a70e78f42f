"""A class from each platform's download to each platform's upload: `python -m benchmarks.whole_class`.

The 120 of made_class.py are laid out as each platform does it and graded with one secret; then the grades go
into Canvas's gradebook, Moodle's grading worksheet and nbgrader's gradebook, which are opened again: the
first two by the rules of the platforms' own readers (tests/platforms/readers.py), the third by nbgrader.

An archive inside a clone is not opened, and said: on GitHub the files themselves are handed in.

Exit status 1 where a mark is another than in the first layout, right work has less than 100 points, what
cannot be read or an attack has more than 0, or an upload would change other cells than the graded ones.
"""

import csv
import io
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from benchmarks.made_class import ABSENT, Files, the_class
from grader.grading import secret
from grader.lab.paths import LAB

sys.path.append(str(LAB / "tests"))
from collection import laid_out
from platforms import readers
from trust.hand_ins import folder

PLATFORMS = ("canvas", "moodle", "gradescope", "github", "nbgrader")
ENGLISH = {"grade": "Grade", "modified": "Last modified (grade)", "participant": "Participant ", "mark": "."}


def moodle_worksheet(names: list[str]) -> str:
    text = io.StringIO()
    table = csv.writer(text, quoting=csv.QUOTE_ALL)
    table.writerow(["Identifier", "Full name", "Email address", "Status", "Grade", "Maximum grade",
                    "Grade can be changed", "Last modified (submission)", "Last modified (grade)",
                    "Feedback comments"])  # fmt: skip
    for place, name in enumerate(names):
        table.writerow([f"Participant {88_000 + place}", laid_out.first_last(name), f"s{place}@example.edu",
                        "Submitted for grading", "", "100.00", "Yes", "-", "-", ""])  # fmt: skip
    return text.getvalue()


def canvas_gradebook(names: list[str]) -> str:
    header, *rows = laid_out.roster(names).splitlines()
    points = "    Points Possible,,,,,100.00"
    return "\r\n".join([f"{header},U-Net (70012)", points, *(f"{row}," for row in rows)]) + "\r\n"


def run(*words: object) -> float:
    """Seconds of the command. Ends the program where it fails."""
    started = time.perf_counter()
    command = [sys.executable, "-m", "grader", "batch", *map(str, words)]
    done = subprocess.run(command, cwd=LAB, capture_output=True, text=True)
    if done.returncode not in (0, 2, 3):
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    if done.stderr.startswith("error") or "Traceback" in done.stderr:
        raise SystemExit(f"{' '.join(command)}:\n{done.stderr}")
    return time.perf_counter() - started


def marks(results: Path) -> dict[str, str]:
    """{student's number: points, or status}."""
    table = json.loads((results / "results.json").read_text(encoding="utf-8"))
    return {
        student["number"]: one["score"] if one["score"] is not None else one["status"]
        for one in table["hand_ins"]
        for student in one["students"]
    }


def uploaded(platform: str, results: Path, places: dict[str, int]) -> dict[str, dict[str, float]]:
    """{upload: {student's number: points}}, as the platform would read it."""
    numbers = {place: f"{place:08d}" for place in places.values()}
    canvas = readers.canvas(
        (results / "canvas_upload.csv").read_bytes(), {str(40_000 + place): {} for place in places.values()}
    )
    moodle = readers.moodle(
        (results / "moodle_upload.csv").read_bytes(), {str(88_000 + p): "" for p in places.values()}, ENGLISH
    )
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{results.parent / f'{platform}.db'}") as gradebook:
        nbgrader = {one.student.id: one.score for one in gradebook.assignment_submissions("unet_lab")}
    return {
        "canvas": {numbers[int(id) - 40_000]: float(new) for (id, _), (_, new) in canvas.items()},
        "moodle": {numbers[int(id) - 88_000]: float(new) for id, new in moodle.items()},
        "nbgrader": {(f"{int(id[1:]):08d}" if id[0] == "s" else id): score for id, score in nbgrader.items()},
    }


def closed(platform: str, files: Files) -> bool:
    """Whether this platform's layout has them in an archive that is not opened."""
    return platform == "github" and not any(name.endswith(".py") for name in files)


def faults_of(
    platform: str, kinds: dict[str, dict[str, Files]], got: dict[str, str], places: dict[str, int]
) -> list[str]:
    """Marks that are not what the kind must get."""
    found = []
    for kind, students in kinds.items():
        for name, files in students.items():
            mark = got.get(f"{places[name]:08d}", "lost")
            is_number = mark.replace(".", "").isdigit()
            fine = {
                "right": mark == "100",
                "odd": mark == "100",
                "wrong": is_number and float(mark) < 100,
                "unreadable": mark in ("0", "not gradable"),
                "hostile": mark == "0",
            }[kind]
            if closed(platform, files):
                fine = mark == "not gradable"
            found += [] if fine else [f"{name}: {mark}"]
    return found


def main(
    platforms: Annotated[list[str] | None, typer.Option("--platform", help="Only these.")] = None,
    inference: Annotated[str, typer.Option(help="As `batch` has it.")] = "auto",
    keep: Annotated[Path | None, typer.Option(help="Where results stay.", metavar="DIR")] = None,
) -> None:
    """Print a table."""
    kinds = the_class()
    students = {name: files for one in kinds.values() for name, files in one.items()}
    places = {name: place for place, name in enumerate([*students, ABSENT])}
    table = Table("from", "s", "marks", "into Canvas", "into Moodle", "into nbgrader", "unlike the first")
    faults, first = [], {}
    with tempfile.TemporaryDirectory() as scratch:
        place = keep or Path(scratch)
        place.mkdir(parents=True, exist_ok=True)
        secret.write(place / "all.secret.json", "one and the same secret for every platform")
        fresh = {"canvas": place / "canvas.csv", "moodle": place / "moodle.csv"}
        fresh["canvas"].write_bytes(canvas_gradebook(list(places)).encode())
        fresh["moodle"].write_bytes(moodle_worksheet(list(places)).encode())
        for platform in platforms or PLATFORMS:
            download = folder(place / f"from-{platform}", laid_out.LAYOUTS[platform](students))
            results = place / platform
            words = (download, "--out", results, "--roster", fresh["canvas"], "--resume")
            known = ("--inference", inference, "--hidden-file", place / "all.secret.json")
            seconds = run(*words, *known, "--fill", fresh["canvas"])
            run(*words, *known, "--fill", fresh["moodle"], "--gradebook",
                f"sqlite:///{place / f'{platform}.db'}")  # fmt: skip
            got = marks(results)
            graded = {number: float(mark) for number, mark in got.items() if mark[0].isdigit()}
            read = uploaded(platform, results, places)
            faults += [f"{platform}: {one}" for one in faults_of(platform, kinds, got, places)]
            faults += [
                f"{platform} into {to}: {number} has {there.get(number)}, not {graded.get(number)}"
                for to, there in read.items()
                for number in graded.keys() | there.keys()
                if there.get(number) != graded.get(number)
            ]
            those = {f"{places[name]:08d}" for name, files in students.items() if not closed(platform, files)}
            first = first or {number: got[number] for number in those}
            apart = [number for number in those & first.keys() if first[number] != got.get(number)]
            faults += [f"{platform}: {number} has {got.get(number)}, not {first[number]}" for number in apart]
            told = Counter("graded" if mark[0].isdigit() else mark for mark in got.values())
            table.add_row(platform, f"{seconds:.0f}", ", ".join(f"{n} {kind}" for kind, n in told.items()),
                          *(str(len(there)) for there in read.values()), str(len(apart)))  # fmt: skip
    Console(width=110).print(table)
    print(*(faults or ["every mark is as it must be"]), sep="\n")
    raise typer.Exit(bool(faults))


if __name__ == "__main__":
    typer.run(main)
