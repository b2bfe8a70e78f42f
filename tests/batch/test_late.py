"""Who is late, by whose clock, and what it costs."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from corpus import build
from made_class import OTHER_RIGHT, grade

from grader.batch.lateness import LateRule, read_more_time, read_time
from grader.collection.hand_in import HandIn, Student
from grader.errors import LabError
from grader.outputs.pages.feedback import feedback_page
from grader.outputs.pages.lateness import with_lateness
from grader.report.model import FAILED, Check, Report, Todo

DEADLINE = datetime(2026, 11, 30, 18, 0, tzinfo=timezone.utc)


def handed_in(key: str, hours: float | None, late: bool | None = None) -> HandIn:
    when = None if hours is None else DEADLINE + timedelta(hours=hours)
    student = Student(f"{key.title()} Example", f"{key}@example.org", f"00{len(key)}{key}")
    return HandIn(key, student, (), submitted=when, late=late)


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        (-1, ""),
        (0, ""),
        (0.5, "30 min late"),
        (3.25, "3 h 15 min late"),
        (24, "1 d late"),
        (50, "2 d 2 h late"),
    ],
)
def test_lateness_in_words(hours, said):
    assert LateRule(DEADLINE).lateness(handed_in("ada", hours)) == said


def test_without_a_deadline_or_a_time_the_platform_s_word_counts():
    assert LateRule().lateness(handed_in("ada", 5, late=True)) == "late"
    assert LateRule(DEADLINE).lateness(handed_in("ada", None, late=True)) == "late"
    assert LateRule(DEADLINE).lateness(handed_in("ada", -1, late=True)) == ""
    assert LateRule(DEADLINE).lateness(handed_in("ada", None)) == ""


def test_the_factor_takes_nothing_from_who_was_in_time():
    rule = LateRule(DEADLINE, Decimal("0.85"))
    assert [str(rule.score(93, late)) for late in ("", "1 h late")] == ["93", "79.05"]
    assert str(rule.score(100, "late")) == "85"
    assert str(rule.score(0, "late")) == "0"


def test_more_time_is_given_by_any_name_and_to_nobody_else(tmp_path):
    file = tmp_path / "more.csv"
    file.write_text(
        "Student;Until\nADA@example.org;2d\n003bob;2026-12-01T12:00+00:00\n", encoding="utf-8-sig"
    )
    everybody = [handed_in("ada", 40), handed_in("bob", 40), handed_in("cyd", 40)]
    rule = LateRule(DEADLINE, more=read_more_time(file, DEADLINE, everybody))
    assert [rule.lateness(one) for one in everybody] == ["", "22 h 0 min late", "1 d 16 h late"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("zoe,2d", "'zoe' is nobody"),
        ("Example,2d", "is more than one"),
        ("ada,soon", "expected the student"),
        ("ada", "expected the student"),
    ],
)
def test_a_line_that_fits_nobody_is_refused_with_its_number(tmp_path, line, said):
    file = tmp_path / "more.csv"
    file.write_text(f"student,until\nbob,1d\n{line}\n")
    everybody = [handed_in("ada", 1), handed_in("bob", 1)]
    everybody += [HandIn(key, Student("Example"), ()) for key in ("x", "y")]
    with pytest.raises(LabError, match=said) as refused:
        read_more_time(file, DEADLINE, everybody)
    assert "line 3" in str(refused.value)


def test_a_relative_time_needs_a_deadline(tmp_path):
    file = tmp_path / "more.csv"
    file.write_text("ada,2d\n")
    with pytest.raises(LabError, match="--deadline"):
        read_more_time(file, None, [handed_in("ada", 1)])
    with pytest.raises(LabError, match="is no time"):
        read_time("tomorrow")


def test_a_students_page_says_what_being_late_costs_and_follows_the_rule(tmp_path):
    place = tmp_path / "course" / "submitted" / "ada" / "unet_lab"
    place.mkdir(parents=True)
    for name, text in build(OTHER_RIGHT).items():
        (place / name).write_text(text, encoding="utf-8", newline="")
    (place / "timestamp.txt").write_text("2026-11-30 20:00:00 UTC")
    out = tmp_path / "results"
    page, report = (out / "students" / "ada" / name for name in ("feedback.html", "report.json"))
    words = ("--public", "--inference", "never", "--late-factor", "0.8", "--deadline")
    done = grade(tmp_path / "course", out, *words, "2026-11-30T18:00+00:00")
    assert done.returncode == 0, done.stderr
    assert "Handed in 2 h 0 min late: 80 of these 100 points count." in page.read_text(encoding="utf-8")
    written = report.stat().st_mtime_ns
    done = grade(tmp_path / "course", out, *words, "2026-12-01T18:00+00:00", "--resume")
    assert done.returncode == 0, done.stderr
    assert "Handed in" not in page.read_text(encoding="utf-8")
    assert report.stat().st_mtime_ns == written


def test_nothing_that_a_student_wrote_is_taken_for_the_place_of_that_sentence():
    todo = Todo("forward", "TODO 3: x", [Check("forward.a", "a", 5, FAILED, "<!--late-->mine<!--/late-->")])
    page = feedback_page(Report("<!--late-->", {}, [todo]), Path("feedback.html"))
    told = with_lateness(page, "Handed in <b> late.")
    assert told.count("Handed in &lt;b&gt; late.") == 1
    assert with_lateness(told, "") == page
