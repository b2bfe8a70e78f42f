"""Does a right answer fit into Gradescope's smallest container? `python -m benchmarks.gradescope`.

Makes the zip, lays it out as Gradescope does and runs run_autograder in a control group with 768 MB and
half a processor, limits that the kernel enforces; needs root and a machine where groups can be made.
Peak memory is the largest sum of proportional set sizes (PSS), so that shared pages count once, and
what the group itself counted, which holds pages of files as long as there is room.
`--python` names an interpreter with torch's CPU wheels, as setup.sh makes it, that all users may read.
"""

import json
import os
import shutil
import sys
import tempfile
import time
import uuid
import zipfile
from pathlib import Path
from typing import Annotated

import psutil
import typer

from benchmarks.speed import memory_mb
from grader.grading.capacity import CGROUPS
from grader.lab.paths import SOLUTION
from grader.platforms.gradescope.export import export


class Group:
    """A control group of version 1 or 2 with these limits, made below this process's own."""

    def __init__(self, limit_mb: int, share: float):
        name = f"unet-lab-{uuid.uuid4().hex[:8]}"
        lines = [line.split(":", 2) for line in Path("/proc/self/cgroup").read_text().split()]
        mine = {one: path.lstrip("/") for _, names, path in lines for one in names.split(",")}
        self.old = (CGROUPS / "memory").is_dir()
        if self.old:
            self.memory = CGROUPS / "memory" / mine["memory"] / name
            self.cpu = CGROUPS / "cpu" / mine["cpu"] / name
            settings = {
                self.memory / "memory.limit_in_bytes": limit_mb << 20,
                self.cpu / "cpu.cfs_quota_us": int(share * 100_000),
            }
        else:
            self.memory = self.cpu = CGROUPS / mine[""] / name
            settings = {
                self.memory / "memory.max": limit_mb << 20,
                self.memory / "memory.swap.max": 0,
                self.cpu / "cpu.max": f"{int(share * 100_000)} 100000",
            }
        try:
            for folder in {self.memory, self.cpu}:
                folder.mkdir()
            for path, value in settings.items():
                path.write_text(str(value))
        except OSError as error:
            raise SystemExit(f"no control group can be made here: {error}") from None

    def join_command(self) -> str:
        return "".join(f"echo $$ > '{folder}/cgroup.procs'; " for folder in {self.memory, self.cpu})

    def counted(self) -> tuple[float, int]:
        """(peak MB, processes that were killed for memory)."""
        peak = self.memory / ("memory.max_usage_in_bytes" if self.old else "memory.peak")
        events = self.memory / ("memory.oom_control" if self.old else "memory.events")
        killed = dict(line.split() for line in events.read_text().splitlines())["oom_kill"]
        return int(peak.read_text()) / (1 << 20), int(killed)

    def remove(self) -> None:
        for folder in {self.memory, self.cpu}:
            folder.rmdir()


def lay_out(zipped: Path, submission: Path, root: Path) -> None:
    """The folders of Gradescope's documentation."""
    with zipfile.ZipFile(zipped) as archive:
        archive.extractall(root / "source")
    for name in ("submission", "results"):
        (root / name).mkdir()
    for path in submission.glob("*.py"):
        shutil.copy(path, root / "submission")
    shutil.copy(root / "source" / "run_autograder", root)
    (root / "run_autograder").chmod(0o755)


def main(
    submission: Annotated[Path, typer.Option(help="A folder with unet.py and infer.py.")] = SOLUTION,
    python: Annotated[str, typer.Option(help="The interpreter.")] = sys.executable,
    limit_mb: Annotated[int, typer.Option(help="Memory of the container, in MB.")] = 768,
    share: Annotated[float, typer.Option(help="Of a processor.")] = 0.5,
    hidden: Annotated[str | None, typer.Option(help="Grade hidden checks, too.")] = None,
) -> None:
    """Print seconds, peak memory and what was graded."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "autograder")
        root.mkdir()
        export(Path(folder, "out.zip"), hidden=hidden)
        lay_out(Path(folder, "out.zip"), submission, root)
        group = Group(limit_mb, share)
        command = ["bash", "-c", f"{group.join_command()} exec {root}/run_autograder"]
        environment = os.environ | {"AUTOGRADER_ROOT": str(root), "UNET_LAB_PYTHON": python}
        started, peak_mb = time.perf_counter(), 0.0
        process = psutil.Popen(command, env=environment)
        while process.poll() is None:
            peak_mb = max(peak_mb, memory_mb(process))
            time.sleep(0.05)
        wall_s = time.perf_counter() - started
        counted_mb, killed = group.counted()
        group.remove()
        print(f"{wall_s:.1f} s with {share} processors; exit status {process.returncode}; {killed} killed")
        print(f"peak {peak_mb / 1.048576:.0f} MiB (PSS), {counted_mb:.0f} MiB with files, of {limit_mb} MiB")
        found = root / "results" / "results.json"
        if found.is_file():
            results = json.loads(found.read_text())
            record = results.get("extra_data", {})
            print(f"score {results['score']}; mask {record.get('mask')}; torch {record.get('versions')}")
            print(record.get("isolation", {}).get("layers"))


if __name__ == "__main__":
    typer.run(main)
