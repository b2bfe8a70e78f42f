"""A class is graded in the language that was chosen, wherever it is read; another one is a change."""

import json
import pickle
from dataclasses import replace

import pytest
from chinese import spoken

from grader import language
from grader.batch.work import Basis, Plan, grade_hand_in
from grader.grading.options import Options
from grader.intake.refusal import NotGradable
from grader.intake.submission import read_submission
from grader.platforms.gradescope.export import spoken as spoken_files
from grader.report.file import from_dict
from grader.report.model import Report


class Empty:
    """A hand-in that is refused, in the language of the process that reads it."""

    key = "ada"
    names = ("ada",)

    def __init__(self, folder):
        self.folder = folder

    def read(self):
        return read_submission(self.folder)


@pytest.fixture
def english():
    yield
    language.use("en")


def test_options_carry_the_language_to_another_process(english):
    with spoken():
        options = Options()
    assert pickle.loads(pickle.dumps(options)).language == "zh"
    assert Options().language == "en"


def test_a_hand_in_is_read_and_graded_in_the_language_of_the_plan(tmp_path, english):
    plan = Plan(Options(language="zh"), ())
    outcome = grade_hand_in(plan, Empty(tmp_path), "ada", None)
    report = json.loads(outcome.report)
    assert report["language"] == "zh"
    assert "里没有 unet.py" in report["reason"]
    assert "无法批改" in outcome.page
    assert outcome.why == ("new",)
    again = grade_hand_in(plan, Empty(tmp_path), "ada", Basis.of(from_dict(report)))
    assert again.kind == "kept"
    other = grade_hand_in(
        replace(plan, options=Options(language="en")), Empty(tmp_path), "ada", Basis.of(from_dict(report))
    )
    assert (other.kind, other.why) == ("graded", ("language",))
    assert "there is no unet.py" in json.loads(other.report)["reason"]


def test_a_refusal_is_said_in_the_language_of_the_process(tmp_path):
    with spoken(), pytest.raises(NotGradable, match="里没有"):
        read_submission(tmp_path)
    with pytest.raises(NotGradable, match="there is no"):
        read_submission(tmp_path)


def test_what_programs_read_is_the_same_in_every_language():
    english = Report("ada", {}, []).as_dict()
    with spoken():
        chinese = Report("ada", {}, [], language="zh").as_dict()
    assert english.keys() == chinese.keys()
    assert {name for name in english if english[name] != chinese[name]} == {"language"}


def test_a_report_from_before_there_were_languages_is_english():
    old = Report("ada", {}, []).as_dict()
    del old["language"]
    assert from_dict(old).language == "en"


def test_a_container_speaks_the_language_that_its_zip_was_made_in():
    assert spoken_files() == {}
    with spoken():
        files = spoken_files()
    assert files["grader/language/copy.txt"] == b"zh\n"
    assert "grader/language/zh/LC_MESSAGES/rubric.po" in files
