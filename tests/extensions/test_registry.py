"""A new extension is a name in grader/lab/extensions.py and four files; where one is missing, it is named."""

import os
import shutil
import subprocess
import sys

import pytest

from grader.lab.extensions import EXTENSIONS
from grader.lab.paths import LAB, SOLUTION

FILES = {
    "solution/extensions/halves.py": "def half(x):\n    return x / 2\n",
    "grader/rubric/extensions/halves.py": '''"""Extension 7: halves"""

from grader.compare import assert_same
from grader.rubric import points


@points(5)
def test_half(student, draw):
    """half halves"""
    x = draw(3, 4)
    assert_same(student.array("halves_half", {}, {"x": x}), x / 2, "the halves")
''',
    "grader/sandbox/calls/extensions/halves.py": '''"""The call about halves.py."""

from grader.sandbox.calls.extensions.parts import part_of


def halves_half(code, data, tensors):
    """half(x)."""
    return {}, {"y": part_of(code, "halves", "half")(tensors["x"])}


CALLS = (halves_half,)
''',
    "grader/explain/extensions/halves.py": '''"""Mistakes in halves.py."""

HINTS = {"halves.double": "Multiplied by two. What was asked for?"}


def find(student, reference, check, error):
    """Doubled instead of halved."""
    return "double"
''',
}
# Prints what the solution, and then a mistake, earns with the new extension's checks.
GRADE = """
from grader.explain import Explain
from grader.grading.options import Options
from grader.grading.scoring import run_rubric
from grader.implementations import Implementation, InWorker, solution_files
from grader.lab.paths import MODEL
from grader.sandbox.trusted import Sandbox

with Sandbox(MODEL, threads=1) as sandbox:
    sandbox.ready()
    right = solution_files()
    name = "extensions/halves.py"
    for files in (right, right | {name: right[name].replace(b"/ 2", b"* 2")}):
        worker = InWorker(sandbox, files)
        student = Implementation(worker)
        (todo,) = run_rubric(student, student, Explain(student, student), Options(todos=("halves",)))
        print(todo.title, todo.score, todo.checks[0].cause)
        worker.close()
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A copy of the lab with one more name in the registry, and the extension's files."""
    copy = tmp_path_factory.mktemp("lab")
    for name in ("grader", "solution", "student"):
        shutil.copytree(LAB / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "assets").symlink_to(LAB / "assets")
    registry = copy / "grader/lab/extensions.py"
    text = registry.read_text()
    assert text.count('"train")') == 1
    registry.write_text(text.replace('"train")', '"train", "halves")'))
    for name, content in FILES.items():
        (copy / name).write_text(content)
    return copy


def run(lab, code):
    """A program in that copy -> its end, its output."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=lab, env=environment, capture_output=True, text=True, timeout=300
    )
    return done.returncode, done.stdout, done.stderr


def test_a_name_and_four_files_are_an_extension(lab):
    status, said, errors = run(lab, GRADE)
    assert (status, errors) == (0, "")
    assert said == "Extension 7: halves 5 None\nExtension 7: halves 0 halves.double\n"


@pytest.mark.parametrize("missing", FILES)
def test_a_missing_file_of_an_extension_is_named(missing, lab):
    (lab / missing).rename(lab / "away.py")
    try:
        status, _, errors = run(lab, GRADE)
    finally:
        (lab / "away.py").rename(lab / missing)
    assert status != 0
    assert missing in errors


@pytest.mark.parametrize("name", EXTENSIONS)
def test_every_extension_has_its_files(name):
    rooms = ("grader/rubric", "grader/sandbox/calls", "grader/explain", "student")
    folders = [*(LAB / room / "extensions" for room in rooms), SOLUTION / "extensions"]
    assert [str(folder) for folder in folders if not (folder / f"{name}.py").is_file()] == []
