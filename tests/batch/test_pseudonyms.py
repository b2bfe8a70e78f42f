"""Pages may name nobody: the same pseudonym in every run, and only the instructor can tell whose it is."""

import csv
import json
import re
from dataclasses import replace

import pytest

from grader.batch.pseudonyms import pseudonyms_of
from grader.batch.work import Plan, grade_hand_in
from grader.collection.hand_in import HandIn, Source, Student
from grader.grading.options import Options


@pytest.fixture
def class_of_three():
    return [HandIn(key, Student(key.title()), ()) for key in ("ada", "bob", "cyd")]


def test_they_last_and_differ_between_classes(class_of_three, tmp_path):
    first = pseudonyms_of(class_of_three, tmp_path / "one")
    assert pseudonyms_of(class_of_three[::-1], tmp_path / "one") == first
    assert len(set(first.values())) == 3
    assert not any(key in name for key, name in first.items())
    assert pseudonyms_of(class_of_three, tmp_path / "two") != first


def test_a_reason_names_the_pseudonym_too(tmp_path):
    (tmp_path / "notes.txt").write_text("I was ill")
    hand_in = HandIn("student-1", Student("Dan"), (Source(tmp_path, "Dan"),))
    outcome = grade_hand_in(Plan(Options(), (), pages=True), hand_in, "student-1", None)
    assert "student-1 handed in" in outcome.report
    assert "notes.txt" in outcome.page
    assert "Dan" not in outcome.report + outcome.page


@pytest.mark.parametrize(
    "file",
    ["doejane_unet.py", "Doe-unet.py", "unet 00123456.py", "jd7 unet.py", "李明 unet.py", "DOE.unet.py"],
)
def test_a_files_name_does_not_tell_whose_it_is(file, tmp_path):
    known = Student("Doe, Jane 李明", "jd7@x.edu", "00123456", {"canvas": "40121"})
    (tmp_path / file).write_text("def forward(:\n", encoding="utf-8")
    hand_in = HandIn("student-1", replace(known, ids={"login": "doejane"}), (Source(tmp_path / file, file),))
    outcome = grade_hand_in(Plan(Options(), (), pages=True), hand_in, "student-1", None)
    said = " ".join(
        json.loads(outcome.report)["submission"]["notes"] or [json.loads(outcome.report)["reason"]]
    )
    assert "student-1" in said
    assert not re.search("doe|jane|00123456|jd7|李明", (outcome.report + outcome.page).casefold())


def test_who_is_who_is_for_the_instructor_alone(class_of_three, tmp_path):
    names = pseudonyms_of(class_of_three, tmp_path)
    files = sorted(path.name for path in tmp_path.iterdir())
    assert files == ["pseudonyms.csv", "pseudonyms.secret.json"]
    assert all(path.stat().st_mode & 0o077 == 0 for path in tmp_path.iterdir())
    with (tmp_path / "pseudonyms.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert sorted(rows[1:]) == sorted([names[key], key.title(), key] for key in names)
