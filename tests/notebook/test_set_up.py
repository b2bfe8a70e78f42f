"""The walkthrough's first cell, as IPython runs it: in the lab, beside it, and far from it as in Colab."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest

from grader.lab.paths import LAB, STUDENT

SHOWN = "import grader; print(grader.__file__); print(lab.folder)"


@pytest.fixture
def set_up(tmp_path):
    """Runs the cell in a folder of its own, with edits -> what it said, last lines first."""

    def run(folder: Path, edits: dict[str, str] | None = None, **environment):
        notebook = nbformat.read(STUDENT / "walkthrough.ipynb", as_version=4)
        source = next(cell.source for cell in notebook.cells if cell.id == "setup")
        for old, new in (edits or {}).items():
            assert old in source
            source = source.replace(old, new)
        program = tmp_path / "cell.ipy"  # IPython's own: magics work in it
        program.write_text(f"{source}\n{SHOWN}\n", encoding="utf-8")
        kept = {name: value for name, value in os.environ.items() if name != "UNET_LAB"}
        return subprocess.run(
            [sys.executable, "-m", "IPython", "--no-banner", "--colors=nocolor", program],
            cwd=folder,
            env=kept | {"HOME": str(tmp_path), "IPYTHONDIR": str(tmp_path / "ipython"), **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
        )

    return run


def test_without_the_lab_it_says_what_to_do(set_up, tmp_path):
    done = set_up(tmp_path)
    assert done.returncode == 1
    assert "The lab is not here: get its whole folder" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_the_lab_named_by_the_hub_wins_over_what_lies_beside_the_notebook(set_up, tmp_path):
    (tmp_path / "unet.py").write_text("")
    (tmp_path / "grader").mkdir()
    for name in ("__init__.py", "__main__.py"):
        (tmp_path / "grader" / name).write_text("raise SystemExit('led astray')")
    done = set_up(tmp_path, UNET_LAB=str(LAB))
    assert done.stdout.splitlines()[-2:] == [str(LAB / "grader/__init__.py"), str(tmp_path)], done.stderr


def test_far_from_the_lab_it_clones_and_installs_what_is_missing(set_up, tmp_path):
    origin, wheels, hosted = (tmp_path / name for name in ("origin", "wheels", "hosted"))
    for folder in (origin, wheels, hosted):
        folder.mkdir()
    for name in ("grader", "student"):
        (origin / name).symlink_to(LAB / name)
    (origin / "requirements.txt").write_text(
        "torch==0.0.1  # of the host, whatever it is\nlabprobe>=2  # why\n"
    )
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org"]
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "The lab"]):
        subprocess.run([*git, *words], cwd=origin, check=True)
    with zipfile.ZipFile(wheels / "labprobe-2.0-py3-none-any.whl", "w") as wheel:
        about = "labprobe-2.0.dist-info"
        wheel.writestr("labprobe.py", "")
        wheel.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: labprobe\nVersion: 2.0\n")
        wheel.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{about}/RECORD", "")
    site = tmp_path / "site"
    done = set_up(
        hosted,
        {'REPOSITORY = ""': f'REPOSITORY = "{origin}"', 'NEEDED = ["fastjsonschema"': 'NEEDED = ["labprobe"'},
        PIP_NO_INDEX="1",
        PIP_FIND_LINKS=str(wheels),
        PIP_TARGET=str(site),
        PYTHONPATH=str(site),
    )
    assert done.stdout.splitlines()[-2:] == [str(hosted / "unet-lab/grader/__init__.py"), str(STUDENT)], done
    assert (site / "labprobe.py").exists()


def test_what_cannot_be_installed_is_named(set_up, tmp_path):
    (tmp_path / "grader").symlink_to(LAB / "grader")
    (tmp_path / "requirements.txt").write_text("labprobe>=2  # why\n")
    done = set_up(tmp_path, {'NEEDED = ["fastjsonschema"': 'NEEDED = ["labprobe"'}, PIP_NO_INDEX="1")
    assert done.returncode == 1
    assert "Please install labprobe>=2, restart the kernel" in done.stdout + done.stderr
