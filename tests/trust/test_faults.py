"""Faults of the machine and of its keeper: each ends in a clear message, and none changes a mark."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

import pytest
import torch
from corpus import MISTAKES, build
from corpus.build import solution

from grader.errors import LabError
from grader.grading.options import Options
from grader.grading.run import check_model, grade, grade_in
from grader.implementations import Frozen, Implementation, InWorker
from grader.intake.submission import Submission
from grader.lab.paths import LAB, MODEL
from grader.sandbox.trusted import Sandbox

pytestmark = pytest.mark.trust
SEVERAL = next(one for one in MISTAKES if one.id == "several-relu-and-order")
PRACTICE = Options(mask="never")


def submission(files: dict[str, str]) -> Submission:
    return Submission("ada", {name: text.encode() for name, text in files.items()})


def outcomes(report) -> list[dict]:
    return [asdict(check) for todo in report.todos for check in todo.checks]


@pytest.fixture(scope="module")
def right():
    """The report of the right answer, and of one with several mistakes, when nothing goes wrong."""
    return {
        name: outcomes(grade(submission(files), PRACTICE))
        for name, files in (("solution", solution()), ("mistakes", build(SEVERAL)))
    }


def other_weights(path: Path, change) -> Path:
    """A model file with the lab's shapes."""
    weights = {name: value.clone() for name, value in torch.load(MODEL).items()}
    change(weights)
    torch.save(weights, path)
    return path


def test_a_zygote_that_is_killed_again_and_again_changes_no_mark(right):
    with Sandbox(MODEL) as sandbox:
        killed = []

        def kill(check):
            if len(killed) < 3 and sandbox.pid not in killed:
                killed.append(sandbox.pid)
                os.kill(sandbox.pid, signal.SIGKILL)

        options = replace(PRACTICE, on_check=kill)
        with InWorkerOf(sandbox, build(SEVERAL)) as student:
            report = grade_in(sandbox, student, submission(build(SEVERAL)), options)
        assert len(killed) == 3
        assert outcomes(report) == right["mistakes"]


def test_weights_with_the_right_shapes_and_other_values_are_no_student_s_fault(tmp_path):
    other = other_weights(tmp_path / "m.pth", lambda weights: weights["down_conv1.0.weight"].mul_(1.01))
    with pytest.raises(LabError, match=r"m\.pth holds other weights than .* assets/model\.pth"):
        grade(submission(solution()), Options(model=other, mask="never"))
    command = [sys.executable, "-m", "grader", "grade", "solution", "--public", "--model", str(other)]
    ran = subprocess.run(command, cwd=LAB, capture_output=True, text=True)
    assert ran.returncode == 2
    assert "holds other weights" in " ".join(ran.stderr.split())


def test_the_same_weights_in_another_file_are_the_same(tmp_path):
    def to_float32(weights):
        weights.update({name: value.float() for name, value in weights.items()})

    same = other_weights(tmp_path / "m.pth", to_float32)
    with Sandbox(same) as one, Sandbox(MODEL) as other:
        assert one.ready()["model"]["digest"] == other.ready()["model"]["digest"]
        check_model(one.ready(), same, Implementation(Frozen()))


def test_hidden_inputs_take_any_weights_since_the_solution_gets_them_too(tmp_path):
    other = other_weights(tmp_path / "m.pth", lambda weights: weights["down_conv1.0.weight"].mul_(1.01))
    options = Options(model=other, hidden="a secret", todos=("crop_and_concat", "conv_blocks"))
    report = grade(submission(solution()), options)
    assert [todo.score for todo in report.todos] == [todo.max_score for todo in report.todos]


