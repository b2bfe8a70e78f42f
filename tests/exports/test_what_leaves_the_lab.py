"""What leaves the lab: what a student needs, and no line of an answer."""

import ast
import json
import re
import subprocess
import sys

import numpy as np
import pytest
from listing import inside

from grader.errors import LabError
from grader.lab.paths import SOLUTION
from grader.platforms.github import classroom
from grader.release import student_copy
from grader.release.holes import find_regions


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
        if path.endswith((".pth", ".jpg", ".png", ".npz", ".otf")):
            continue
        lines = {line.strip() for line in content.decode("utf-8").splitlines()}
        found = {line for line in secrets & lines if not line.startswith(("def ", "class "))}
        assert found <= said_anywhere, f"{path} gives away {found - said_anywhere}"


def test_expected_values_are_arrays_and_facts(exported):
    secrets = student_copy.answers(SOLUTION)
    for path in [*exported.glob("assets/*.npz"), *exported.glob("assets/figures/*.npz")]:
        with np.load(path, allow_pickle=False) as file:
            texts = {name: str(file[name]) for name in file.files if file[name].dtype.kind not in "fiub"}
        assert set(texts) <= {"facts", "released", "weights"}, path
        assert re.fullmatch("[0-9a-f]*", texts.pop("weights", "")), path
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


def test_the_readme_is_for_students(exported):
    text = (exported / "README.md").read_text(encoding="utf-8")
    for said in (
        "| 2 | `unet.py` | `CropAndConcat` | 20 |",
        "python try.py --watch",
        "python -m grader hand-in hand-in.zip",
        "student/extensions/README.md",
        "100 of 100 points",
    ):
        assert said in text
    for staff in ("For instructors", "export", "batch", "release", "solution"):
        assert staff not in text
    assert "## When you push" in text


def test_nothing_in_the_copy_imports_what_is_left_out_of_it(exported):
    there = {name for name in inside(exported) if name.endswith(".py")}
    missing = []
    for name in sorted(there):
        if not name.startswith("grader/"):
            continue
        for node in ast.walk(ast.parse((exported / name).read_text(encoding="utf-8"))):
            for module in [node.module] if isinstance(node, ast.ImportFrom) and node.module else []:
                path = module.replace(".", "/")
                if module.startswith("grader.") and not {f"{path}.py", f"{path}/__init__.py"} & there:
                    missing.append(f"{name} imports {module}")
    assert not missing


def test_the_copy_has_the_students_commands_and_none_of_the_staffs(exported):
    done = subprocess.run(
        [sys.executable, "-m", "grader", "--help"], cwd=exported, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    for command in ("grade", "extensions", "hand-in", "doctor"):
        assert f" {command} " in done.stdout
    for command in ("batch", "export", "overview", "release", "merge"):
        assert f" {command} " not in done.stdout
