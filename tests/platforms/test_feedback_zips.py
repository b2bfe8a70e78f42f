"""Feedback goes back under the names by which Moodle and Canvas find the student, and opens as named."""

import ast
import zipfile
from dataclasses import replace

import pytest
from collection import downloads
from collection.downloads import folder
from platforms import readers
from platforms.grades import grade

from grader.collection.collect import collect
from grader.collection.hand_in import Student
from grader.errors import LabError
from grader.platforms.canvas import feedback as canvas
from grader.platforms.moodle import feedback as moodle


@pytest.fixture
def graded(tmp_path):
    """The hand-ins of a download, each with a page."""

    def of(download: dict[str, bytes]):
        found = collect(folder(tmp_path / "in", download), scratch=tmp_path / "scratch")
        page = tmp_path / "feedback.html"
        page.write_bytes(b"<!doctype html>")
        return [replace(grade("80", page=page), hand_in=hand_in) for hand_in in found.hand_ins]

    return of


def inside(path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_moodle_gets_each_page_in_the_folder_of_its_download(graded, tmp_path):
    done = moodle.write_feedback(graded(downloads.MOODLE), tmp_path / "out.zip")
    assert inside(tmp_path / "out.zip") == dict.fromkeys(
        [
            "An Nguyen_88232_assignsubmission_file_/feedback.html",
            "Jane Doe_88231_assignsubmission_file/feedback.html",
            "Jane Doe_88234_assignsubmission_file/feedback.html",
            "Li Ming_88233_assignsubmission_file/feedback.html",
            "Max Mö_88235_assignsubmission_file/feedback.html",
            "Team 4_512_assignsubmission_file/feedback.html",
        ],
        b"<!doctype html>",
    )
    assert "found 6 new feedback files" in str(done)
    assert "Without a roster nobody can tell whether An Nguyen, Jane Doe" in str(done)


def test_moodle_finds_every_page_also_where_the_site_puts_logins_before_names(graded, tmp_path):
    download = {"jdoe_Jane Doe_88236_assignsubmission_file/unet.py": b"", **downloads.MOODLE}
    moodle.write_feedback(graded(download), tmp_path / "out.zip")
    numbers = {"88231", "88232", "88233", "88234", "88235", "88236"}
    found = readers.moodle_feedback(list(inside(tmp_path / "out.zip")), numbers)
    assert found == dict.fromkeys(numbers, "feedback.html")


def test_canvas_finds_every_student_by_the_file_that_is_answered(graded, tmp_path):
    canvas.write_feedback(graded(downloads.CANVAS | downloads.CANVAS_ANONYMOUS), tmp_path / "out.zip")
    files = {"998877": "40121", "998880": "40122", "998890": "40123", "998881": "x7Kq2", "998882": "b3Zt9"}
    assert readers.canvas_feedback(list(inside(tmp_path / "out.zip")), files) == {
        "40121": "unet.py",
        "40122": "unet-1.py",
        "40123": "lab.zip",
        "x7Kq2": "unet.py",
        "b3Zt9": "unet.py",
    }


def test_a_teams_page_does_not_go_to_whoever_has_its_number(tmp_path, graded):
    grades = graded(downloads.MOODLE_BLIND)
    team = (Student("Ada"), Student("Bob"))
    grades[0] = replace(grades[0], hand_in=replace(grades[0].hand_in, team=team))
    done = moodle.write_feedback(grades, tmp_path / "out.zip")
    assert list(inside(tmp_path / "out.zip")) == ["Participant_1044_assignsubmission_file/feedback.html"]
    assert done.left == {"handed in by a team: attach these by hand": ["Ada, Bob"]}


def test_canvas_gets_what_opens_under_the_name_of_the_file_it_answers(graded, tmp_path):
    done = canvas.write_feedback(graded(downloads.CANVAS), tmp_path / "out.zip")
    files = inside(tmp_path / "out.zip")
    assert set(files) == {
        "doejane_40121_998877_unet.py",
        "nguyenan_LATE_40122_998880_unet-1.py",
        "李明_40123_998890_lab.zip",
    }
    (tmp_path / "one.zip").write_bytes(files["李明_40123_998890_lab.zip"])
    assert inside(tmp_path / "one.zip") == {"feedback.html": b"<!doctype html>"}
    program = files["doejane_40121_998877_unet.py"].decode()
    assert ast.parse(program).body == []
    assert "# 80 of 100" in program
    assert "# conv_blocks: 30" in program
    assert done.left == {
        "without a file that can be answered": ["odonovan"],
        "with a number in the team's name, which Canvas misreads": ["team_4"],
    }


def test_a_python_file_is_answered_by_the_whole_report_in_comments(graded, tmp_path):
    text = "TODO 2: CropAndConcat  13 of 20\n x The crop\r\n   \x1b[31m\u202eexpected 3\nimport os"
    grades = [replace(one, text=text) for one in graded(downloads.CANVAS)]
    canvas.write_feedback(grades, tmp_path / "out.zip")
    program = inside(tmp_path / "out.zip")["nguyenan_LATE_40122_998880_unet-1.py"].decode()
    assert program == "# TODO 2: CropAndConcat  13 of 20\n#  x The crop\n#    expected 3\n# import os\n"


def test_the_same_pages_make_the_same_bytes(graded, tmp_path):
    grades = graded(downloads.CANVAS)
    for name in ("one.zip", "two.zip"):
        canvas.write_feedback(grades, tmp_path / name)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


@pytest.mark.parametrize("platform", [canvas, moodle])
def test_another_platforms_hand_ins_are_refused(platform, graded, tmp_path):
    with pytest.raises(LabError, match=r"grade its download of submissions"):
        platform.write_feedback(graded(downloads.LONE), tmp_path / "out.zip")
    assert not (tmp_path / "out.zip").exists()
