"""Is anything lost when a machine of a cluster dies? `python -m benchmarks.cluster`.

A class is graded here, then with the same secret by a scheduler and two workers of Dask's, each in a folder
with a copy of the lab of its own; half-way through, one worker is killed (SIGKILL, with what restarts it).
Both runs leave the same gradebook. Prints what each run took, which docs/cluster.md counts with.
"""

import random
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Annotated

import psutil
import typer

from grader.lab.paths import LAB

sys.path += [str(LAB / "tests"), str(LAB / "tests" / "batch")]
from corpus import ANSWERS, MISTAKES, build
from made_class import command
from made_cluster import Cluster, cluster

from grader.grading import secret
from grader.report.file import read_report

QUICK = ("--inference", "never")


def write_class(folder: Path, size: int, complete: int) -> None:
    """complete: so many can be graded, in many styles; every fourth of the others is no submission at all."""
    made = [*ANSWERS, *MISTAKES]
    choose = random.Random(0)
    for number in range(size):
        place = folder / f"student{number:04}"
        place.mkdir(parents=True)
        if number % max(1, size // complete) == 0:
            for name, text in build(choose.choice(made)).items():
                (place / name).write_text(text, encoding="utf-8", newline="")
        elif number % 4 == 1:
            (place / "notes.txt").write_text("I was ill")
        else:
            (place / "unet.py").write_text(f"import nothing_like_{number}\n")


def run(words: list[str]) -> tuple[float, float]:
    """(wall seconds, processor seconds of the process and those it waited for)."""
    started, before = time.perf_counter(), psutil.Process().cpu_times()
    done = subprocess.run(words, cwd=LAB, capture_output=True, text=True)
    assert done.returncode == 3, done.stdout + done.stderr
    after = psutil.Process().cpu_times()
    print(done.stderr.strip().splitlines()[-1])
    cpu_s = sum(after[2:4]) - sum(before[2:4])
    return time.perf_counter() - started, cpu_s


def kill_when_half_is_done(made: Cluster, name: str, out: Path, size: int, told: list[str]) -> None:
    while len(list(out.glob("students/*/report.json"))) < size // 2:
        time.sleep(0.2)
    nanny = next(one for one in made.processes if name in one.args)
    victims = [psutil.Process(nanny.pid), *psutil.Process(nanny.pid).children(recursive=True)]
    for one in victims:
        one.kill()
    told.append(f"killed after {len(list(out.glob('students/*/report.json')))} reports")


def main(
    size: Annotated[int, typer.Option(help="Of the class.")] = 200,
    complete: Annotated[int, typer.Option(help="How many of it can be graded.")] = 20,
) -> None:
    """Exit status 1 if the two differ, or a report was written twice."""
    with tempfile.TemporaryDirectory(prefix="unet-lab-") as folder:
        here = Path(folder)
        write_class(here / "class", size, complete)
        secret.write(here / "term.secret.json", "a secret for measuring")
        words = command(here / "class", here / "local", "--hidden-file", here / "term.secret.json", *QUICK)
        local_s, local_cpu_s = run(words)
        (here / "machines").mkdir()
        words = [word for word in words if word not in ("--jobs", "2")]
        words[words.index(str(here / "local"))] = str(here / "cluster")
        told: list[str] = []
        with cluster(here / "machines") as made:
            for name in ("one", "two"):
                made.start_worker(name)
            killer = threading.Thread(
                target=kill_when_half_is_done, args=(made, "one", here / "cluster", size, told)
            )
            killer.start()
            cluster_s, submitter_cpu_s = run([*words, "--scheduler", made.address])
            killer.join()
            grading = [psutil.Process(one.pid) for one in made.processes[:1]]
            scheduler_cpu_s = sum(sum(one.cpu_times()[:2]) for one in grading)
            scheduler_mb = grading[0].memory_info().rss / 1e6
            leaked = "a secret for measuring" in made.logs()
        others = [
            name
            for name in ("gradebook.csv", "results.json")
            if (here / "local" / name).read_bytes() != (here / "cluster" / name).read_bytes()
        ]
        reports = [read_report(path) for path in here.glob("cluster/students/*/report.json")]
        sizes = [path.stat().st_size for path in here.glob("cluster/students/*/*")]
    print(f"here: {local_s:.0f} s, {local_cpu_s:.0f} CPU s; cluster: {cluster_s:.0f} s; {', '.join(told)}")
    print(
        f"for a hand-in, on the cluster: {1000 * submitter_cpu_s / size:.0f} CPU ms at the submitter (with "
        f"the solution's answers), {1000 * scheduler_cpu_s / size:.0f} at the scheduler "
        f"({scheduler_mb:.0f} MB); "
        f"{sum(sizes) / size / 1000:.0f} kB of results"
    )
    print(f"{len(reports)} reports of {size}; the secret is {'IN' if leaked else 'in none of'} the logs")
    print(f"other than here: {', '.join(others) or 'nothing'}")
    raise typer.Exit(bool(others) or leaked or len(reports) != size)


if __name__ == "__main__":
    typer.run(main)
