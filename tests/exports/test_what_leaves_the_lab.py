"""What leaves the lab: what a student needs, and no line of an answer."""

import json
import re

import numpy as np
import pytest
from listing import inside

from grader.errors import LabError
from grader.lab.paths import LAB, SOLUTION
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


def test_the_readme_is_the_one_of_the_lab(exported):
    text = (exported / "README.md").read_text(encoding="utf-8")
    ours = (LAB / "README.md").read_text(encoding="utf-8")
    assert "| 2 | `unet.py` | `CropAndConcat` | 20 |" in text
    assert ours.partition("## For students\n")[2].partition("## For instructors")[0].strip() in text
    assert "For instructors" not in text
    assert "## When you push" in text
