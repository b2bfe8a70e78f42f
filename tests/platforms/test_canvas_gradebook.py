"""Canvas's gradebook comes back with the grades in their cells, and every other byte as it was."""

import csv
import io

import pytest
from platforms.grades import grade

from grader.collection.hand_in import Student
from grader.errors import LabError
from grader.platforms.canvas.gradebook import fill

HEADER = (
    "Student,ID,SIS User ID,SIS Login ID,Section,HW 1 (70011),U-Net (70012),Current Score,Final Score\r\n"
)
FRESH = (
    HEADER + ",,,,,Manual Posting,,,\r\n"
    "    Points Possible,,,,,10.00,100.00,(read only),(read only)\r\n"
    '"Doe, Jane",40121,00123456,jdoe7,Sec 01,8.50,,91.20,88.00\r\n'
    '"Nguyen, An",40122,00123457,an1,Sec 01,EX,EX,,\r\n'
    '"李, 明",40123,00123458,li,"Sec 01 and Sec 02",,12.00,,\r\n'
    "Mö,40124,,max,Sec 01,,N/A,,\r\n"
    '=""=1+1"",40125,00123459,x,Sec 01,,85.00,,\r\n'
    '"Student, Test",40199,,8f1c0e,Sec 01,,,,\r\n'
)
GRADES = [
    grade("85", canvas="40121"),
    grade("70", canvas="40122"),
    grade("90.5", number="00123458"),
    grade("50", login="max"),
    grade("85", canvas="40125"),
    grade(None, canvas="40199"),
    grade("3", name="Nobody Here"),
]


@pytest.fixture
def filled(tmp_path):
    def run(content: str | bytes, grades=GRADES, **options):
        fresh = tmp_path / "fresh.csv"
        fresh.write_bytes(content if isinstance(content, bytes) else content.encode())
        done = fill(fresh, grades, tmp_path / "out.csv", **{"column": "U-Net", **options})
        return done, (tmp_path / "out.csv").read_bytes()

    return run


def test_only_graded_cells_change_and_every_other_byte_stays(filled):
    done, content = filled(FRESH)
    expected = FRESH.replace("8.50,,91.20", "8.50,85.00,91.20").replace(",,12.00,,", ",,90.50,,")
    assert content == expected.encode()
    assert (done.changed, done.same, done.column) == (2, 1, "U-Net (70012)")
    assert done.kept == {
        "excused in Canvas": ["Nguyen, An"],
        "not assigned in Canvas": ["Mö"],
        "not in the file": ["Nobody Here"],
    }
    assert "2 changed grades" in str(done)


def test_semicolons_decimal_commas_and_a_byte_order_mark_are_kept(filled):
    fresh = (
        "﻿Student;ID;SIS Login ID;Section;U-Net (7)\n    Points Possible;;;;100,00\n"
        '"Doe; Jane";1;jane;A;8,50\nNguyen;2;an;A;\n'
    )
    done, content = filled(fresh, [grade("70.25", canvas="1"), grade("8.5", canvas="2")])
    assert content == fresh.replace(";8,50", ";70,25").replace("an;A;", "an;A;8,50").encode()
    assert done.changed == 2


def test_split_names_and_old_line_ends_are_kept(filled):
    fresh = "LastName,FirstName,ID,Section,U-Net (7)\rDoe,Jane,1,A,\r"
    assert filled(fresh, [grade("70", canvas="1")])[1] == fresh.replace("A,\r", "A,70.00\r").encode()


def test_a_second_import_changes_nothing(filled):
    _, content = filled(FRESH)
    done, again = filled(content)
    assert (done.changed, again) == (0, content)


def test_an_assignment_worth_other_points_is_asked_about(filled):
    fresh = FRESH.replace("100.00,(read", "10.00,(read")
    with pytest.raises(
        LabError, match=r"worth 10 points in Canvas and the lab 100: .*85 becomes 8.5 \(--scale\)"
    ):
        filled(fresh)
    assert b"8.50,8.50,91.20" in filled(fresh, scale=True)[1]
    assert b"8.50,85.00,91.20" in filled(fresh, scale=False)[1]


@pytest.mark.parametrize(
    ("content", "options", "said"),
    [
        (FRESH, {"column": None}, "has 2 assignments: say which, such as --column 'HW 1"),
        (FRESH, {"column": "HW 9"}, "no one assignment 'HW 9'"),
        (
            FRESH.replace("U-Net (", "U-Net Final Grade ("),
            {"column": "70012"},
            "takes 'Final Grade' .* rename",
        ),
        ("Name,Grade\nAda,1\n", {}, "not Canvas's gradebook"),
        ("", {}, "is empty"),
        (
            FRESH.replace("jdoe7,Sec 01,8.50,,91.20,88.00", "jdoe7,Sec 01"),
            {},
            "row of Doe, Jane in .* is too short",
        ),
        (FRESH.replace("40121", "1.04E+17"), {}, "ID 1.04E.17: a spreadsheet has damaged it"),
        (FRESH + '"never closed', {}, "never closed"),
        (b"\xff\xfe\x00", {}, "download it again"),
    ],
)
def test_a_file_that_would_do_harm_is_refused_and_nothing_is_written(
    filled, tmp_path, content, options, said
):
    with pytest.raises(LabError, match=said):
        filled(content, **options)
    assert not (tmp_path / "out.csv").exists()


def test_two_grades_for_one_student_are_refused(filled):
    with pytest.raises(LabError, match=r"two grades for Doe, Jane"):
        filled(FRESH, [grade("1", canvas="40121"), grade("2", number="00123456")])


def test_a_team_gets_one_grade_in_every_row(filled):
    team = (Student("Doe, Jane"), Student(ids={"login": "li"}))
    done, content = filled(FRESH, [grade("77", name="team 4", team=team)])
    rows = list(csv.reader(io.StringIO(content.decode())))
    assert [row[0] for row in rows if len(row) > 6 and row[6] == "77.00"] == ["Doe, Jane", "李, 明"]
    assert done.changed == 2
