"""One call gives a class's grades back to wherever they belong, and says beforehand what cannot work."""

from decimal import Decimal

import pytest
from collection import downloads
from collection.downloads import folder
from platforms.grades import grade
from platforms.test_canvas_gradebook import FRESH as CANVAS
from platforms.test_moodle_worksheet import FRESH as MOODLE

from grader.collection.collect import collect
from grader.errors import LabError
from grader.outputs.grade import Grade
from grader.platforms.returning import Returning


@pytest.fixture
def fresh(tmp_path):
    def of(text: str):
        path = tmp_path / "fresh.csv"
        path.write_bytes(text.encode())
        return path

    return of


def graded(download: dict[str, bytes], tmp_path) -> list[Grade]:
    found = collect(folder(tmp_path / "in", download), scratch=tmp_path / "scratch")
    page = tmp_path / "feedback.html"
    page.write_bytes(b"<!doctype html>")
    return [Grade(one, Decimal(77), Decimal(100), page) for one in found.hand_ins]


@pytest.mark.parametrize(
    ("download", "text", "column", "platform", "changed"),
    [(downloads.CANVAS, CANVAS, "U-Net", "canvas", 3), (downloads.MOODLE, MOODLE, None, "moodle", 3)],
)
def test_from_a_download_to_all_that_goes_back(download, text, column, platform, changed, tmp_path, fresh):
    returning = Returning(fresh(text), column)
    returning.check(Decimal(100))
    said = returning.write(graded(download, tmp_path), platform, tmp_path / "out")
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "gradebook.csv",
        f"{platform}_upload.csv",
        f"{platform}_feedback.zip",
    }
    assert f"{changed} grades changed" in said[1]
    assert (tmp_path / "out" / f"{platform}_upload.csv").read_text(encoding="utf-8").count("77.00") == changed


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        (CANVAS, {}, "has 2 assignments: say which"),
        (CANVAS, {"column": "HW 1"}, "worth 10 points in Canvas and the lab 100"),
        ("id,grade\n1,2\n", {}, "neither Canvas's gradebook nor Moodle's grading worksheet"),
        (None, {"column": "HW 1"}, "belong to --fill"),
        (CANVAS, {"column": "U-Net", "comments": True}, "no place for comments"),
        (None, {"gradebook": "sqlite:////no/such/gradebook.db"}, "there is no folder /no/such"),
    ],
)
def test_what_cannot_work_is_said_before_anything_is_graded(text, options, said, tmp_path, fresh):
    with pytest.raises(LabError, match=said):
        Returning(fresh(text) if text else None, **options).check(Decimal(100))


def test_a_fresh_file_is_never_written_over(tmp_path, fresh):
    place = fresh(MOODLE).rename(tmp_path / "moodle_upload.csv")
    with pytest.raises(LabError, match=r"would be written over"):
        Returning(place).write([grade("1", moodle="88231")], "folders", tmp_path)
    assert place.read_bytes() == MOODLE.encode()
