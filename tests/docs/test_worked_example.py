"""What the page on the rubric adds, a check and a known mistake, works as it is written there."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from commands import FENCE

from grader.lab.paths import LAB

pytestmark = pytest.mark.docs
PYTHON = [
    fence["text"]
    for fence in FENCE.finditer((LAB / "docs" / "rubric.md").read_text(encoding="utf-8"))
    if fence["language"] == "python"
]


@pytest.fixture(scope="module")
def changed(tmp_path_factory) -> Path:
    """The lab with the page's changes in it."""
    lab = tmp_path_factory.mktemp("changed")
    for name in ("grader", "solution"):
        shutil.copytree(LAB / name, lab / name, ignore=shutil.ignore_patterns("__pycache__"))
    (lab / "assets").symlink_to(LAB / "assets")
    check, _, recognised, hint = PYTHON
    rubric = lab / "grader/rubric/crop_and_concat.py"
    text = rubric.read_text(encoding="utf-8")
    before = "@points(6, needs=test_shape)\ndef test_crop_keeps_the_centre"
    assert before in text
    rubric.write_text(text.replace(before, before.replace("6", "4", 1)) + "\n\n" + check, encoding="utf-8")
    explain = lab / "grader/explain/crop_and_concat.py"
    text = explain.read_text(encoding="utf-8")
    before = "    if (y < 0).all():\n"
    assert text.count(before) == 1
    explain.write_text(text.replace(before, recognised + before), encoding="utf-8")
    hints = lab / "grader/explain/hints.py"
    text = hints.read_text(encoding="utf-8")
    before = "CROP_AND_CONCAT = N_(\n    {\n"
    assert text.count(before) == 1
    hints.write_text(text.replace(before, before + hint), encoding="utf-8")
    return lab


def grade(lab: Path, submission: Path) -> dict:
    out = lab / "report.json"
    subprocess.run(
        [sys.executable, "-m", "grader", "grade", submission, "--todo", "crop_and_concat", "--json", out],
        cwd=lab,
        env=os.environ | {"UNET_LAB_SECRET": "of the worked example", "PYTHONPATH": str(lab)},
        capture_output=True,
        timeout=300,
    )
    return json.loads(out.read_text(encoding="utf-8"))


def test_the_solution_passes_the_new_check(changed):
    (todo,) = grade(changed, changed / "solution")["todos"]
    new = [check for check in todo["checks"] if check["id"] == "crop_and_concat.equal_sizes"]
    assert [(check["status"], check["score"]) for check in new] == [("passed", 2)]
    assert todo["score"] == todo["max_score"] == 20


def test_the_new_mistake_gets_its_cause(changed, tmp_path):
    shutil.copytree(changed / "solution", tmp_path / "twice")
    unet = tmp_path / "twice/unet.py"
    text = unet.read_text(encoding="utf-8")
    wrong = PYTHON[1].split('cat("')[1].split('")')[0]
    right = wrong.replace("contracting_x, contracting_x", "contracting_x")
    assert right in text
    unet.write_text(text.replace(right, wrong), encoding="utf-8")
    (todo,) = grade(changed, tmp_path / "twice")["todos"]
    failed = {check["id"]: check["cause"] for check in todo["checks"] if check["status"] == "failed"}
    assert failed["crop_and_concat.shape"] == "crop_and_concat.twice"
