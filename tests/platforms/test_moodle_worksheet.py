"""Moodle's grading worksheet comes back with the grades in their cells, and every other byte as it was."""

from dataclasses import replace
from decimal import Decimal

import pytest
from platforms.grades import grade

from grader.errors import LabError
from grader.platforms.moodle.worksheet import comment, fill

FRESH = (
    'Identifier,"Full name","Email address",Status,Grade,"Maximum grade","Grade can be changed",'
    '"Last modified (submission)","Last modified (grade)","Feedback comments"\n'
    '"Participant 88231","Jane Doe",jane@example.edu,"Submitted for grading",,100.00,Yes,'
    '"Thursday, 26 November 2026, 8:31 PM",-,\n'
    '"Participant 88232","An Nguyen",an@example.edu,"Submitted for grading - Graded",8.50,100.00,Yes,'
    '"Wednesday, 25 November 2026, 9:02 AM","Thursday, 26 November 2026, 10:00 AM","<p>ok</p>"\n'
    '"Participant 88233","Li Ming",li@example.edu,"No submission",,100.00,No,-,-,\n'
    '"Participant 88234","Max Mö",max@example.edu,"Submitted for grading",70.00,100.00,Yes,-,-,\n'
)
GERMAN = (
    'ID;"Vollständiger Name";Status;Bewertung;Bestwertung;"Bewertung kann geändert werden";'
    '"Zuletzt geändert (Bewertung)"\r\n'
    '"Teilnehmer/in88231";"Jane Doe";"Zur Bewertung abgegeben";;10,00;Ja;-\r\n'
    '"Teilnehmer/in88232";"An Nguyen";"Zur Bewertung abgegeben";8,50;10,00;Ja;"Donnerstag, 26. November"\r\n'
)
GRADES = [
    grade("85", moodle="88231"),
    grade("70", moodle="88232"),
    grade("90", moodle="88233", name="Li Ming"),
    grade("70", moodle="88234"),
    grade("60", moodle="1", name="Nobody"),
]


@pytest.fixture
def filled(tmp_path):
    def run(content: str, grades=GRADES, **options):
        (tmp_path / "fresh.csv").write_bytes(content.encode())
        done = fill(tmp_path / "fresh.csv", grades, tmp_path / "out.csv", **options)
        return done, (tmp_path / "out.csv").read_bytes().decode()

    return run


def test_only_graded_cells_change_and_every_other_byte_stays(filled):
    done, content = filled(FRESH)
    assert content == FRESH.replace('grading",,100.00,Yes', 'grading",85.00,100.00,Yes').replace(
        "8.50,", "70.00,"
    )
    assert (done.changed, done.same, done.column) == (2, 1, "Grade")
    assert done.kept == {"locked in Moodle's gradebook": ["Li Ming"], "not in the file": ["Nobody"]}
    assert any("1 had another grade: if Moodle skips them" in note for note in done.notes)


def test_a_worksheet_in_another_language_and_style_is_filled_in_that_style(filled):
    done, content = filled(GERMAN, GRADES[:2], scale=True)
    assert content == GERMAN.replace(";;10,00", ";8,50;10,00").replace(
        ';8,50;10,00;Ja;"D', ';7,00;10,00;Ja;"D'
    )
    assert done.changed == 2


def test_comments_are_written_where_none_stands_and_escaped(filled):
    done, content = filled(FRESH, comments=True)
    assert '-,<p>85 of 100 points<br>conv_blocks: 30<br>forward: 12</p>\n"Participant 88232"' in content
    assert content.count("<p>ok</p>") == 1
    assert content.count("conv_blocks") == 1
    assert done.changed == 2


def test_a_comment_is_html_that_says_no_more_than_its_text():
    odd = replace(grade("8", moodle="1"), todos={"<b>": Decimal(1)}, raw_score=Decimal(10))
    assert comment(odd) == ("<p>8 of 100 points, 10 before it was lowered for being late<br>&lt;b&gt;: 1</p>")


def test_by_email_or_by_name_where_nothing_else_is_known(filled):
    done, content = filled(FRESH, [grade("55", name="doe jane", platform="folders")])
    assert done.changed == 1
    assert 'grading",55.00,100.00,Yes' in content


@pytest.mark.parametrize(
    ("content", "options", "said"),
    [
        (FRESH.replace("100.00", "10.00"), {}, r"worth 10 points in Moodle and the lab 100: .*\(--scale\)"),
        (FRESH.replace("100.00", "Not yet-Good"), {}, "with a scale"),
        ("Student,ID,Section,U-Net (7)\nDoe,1,A,\n", {}, "not Moodle's grading worksheet"),
        (FRESH.replace(',"Feedback comments"', ',"X"'), {"comments": True}, "no column for comments"),
        (FRESH, {"column": "Status"}, "no column 'Status' with the maximum"),
    ],
)
def test_a_file_that_would_do_harm_is_refused_and_nothing_is_written(
    filled, tmp_path, content, options, said
):
    with pytest.raises(LabError, match=said):
        filled(content, **options)
    assert not (tmp_path / "out.csv").exists()


def test_more_than_the_maximum_is_not_sent_to_be_skipped_in_silence(filled):
    done, _ = filled(FRESH.replace("100.00", "80.00"), scale=False)
    assert len(done.kept["above the maximum, which Moodle skips"]) == 1