@pytest.mark.parametrize("dtype", [torch.float16, torch.float32], ids=str)
def test_a_model_file_that_changes_while_it_is_used_changes_no_mark(right, tmp_path, dtype):
    def to(weights):
        weights.update({name: value.to(dtype) for name, value in weights.items()})

    path = other_weights(tmp_path / "m.pth", to)
    with Sandbox(path) as sandbox:
        sandbox.ready()
        with path.open("r+b") as file:  # in place: a mapping of the file would see it
            file.seek(4096)
            file.write(bytes(path.stat().st_size - 8192))
        with InWorkerOf(sandbox, solution()) as student:
            report = grade_in(sandbox, student, submission(solution()), Options(model=path, mask="never"))
        assert outcomes(report) == right["solution"]
        path.write_bytes(MODEL.read_bytes()[:-1000])  # and at the next start it is said
        os.kill(sandbox.pid, signal.SIGKILL)
        with pytest.raises(LabError, match=r"m\.pth has changed since the grading began"):
            sandbox.worker({})


class InWorkerOf:
    """A submission that is closed in the end."""

    def __init__(self, sandbox: Sandbox, files: dict[str, str]):
        self.worker = InWorker(sandbox, submission(files).files)

    def __enter__(self) -> InWorker:
        return self.worker

    def __exit__(self, *_: object) -> None:
        self.worker.close()


# A file system of its own for the command: a small one that is full, or one that cannot be written.
FULL = "mount -t tmpfs -o size=256k tmpfs {0} && head -c 300000 /dev/zero > {0}/filler; {1}"
READ_ONLY = "mount -t tmpfs -o ro tmpfs {0} && {1}"


@pytest.mark.parametrize(("script", "said"), [(FULL, "No space left"), (READ_ONLY, "Read-only file system")])
@pytest.mark.parametrize("form", ["--json", "--junit", "--html", "TMPDIR"])
def test_a_disk_that_takes_nothing_is_said_in_one_line(script, said, form, tmp_path):
    place = tmp_path / "disk"
    place.mkdir()
    command = f"{sys.executable} -m grader grade student --public --inference never"
    command = f"TMPDIR={place} {command}" if form == "TMPDIR" else f"{command} {form} {place}/report"
    script = script.format(place, f"{command}; status=$?; ls -A {place} >&2; exit $status")
    own = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--mount"]
    ran = subprocess.run([*own, "sh", "-c", script], cwd=LAB, capture_output=True, text=True)
    lines = [line for line in ran.stderr.splitlines() if "head:" not in line and line != "filler"]
    told = " ".join(" ".join(lines).split())
    assert "Traceback" not in ran.stderr
    if form == "TMPDIR":  # Python finds another place, or says that there is none
        assert ran.returncode in (1, 2), told
        assert ran.returncode == 1 or "temporary" in told
    else:
        assert ran.returncode == 2, ran.stdout
        assert said in told
        assert "report" not in [line.strip() for line in lines]  # no half of one is left
    assert "report.part" not in ran.stderr


SET_BACK = """
import time
hours = iter(range(10**9))
wall = time.time
time.time = lambda: wall() - 3600.0 * next(hours)  # an hour earlier whenever somebody looks
from grader.commands.line import main
main()
"""
WAYS = {
    "one thread": {"OMP_NUM_THREADS": "1"},
    "three threads": {"OMP_NUM_THREADS": "3"},
    "another hash seed, in C, far away": {
        "PYTHONHASHSEED": "4242",
        "LC_ALL": "C",
        "TZ": "Pacific/Kiritimati",
    },
    "another working folder": {},
    "a clock that is set back": {},
}


@pytest.mark.parametrize("way", WAYS)
def test_marks_and_messages_are_the_same(right, way, tmp_path):
    for name, text in build(SEVERAL).items():
        (tmp_path / name).write_bytes(text.encode())
    program = ["-c", SET_BACK] if "clock" in way else ["-m", "grader"]
    options = ["grade", str(tmp_path), "--public", "--inference", "never", "--json", str(tmp_path / "r.json")]
    ran = subprocess.run(
        [sys.executable, *program, *options],
        cwd=tmp_path if "folder" in way else LAB,
        env={**os.environ, "PYTHONPATH": str(LAB), **WAYS[way]},
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 1, ran.stderr
    checks = [
        check for todo in json.loads((tmp_path / "r.json").read_text())["todos"] for check in todo["checks"]
    ]
    assert [{name: one[name] for name in right["mistakes"][0]} for one in checks] == right["mistakes"]
