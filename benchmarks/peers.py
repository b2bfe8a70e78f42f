"""What a right submission costs here and in other graders, in one run: `python -m benchmarks.peers`.

pytest, check50, otter-grader and nbgrader ask the four checks of peer_labs.py, one command for each
submission, each in an environment of its own: it is made once, below runs/, from the package index, with the
torch that is here. We ask the whole rubric, with hidden inputs and full isolation: by itself with `grade`,
and in a class. All take turns. Processor seconds are those of a command and of all processes that it waits
for.
"""

import os
import resource
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import venv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks import peer_labs
from benchmarks.batch import graded
from grader.lab.paths import CAR, LAB, MODEL

sys.path.append(str(LAB / "tests"))
from corpus import ANSWERS, build

ENVIRONMENTS = LAB / "runs" / "peers"
# Favours the others: their networks run on one thread, and pytest loads no plugin that happens to be there.
SETTINGS = {"OMP_NUM_THREADS": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
KNOWN = f"""
import sys
import numpy, torch
from PIL import Image
from solution.infer import predict_mask
from solution.unet import UNet
network = UNet(3, 1)
network.load_state_dict({{k: v.float() for k, v in torch.load({str(MODEL)!r}, weights_only=True).items()}})
numpy.save(sys.argv[1], predict_mask(network, Image.open({str(CAR)!r})))
"""


@dataclass(frozen=True)
class Peer:
    """packages: what its environment is made of."""

    packages: tuple[str, ...]
    write: Callable[[Path, dict[str, str], Path], list[str]]
    passed: Callable[[Path], int]
    folder: str = "."  # in which its command runs


PEERS = {
    "pytest": Peer(("pytest",), peer_labs.write_pytest, peer_labs.passed_pytest),
    "check50": Peer(("check50",), peer_labs.write_check50, peer_labs.passed_check50, "work"),
    "otter-grader": Peer(("otter-grader",), peer_labs.write_otter, peer_labs.passed_otter),
    "nbgrader": Peer(("nbgrader", "ipykernel"), peer_labs.write_nbgrader, peer_labs.passed_nbgrader),
}


def python_of(name: str) -> Path:
    """The environment's Python; made where it is not there."""
    place = ENVIRONMENTS / name
    python, done = place / "bin" / "python", place / "complete"
    if not done.exists():
        venv.create(place, with_pip=True, clear=True)
        command = [python, "-m", "pip", "install", "-q", *PEERS[name].packages]
        subprocess.run(command, check=True)
        packages = subprocess.run([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
                                  check=True, capture_output=True, text=True).stdout.strip()  # fmt: skip
        # Behind its own: torch, and what else the submission needs.
        (Path(packages) / "lab.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
        done.touch()
    return python


def cpu_s(command: list[object], folder: Path) -> float:
    """Of one command. Ends the program where it fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    words = list(map(str, command))
    path = os.pathsep.join([str(Path(words[0]).parent), os.environ["PATH"]])
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True,
                          env=os.environ | SETTINGS | {"PATH": path})  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{' '.join(words)}: {done.returncode}\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def of_peer(name: str, submission: dict[str, str], known: Path) -> float:
    """Processor seconds of one submission. Ends the program where it does not pass all four."""
    peer = PEERS[name]
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        words = peer.write(place, submission, known)
        python = python_of(name)
        if name == "nbgrader":  # once for a class
            cpu_s([python, "-m", "nbgrader", "generate_assignment", "lab", "--quiet"], place)
        seconds = cpu_s([python, *words], place / peer.folder)
        if (passed := peer.passed(place)) != len(peer_labs.NAMES):
            raise SystemExit(f"{name}: {passed} of {len(peer_labs.NAMES)} checks passed")
        return seconds


def of_grade(submission: dict[str, str]) -> float:
    """The same of our own command."""
    with tempfile.TemporaryDirectory() as scratch:
        for file, text in submission.items():
            (Path(scratch) / file).write_text(text, encoding="utf-8")
        return cpu_s([sys.executable, "-m", "grader", "grade", scratch, "--hidden", "some secret"], LAB)


def of_class(number: int) -> float:
    """Of each further one in a class of right answers."""
    start = graded("right", 1, 1, "auto").cpu_s
    return (graded("right", number, 1, "auto").cpu_s - start) / (number - 1)


def main(
    runs: Annotated[int, typer.Option(help="Of each.")] = 3,
    number: Annotated[int, typer.Option(help="Hand-ins in our class.")] = 20,
) -> None:
    """Print a table."""
    submission = {name: text for name, text in build(ANSWERS[0]).items() if name in ("unet.py", "infer.py")}
    found: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        known = Path(scratch) / "known.npy"
        subprocess.run([sys.executable, "-c", KNOWN, known], cwd=LAB, check=True)
        assert np.load(known).any()
        for name in PEERS:
            python_of(name)
        for _ in track(range(runs), description="measuring"):
            for name in PEERS:
                found.setdefault(name, []).append(of_peer(name, submission, known))
            found.setdefault("grade", []).append(of_grade(submission))
            found.setdefault(f"batch, one of {number}", []).append(of_class(number))
    table = Table("grader", "CPU s, median", "each run", "times ours")
    ours = statistics.median(found[f"batch, one of {number}"])
    for name, seconds in found.items():
        middle = statistics.median(seconds)
        each = ", ".join(f"{one:.2f}" for one in seconds)
        table.add_row(name, f"{middle:.2f}", each, f"{middle / ours:.0f}")
    Console(width=100).print(table)


if __name__ == "__main__":
    typer.run(main)
