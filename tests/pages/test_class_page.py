"""What a class page says beside the reports, without a browser: nobody is left out of it."""

import pytest
from made_up import fail, todos, write_class

from grader.outputs.pages.class_notes import Changed, ClassNotes, Unmarked
from grader.outputs.pages.items import items_of
from grader.outputs.pages.overview import write_overview
from grader.report.folder import Gathered, gather, report_files
from grader.report.model import NOT_GRADABLE, Report


@pytest.fixture
def folder(tmp_path):
    write_class(tmp_path / "reports", 6)
    return tmp_path / "reports"


def page(folder, notes=None, gathered=None) -> str:
    write_overview(gathered or gather(report_files(folder)), folder, folder.parent / "page.html", notes)
    return (folder.parent / "page.html").read_text(encoding="utf-8")


def test_a_report_of_what_cannot_be_graded_is_named_and_counts_in_no_mean(folder):
    before = page(folder)
    refused = Report("Dan", {}, [], status=NOT_GRADABLE, reason="there is no unet.py, but notes.txt")
    refused.write_json(folder / "dan.json")
    after = page(folder)
    assert "but notes.txt" in after
    assert "<dt>not gradable</dt><dd>1</dd>" in after
    mean = "<dt>mean, of 100</dt><dd>"
    assert before.split(mean)[1][:4] == after.split(mean)[1][:4]


def test_a_class_in_which_nothing_could_be_graded_has_a_page(folder):
    said = page(folder, ClassNotes(unmarked=[Unmarked("Dan", "nothing handed in")]), Gathered())
    assert "Nothing could be graded" in said
    assert "Dan" in said


def test_marks_lateness_changes_and_equal_files_are_told(folder):
    gathered = gather(report_files(folder))
    first = next(iter(gathered.reports))
    marks = {file: (str(report.score), "") for file, report in gathered.reports.items()}
    notes = ClassNotes(
        title="autumn",
        marks=marks | {first: ("12.5", "2 d late")},
        changed=[Changed("Ada", "80", "12.5", "files")],
        identical=[("Ada", "Bob")],
        notes=["read as a download of Canvas's"],
        facts=[("secret", "abc")],
    )
    said = page(folder, notes)
    for text in ("autumn", "12.5", "2 d late", "Because of", "Ada = Bob", "Canvas&#39;s", "abc"):
        assert text in said


def test_items_tell_how_many_passed_and_whether_the_good_ones_did():
    block, last = "conv_blocks.block_down_conv1", "inference.preprocess"
    reports = [Report(str(number), {}, todos()) for number in range(4)]
    for weak in reports[:2]:
        fail(weak, block, "no", cause="conv_blocks.activation")
        fail(weak, "forward.skips", "no")
    fail(reports[3], last, "no")
    items = {item.id: item for item in items_of(reports)}
    assert (items[block].passed, items[block].asked) == (0.5, 4)
    assert items[block].causes == (("conv_blocks.activation", 2),)
    assert items[block].discrimination > 0.8
    assert items[last].discrimination < 0
    assert items["inference.mask"].discrimination is None


def test_the_numbers_at_the_head_are_of_the_points_that_count(folder):
    for report in gather(report_files(folder)).reports:
        report.unlink()
    for name in ("ada", "bob"):
        Report(name, {}, todos()).write_json(folder / f"{name}.json")
    late = ClassNotes(marks={folder / "ada.json": ("80", "late"), folder / "bob.json": ("100", "")})
    assert "<dt>full marks</dt><dd>2</dd>" in page(folder)
    said = page(folder, late)
    assert "<dt>full marks</dt><dd>1</dd>" in said
    assert "<dd>90.0</dd>" in said
