"""Is anything lost when the grading of a class is killed? `python -m benchmarks.kills`.

A small class is graded undisturbed, and once more with the same secret, killed at random moments (SIGKILL,
the run) and resumed each time. Both leave the same files, but for times.
"""

import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import track

from grader.lab.paths import LAB

sys.path += [str(LAB / "tests"), str(LAB / "tests" / "batch")]
from made_class import command, forms, grade, write_class

QUICK = ("--inference", "never")


def main(
    kills: Annotated[int, typer.Option(help="How many.")] = 20,
    seed: Annotated[int, typer.Option(help="Of the moments.")] = 0,
    longest: Annotated[float, typer.Option(help="Seconds from a start to the kill, at most.")] = 30.0,
) -> None:
    """Exit status 1 if the two differ."""
    random_s = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        download = write_class(Path(folder) / "class")
        undisturbed, killed = Path(folder) / "undisturbed", Path(folder) / "killed"
        done = grade(download, undisturbed, *QUICK)
        assert done.returncode == 3, done.stderr
        secret, hits = ("--hidden-file", undisturbed / "class.secret.json"), 0
        for _ in track(range(kills), description="killing"):
            process = subprocess.Popen(
                command(download, killed, "--resume", *secret, *QUICK),
                cwd=LAB, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            time.sleep(random_s.uniform(0, longest))
            hits += process.poll() is None
            process.kill()
            process.wait()
            there = len(list(killed.glob("students/*/report.json")))
            if there == len(list(download.iterdir())):  # all is done: begin anew, with some of it gone
                for one in random_s.sample(sorted(killed.glob("students/*/report.json")), 4):
                    one.unlink()
        done = grade(download, killed, "--resume", *secret, *QUICK)
        assert done.returncode == 3, done.stderr
        one, other = forms(undisturbed), forms(killed)
        apart = sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))
    print(f"{hits} of {kills} kills hit a run at work; {len(apart)} of {len(one)} files differ", *apart)
    raise typer.Exit(bool(apart))


if __name__ == "__main__":
    typer.run(main)
