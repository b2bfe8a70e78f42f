"""The same four checks, laid out as each grader wants them: what benchmarks/peers.py measures.

Shapes, the number of parameters, CropAndConcat on two small maps, and the mask of one picture, which is
compared with one that was drawn before. Nobody's reference runs, and the weights are read where they lie.
"""

import json
import sqlite3
import textwrap
import zipfile
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree

import nbformat.v4 as notebooks

from grader.lab.paths import CAR, MODEL

NAMES = ("shapes", "parameters", "crop", "mask")
CHECKS = '''
import functools

import numpy as np
import torch
from PIL import Image


@functools.lru_cache(None)
def network(unet):
    """The trained network."""
    built = unet(3, 1)
    weights = torch.load({model!r}, weights_only=True, mmap=True)
    built.load_state_dict({{key: value.float() for key, value in weights.items()}})
    return built.eval()


def shapes(env):
    with torch.inference_mode():
        assert network(env["UNet"])(torch.zeros(1, 3, 70, 53)).shape == (1, 1, 64, 48)


def parameters(env):
    assert sum(one.numel() for one in network(env["UNet"]).parameters()) == 31_031_745


def crop(env):
    x, contracting_x = torch.rand(2, 3, 4, 6), torch.rand(2, 4, 8, 10)
    expected = torch.cat([x, contracting_x[:, :, 2:6, 2:8]], dim=1)
    assert torch.equal(env["CropAndConcat"]()(x, contracting_x), expected)


def mask(env):
    seen, expected = env["predict_mask"](network(env["UNet"]), Image.open({car!r})), np.load({known!r})
    assert seen.shape == expected.shape
    assert np.mean(seen != expected) < 0.001
'''


def checks(known: Path) -> str:
    """The four, each a function of the names that a submission defines. known: the expected mask, as .npy."""
    return CHECKS.format(model=str(MODEL), car=str(CAR), known=str(known))


def one_file(submission: dict[str, str]) -> str:
    """unet.py and infer.py as one text."""
    return "\n\n".join(text.partition('if __name__ == "__main__"')[0] for text in submission.values())


def write_pytest(place: Path, submission: dict[str, str], known: Path) -> list[str]:
    """-> the command's arguments, to be run in this folder."""
    _write(place, submission)
    tests = [f"def test_{name}():\n    {name}({{**vars(unet), **vars(infer)}})\n" for name in NAMES]
    text = "\n\n".join([checks(known), "import infer\nimport unet\n", *tests])
    _write(place, {"test_lab.py": text})
    return ["-m", "pytest", "-q", "-p", "no:cacheprovider", "--junitxml=out.xml", "test_lab.py"]


def write_check50(place: Path, submission: dict[str, str], known: Path) -> list[str]:
    """-> the command's arguments, to be run in the folder of the submission."""
    tests = [
        textwrap.dedent(
            f'''
            @check50.check()
            def {name}_is_right():
                """{name} is right"""
                modules = [check50.py.import_(file) for file in ("unet.py", "infer.py")]
                {name}({{key: value for module in modules for key, value in vars(module).items()}})
            '''
        )
        for name in NAMES
    ]
    text = "\n\n".join([checks(known), "import check50\nimport check50.py\n", *tests])
    _write(place / "checks", {"__init__.py": text, ".cs50.yaml": "check50:\n  checks: __init__.py\n"})
    _write(place / "work", submission)
    return ["-m", "check50", "--dev", "../checks", "-o", "json", "--output-file", "../out.json"]


def write_otter(place: Path, submission: dict[str, str], known: Path) -> list[str]:
    """-> the command's arguments. The archive is that of `otter generate`, without what a container needs."""
    head = "from otter.test_files import test_case\n\nOK_FORMAT = False\n"
    tests = {
        f"tests/{name}.py": f"{head}\nname = {name!r}\npoints = 1\n{checks(known)}\n\n"
        f"@test_case(points=1)\ndef test_{name}(env):\n    {name}(env)\n"
        for name in NAMES
    }
    _write(place, {"hand_in.py": one_file(submission)})
    (place / "out").mkdir()
    with zipfile.ZipFile(place / "autograder.zip", "w") as archive:
        archive.writestr("otter_config.json", json.dumps({"lang": "python", "show_stdout": False}))
        for name, text in tests.items():
            archive.writestr(name, text)
    return ["-m", "otter", "run", "-a", "autograder.zip", "-o", "out", "--no-logo", "hand_in.py"]


def write_nbgrader(place: Path, submission: dict[str, str], known: Path) -> list[str]:
    """-> the command's arguments, to be run in the course, which releases the assignment first."""

    def cell(text: str, name: str, **marks: object) -> object:
        told = {"schema_version": 3, "grade_id": name, "grade": False, "solution": False, "locked": True}
        return notebooks.new_code_cell(text, metadata={"nbgrader": told | marks})

    tests = [
        cell(f"{name}(globals())", f"test-{name}", grade=True, points=1.0, cell_type="code") for name in NAMES
    ]
    work = cell(one_file(submission), "work", solution=True, locked=False)
    book = notebooks.new_notebook(
        cells=[work, cell(checks(known), "checks"), *tests],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    )
    config = 'c = get_config()\nc.CourseDirectory.course_id = "course"\nc.ExecutePreprocessor.timeout = 600\n'
    _write(place, {"nbgrader_config.py": config})
    for folder in ("source/lab", "submitted/student/lab"):
        _write(place / folder, {"lab.ipynb": notebooks.writes(book)})
    return ["-m", "nbgrader", "autograde", "lab", "--force", "--quiet"]


def _write(folder: Path, texts: dict[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")


def passed_pytest(place: Path) -> int:
    """Of the four, like those below."""
    suite = ElementTree.parse(place / "out.xml").getroot()[0]
    return int(suite.get("tests", 0)) - int(suite.get("failures", 0)) - int(suite.get("errors", 0))


def passed_check50(place: Path) -> int:
    results = json.loads((place / "out.json").read_text(encoding="utf-8"))["results"]
    return sum(one["passed"] is True for one in results)


def passed_otter(place: Path) -> int:
    tests = json.loads((place / "out/results.json").read_text(encoding="utf-8"))["tests"]
    return sum(one.get("score", 0) == 1 for one in tests)


def passed_nbgrader(place: Path) -> int:
    with closing(sqlite3.connect(place / "gradebook.db")) as gradebook:
        return int(gradebook.execute("select sum(auto_score) from grade").fetchone()[0] or 0)
