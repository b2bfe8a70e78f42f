"""How long a student waits: python -m benchmarks.loop [--saves 50] [--runs 5].

Whole runs of try.py (a syntax error, the untouched template, one TODO begun, all right), and the time from a
save to the first result of try.py --watch: what the change can affect is checked and shown by then.
On a quiet machine only.
"""

import argparse
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from grader.lab.paths import LAB, SOLUTION, STUDENT

HOLE = 'raise NotImplementedError("TODO 2: crop, then concatenate")'
CHANGES = {
    "TODO 1": ("unet.py", "nn.Conv2d(64, 128, kernel_size=3", "nn.Conv2d(64, 128, kernel_size=5"),
    "TODO 2": ("unet.py", "torch.cat([x, contracting_x], dim=1)", "torch.cat([contracting_x, x], dim=1)"),
    "TODO 3": ("unet.py", "return self.final_conv(x)", "return torch.sigmoid(self.final_conv(x))"),
    "TODO 4": ("infer.py", "> threshold", "< threshold"),
}


def files(folder: Path, source: Path) -> Path:
    for name in ("unet.py", "infer.py"):
        shutil.copy(source / name, folder / name)
    return folder


def run_s(folder: Path) -> float:
    command = [sys.executable, LAB / "try.py", "--unet", folder, "--output", folder / "out.png"]
    started = time.perf_counter()
    subprocess.run(command, cwd=LAB, capture_output=True)
    return time.perf_counter() - started


def whole_runs(runs: int) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for what in ("a syntax error", "untouched", "one TODO begun", "all right"):
            files(folder, SOLUTION if what == "all right" else STUDENT)
            unet = folder / "unet.py"
            text = unet.read_text(encoding="utf-8")
            if what == "a syntax error":
                unet.write_text(text.replace("def __init__(", "def __init__(（"), encoding="utf-8")
            if what == "one TODO begun":
                unet.write_text(
                    text.replace(HOLE, "return torch.cat([contracting_x, x], 1)"), encoding="utf-8"
                )
            seconds = sorted(run_s(folder) for _ in range(runs))
            print(
                f"{what:16} median {statistics.median(seconds):5.2f} s, worst {seconds[-1]:5.2f} s",
                flush=True,
            )


def watching(saves: int) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = files(Path(place), SOLUTION)
        command = [
            sys.executable,
            "-u",
            LAB / "try.py",
            "--watch",
            "--unet",
            folder,
            "--output",
            folder / "o.png",
        ]
        process = subprocess.Popen(command, cwd=LAB, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        lines = iter(process.stdout.readline, "")
        next(line for line in lines if line.startswith("Watching"))
        took: dict[str, list[float]] = {todo: [] for todo in CHANGES}
        for number in range(saves):
            todo = list(CHANGES)[number % len(CHANGES)]
            name, right, wrong = CHANGES[todo]
            path = folder / name
            text = path.read_text(encoding="utf-8")
            path.write_text(text.replace(right, wrong) if right in text else text.replace(wrong, right))
            started = time.perf_counter()
            next(line for line in lines if line.startswith("Checked"))
            took[todo].append(time.perf_counter() - started)
            next(line for line in lines if line.startswith("Watching"))
        process.send_signal(signal.SIGINT)
        process.wait()
    every = [seconds for each in took.values() for seconds in each]
    for what, seconds in [*took.items(), ("every save", every)]:
        if seconds:
            middle = statistics.median(seconds)
            print(f"{what:16} median {middle:5.2f} s, worst {max(seconds):5.2f} s, {len(seconds)} saves")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--saves", type=int, default=50)
    parser.add_argument("--runs", type=int, default=5)
    asked = parser.parse_args()
    if asked.runs:
        whole_runs(asked.runs)
    if asked.saves:
        watching(asked.saves)


if __name__ == "__main__":
    main()
