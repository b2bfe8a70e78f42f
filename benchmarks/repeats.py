"""Are marks the same every time? `python -m benchmarks.repeats`.

Grades the solution and one with several mistakes again and again, with 1 and 2 threads, and
compares every check's status, message and cause with the first time.
"""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import track

from grader.explain import Explain
from grader.grading.scoring import run_rubric
from grader.implementations import Frozen, Implementation, InWorker, solution_files
from grader.lab.paths import MODEL
from grader.sandbox.trusted import Sandbox


def with_mistakes(files: dict[str, bytes]) -> dict[str, bytes]:
    """One mistake in each TODO."""
    changes = [
        (
            "unet.py",
            b"nn.Conv2d(512, 1024, kernel_size=3, padding=1)",
            b"nn.Conv2d(512, 1024, 3, padding=2, dilation=2)",
        ),
        ("unet.py", b"torch.cat([x, contracting_x]", b"torch.cat([contracting_x, x]"),
        ("unet.py", b"return self.final_conv(x)", b"return self.final_conv(x).sigmoid()"),
        ("infer.py", b'mode="bilinear"', b'mode="nearest"'),
    ]
    for name, old, new in changes:
        if old not in files[name]:
            raise SystemExit(f"{name} no longer holds {old.decode()}")
        files = files | {name: files[name].replace(old, new)}
    return files


def outcome(sandbox: Sandbox, files: dict[str, bytes], reference: Implementation) -> list[dict]:
    student = InWorker(sandbox, files)
    network = Implementation(student)
    todos = run_rubric(network, reference, Explain(network, reference))
    student.close()
    return [asdict(check) for todo in todos for check in todo.checks]


def main(
    times: Annotated[int, typer.Option(help="How often each is graded with each number of threads.")] = 20,
) -> None:
    """Exit status 1 if any two gradings differ."""
    reference, first, different = Implementation(Frozen()), {}, 0
    submissions = {"solution": solution_files()}
    submissions["mistakes"] = with_mistakes(submissions["solution"])
    for threads in (1, 2):
        with Sandbox(Path(MODEL), threads=threads) as sandbox:
            for name, files in submissions.items():
                for _ in track(range(times), description=f"{name}, {threads} threads"):
                    found = outcome(sandbox, files, reference)
                    different += found != first.setdefault(name, found)
    for name, checks in first.items():
        print(f"{name}: {sum(check['max_score'] for check in checks if check['status'] == 'passed')} points, "
              f"{2 * times} times, {different} different")  # fmt: skip
    raise typer.Exit(different > 0)


if __name__ == "__main__":
    typer.run(main)
