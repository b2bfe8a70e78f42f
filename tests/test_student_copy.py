"""A student's copy has no solution/, and gives the same marks for the public checks."""

import json
import shutil
import subprocess
import sys
from contextlib import closing

import pytest
from corpus import MISTAKES, build

from grader.grading.run import grade_in
from grader.implementations import InWorker
from grader.intake.submission import read_submission
from grader.lab.paths import LAB, SOLUTION


@pytest.fixture
def copy(tmp_path):
    """What a student gets: everything but the solution and our own tests."""
    target = tmp_path / "lab"
    shutil.copytree(LAB / "grader", target / "grader", ignore=shutil.ignore_patterns("__pycache__"))
    (target / "assets").mkdir()
    for name in ("model.pth", "expected.npz", "cars"):
        (target / "assets" / name).symlink_to(LAB / "assets" / name)
    shutil.copytree(LAB / "student", target / "student")
    shutil.copy(LAB / "try.py", target)
    return target


@pytest.mark.trust
def test_marks_are_those_of_the_full_copy(copy, sandbox, tmp_path):
    submission = tmp_path / "ada"
    submission.mkdir()
    for name, text in build(next(one for one in MISTAKES if one.id == "several-relu-and-order")).items():
        (submission / name).write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "grader", "grade", submission, "--json", tmp_path / "there.json"]
    subprocess.run(command, cwd=copy, capture_output=True, timeout=300, check=False)
    there = json.loads((tmp_path / "there.json").read_text())
    found = read_submission(submission)
    with closing(InWorker(sandbox, found.files)) as worker:
        here = grade_in(sandbox, worker, found).as_dict()
    assert (
        there["inputs"] == here["inputs"] == {"kind": "public", "fingerprint": None}
    )  # no solution, no secret
    assert here["todos"] == there["todos"]
    assert here["score"] < 100
    assert here["mask"] == there["mask"]


def test_hidden_checks_need_the_solution(copy):
    command = [sys.executable, "-m", "grader", "grade", "student", "--hidden", "-"]
    done = subprocess.run(command, cwd=copy, capture_output=True, text=True, timeout=300, input="a secret")
    assert done.returncode == 2
    assert done.stderr.startswith("error: --hidden needs the solution")


def test_no_line_of_an_answer_is_in_the_copy(copy):
    """Long lines of answers, as they stand in solution/, are nowhere in what a student gets."""
    from grader.release.holes import find_regions

    answers = set()
    for path in SOLUTION.rglob("*.py"):
        lines = path.read_text(encoding="utf-8").splitlines()
        for region in find_regions("\n".join(lines), path.name):
            answers |= {line.strip() for line in lines[region.begin + 1 : region.end]}
    answers = {line for line in answers if len(line) > 30 and not line.startswith(("#", "def "))}
    assert len(answers) > 50
    for path in copy.rglob("*.py"):
        found = answers & {line.strip() for line in path.read_text(encoding="utf-8").splitlines()}
        assert not found, f"{path.name} gives away: {found}"
