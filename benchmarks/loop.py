"""How long a student waits: python -m benchmarks.loop [--saves 50] [--runs 5].

Whole runs of try.py (a syntax error, the untouched template, one TODO begun, all right), and the time from a
save to the first result of try.py --watch: what the change can affect is checked and shown by then.
On a quiet machine only.
"""

import argparse
import queue
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from grader.lab.paths import LAB, SOLUTION, STUDENT

LIMIT_S = 120.0  # for anything that is waited for; the slowest, a first look, takes some seconds
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
    try:
        subprocess.run(command, cwd=LAB, capture_output=True, timeout=LIMIT_S)
    except subprocess.TimeoutExpired:
        sys.exit(f"try.py has not come to an end within {LIMIT_S:.0f} s")
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


class Watched:
    """try.py --watch, and what it says."""

    def __init__(self, folder: Path):
        options = ["--watch", "--unet", folder, "--output", folder / "o.png"]
        command = [sys.executable, "-u", LAB / "try.py", *options]
        self.process = subprocess.Popen(
            command, cwd=LAB, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def wait_for(self, beginning: str) -> None:
        """Read up to a line that begins so. Ends the process, and this one, where none comes."""
        said, until = [], time.monotonic() + LIMIT_S
        while True:
            try:
                said.append(self._lines.get(timeout=max(0.0, until - time.monotonic())))
            except queue.Empty:
                self.process.kill()
                last = "".join(said[-8:]) or "nothing\n"
                sys.exit(f'no line "{beginning}..." within {LIMIT_S:.0f} s; it said:\n{last}')
            if said[-1].startswith(beginning):
                return

    def end(self) -> None:
        """As Ctrl-C does."""
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(LIMIT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            sys.exit(f"try.py --watch has not ended within {LIMIT_S:.0f} s of Ctrl-C")

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)


def watching(saves: int) -> None:
    took: dict[str, list[float]] = {todo: [] for todo in CHANGES}
    with tempfile.TemporaryDirectory() as place:
        folder = files(Path(place), SOLUTION)
        watched = Watched(folder)
        watched.wait_for("Watching")
        for number in range(saves):
            todo = list(CHANGES)[number % len(CHANGES)]
            name, right, wrong = CHANGES[todo]
            path = folder / name
            text = path.read_text(encoding="utf-8")
            path.write_text(text.replace(right, wrong) if right in text else text.replace(wrong, right))
            started = time.perf_counter()
            watched.wait_for("Checked")
            took[todo].append(time.perf_counter() - started)
            watched.wait_for("Watching")
        watched.end()
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
