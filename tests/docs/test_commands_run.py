"""The commands of README and documentation, run from top to bottom of each page, in a folder of its own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from commands import PAGES, Command, commands_of
from corpus import MISTAKES, build

from grader.lab.paths import CARS, LAB

pytestmark = pytest.mark.docs
TOO_LONG = {"release"}  # writes into the lab, or takes minutes; .ci/run does these
ENDLESS = "--watch"  # until Ctrl-C: tests/trying has it
CLUSTERED = "--scheduler"  # needs other machines: tests/batch/test_cluster.py


def runs(command: Command) -> bool:
    """Whether it is one of the grader's or try.py: what installs, draws or trains has tests of its own."""
    words = command.words
    if ENDLESS in words or CLUSTERED in words:
        return False
    if command.program not in ("python", "python3"):
        return False
    return words[1] == "try.py" or (words[1:3] == ("-m", "grader") and words[3] not in TOO_LONG)


RUN = {page: [command for command in commands_of(page) if runs(command)] for page in PAGES}


@pytest.fixture
def folder(tmp_path) -> Path:
    """The lab's folder as a reader has it before them, with a class and a course in it."""
    for name in ("assets", "try.py"):
        (tmp_path / name).symlink_to(LAB / name)
    for name in ("solution", "student"):  # a submission that is a link is refused
        shutil.copytree(LAB / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    handed_in = tmp_path / "SUBMISSION"
    handed_in.mkdir()
    for name, text in build(next(one for one in MISTAKES if one.id == "cat-order")).items():
        (handed_in / name).write_text(text, encoding="utf-8")
    shutil.copy(CARS / "suv_orange.jpg", tmp_path / "my_car.jpg")
    (tmp_path / "reports").mkdir()
    (tmp_path / "COURSE").mkdir()
    (tmp_path / "DOWNLOAD").mkdir()  # as Canvas makes it
    for who, number in (("doejane_40121", 9000), ("nguyenan_40122", 9100)):
        for name in ("unet", "infer"):
            shutil.copy(handed_in / f"{name}.py", tmp_path / f"DOWNLOAD/{who}_{number + len(name)}_{name}.py")
    (tmp_path / "class.csv").write_text('Name,ID\n"Doe, Jane",40121\n"Nguyen, An",40122\n')
    (tmp_path / "gradebook_export.csv").write_text(
        "Student,ID,SIS Login ID,Section,Lab 4 (70011)\n    Points Possible,,,,100.00\n"
        '"Doe, Jane",40121,jdoe7,Sec 01,\n"Nguyen, An",40122,an,Sec 01,\n'
    )
    (tmp_path / "term.secret.json").write_text('{"secret": "of a term, and long enough"}')
    (tmp_path / "hidden" / "images").mkdir(parents=True)
    for path in sorted(CARS.glob("*.jpg"))[:2]:
        shutil.copy(path, tmp_path / "hidden" / "images")
    return tmp_path


def test_every_page_with_commands_of_the_grader_is_run():
    assert {page.name for page, commands in RUN.items() if commands} >= {"README.md", "hidden-inputs.md"}


@pytest.mark.parametrize("page", [page for page in PAGES if RUN[page]], ids=lambda page: page.name)
def test_its_commands_run_as_they_are_written(page, folder):
    environment = {"PYTHONPATH": str(LAB), "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    environment |= {"HOME": str(folder), "OMP_NUM_THREADS": "1"}
    for command in RUN[page]:
        if "OUT" in command.words:  # as in a new folder each time
            shutil.rmtree(folder / "OUT", ignore_errors=True)
        done = subprocess.run(
            (command.program, *command.words[1:]),
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=600,
        )
        loses_points = "grade" in command.words or "try.py" in command.words
        said = f"{command}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
        assert done.returncode in ((0, 1) if loses_points else (0,)), said
        assert "Traceback" not in done.stdout + done.stderr, said
