"""gradebook.csv is for people: no id becomes a number in it, and no cell runs."""

import csv
from decimal import Decimal

import pytest
from platforms.grades import grade

from grader.collection.hand_in import Student
from grader.outputs.grade import Grade
from grader.outputs.gradebook import as_text, write_gradebook


def table(path) -> list[dict[str, str]]:
    content = path.read_bytes()
    assert content.startswith("\ufeff".encode())
    return list(csv.DictReader(content.decode("utf-8-sig").splitlines()))


def test_one_row_for_each_student_with_points_for_each_todo(tmp_path):
    team = (Student("李明", "li@x.edu", "00123"), Student("Zoë", number="00124", ids={"canvas": "40121"}))
    grades = [
        grade("80.5", name="team 4", team=team),
        Grade(None, None, Decimal(100), absent=Student("Bob", number="7"), status="nothing handed in"),
    ]
    write_gradebook(grades, tmp_path / "gradebook.csv")
    li, zoe, bob = table(tmp_path / "gradebook.csv")
    assert (li["name"], li["number"], li["email"], li["canvas"]) == ("李明", "'00123", "li@x.edu", "")
    assert (zoe["canvas"], zoe["conv_blocks"], zoe["score"], zoe["max_score"]) == (
        "'40121",
        "30",
        "80.5",
        "100",
    )
    assert (bob["name"], bob["score"], bob["status"]) == ("Bob", "", "nothing handed in")


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@x", "＝1", " =1", "00123", "1E5", "1-2", "3/4", "MAR1", "2-Dec", "'x"]
)
def test_what_a_spreadsheet_would_change_or_run_is_marked_as_text(text):
    assert as_text(text) == f"'{text.strip()}"


@pytest.mark.parametrize(
    "text", ["Jane Doe", "李明", "ada@x.edu", "", "O'Neil", "u1234567 x", "Student 12", "x1"]
)
def test_plain_text_stays_as_it_is(text):
    assert as_text(text) == text


def test_a_name_cannot_leave_its_cell(tmp_path):
    names = ['a","=1', "b\n=cmd|' /C calc'!A0", "c\t=1", "\u202ed", "=HYPERLINK(0)"]
    write_gradebook([grade("1", name=name) for name in names], tmp_path / "g.csv")
    found = [row["name"] for row in table(tmp_path / "g.csv")]
    assert found == ['a","=1', "b =cmd|' /C calc'!A0", "c =1", "d", "'=HYPERLINK(0)"]


def test_the_table_is_a_roster_again(tmp_path):
    from grader.collection.roster import read_roster

    write_gradebook([grade("1", name="Ada", number="00123")], tmp_path / "g.csv")
    assert read_roster(tmp_path / "g.csv").students[0].number == "00123"
