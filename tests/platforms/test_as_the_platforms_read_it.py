"""Canvas and Moodle would change what was graded, as many rows as were said, and nothing else."""

import csv
import io

import pytest
from platforms import readers
from platforms.grades import grade
from platforms.test_canvas_gradebook import FRESH as CANVAS
from platforms.test_canvas_gradebook import GRADES
from platforms.test_moodle_worksheet import FRESH as MOODLE
from platforms.test_moodle_worksheet import GERMAN

from grader.platforms.canvas import gradebook as canvas
from grader.platforms.moodle import worksheet as moodle

ENGLISH = {"grade": "Grade", "modified": "Last modified (grade)", "participant": "Participant ", "mark": "."}
IN_GERMAN = {
    "grade": "Bewertung",
    "modified": "Zuletzt geändert (Bewertung)",
    "participant": "Teilnehmer/in",
    "mark": ",",
}


def stored_in_canvas(text: str, delimiter: str = ",") -> readers.Stored:
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter))
    numbers = {at: title.rpartition("(")[2][:-1] for at, title in enumerate(rows[0]) if title.endswith(")")}
    return {row[1]: {number: row[at].replace(",", ".") for at, number in numbers.items()} for row in rows[1:]}


def filled(module, fresh: str, grades, tmp_path, **options):
    (tmp_path / "fresh.csv").write_bytes(fresh.encode())
    done = module.fill(tmp_path / "fresh.csv", grades, tmp_path / "out.csv", **options)
    return done, (tmp_path / "out.csv").read_bytes()


def test_a_fresh_export_changes_nothing_in_canvas():
    assert readers.canvas(CANVAS.encode(), stored_in_canvas(CANVAS)) == {}


def test_canvas_changes_what_was_graded_and_nothing_else(tmp_path):
    done, content = filled(canvas, CANVAS, GRADES, tmp_path, column="U-Net")
    changes = readers.canvas(content, stored_in_canvas(CANVAS))
    assert changes == {("40121", "70012"): ("", "85.00"), ("40123", "70012"): ("12.00", "90.50")}
    assert len(changes) == done.changed


def test_canvas_reads_decimal_commas_between_semicolons(tmp_path):
    fresh = (
        "\ufeffStudent;ID;SIS Login ID;Section;U-Net (7)\n    Points Possible;;;;100,00\n"
        "Doe;1;jane;A;8,50\nNguyen;2;an;A;\n"
    )
    grades = [grade("70.25", canvas="1"), grade("8.5", canvas="2")]
    done, content = filled(canvas, fresh, grades, tmp_path)
    changes = readers.canvas(content, stored_in_canvas(fresh, ";"))
    assert changes == {("1", "7"): ("8.50", "70.25"), ("2", "7"): ("", "8.50")}
    assert done.changed == 2


@pytest.mark.parametrize("title", readers.TOTALS)
def test_what_canvas_drops_as_a_total_is_refused(title, tmp_path):
    fresh = CANVAS.replace("U-Net (", f"My {title}s (")
    assert readers.canvas(fresh.replace(",85.00,,", ",1.00,,").encode(), stored_in_canvas(fresh)) == {}
    with pytest.raises(canvas.LabError, match=r"rename the assignment"):
        filled(canvas, fresh, GRADES, tmp_path, column="70012")


@pytest.mark.parametrize(
    ("fresh", "language", "delimiter", "scale", "before"),
    [
        (MOODLE, ENGLISH, ",", None, {"88231": "", "88232": "8.50", "88233": "", "88234": "70.00"}),
        (GERMAN, IN_GERMAN, ";", True, {"88231": "", "88232": "8,50"}),
    ],
)
def test_moodle_changes_what_was_graded_and_nothing_else(fresh, language, delimiter, scale, before, tmp_path):
    assert readers.moodle(fresh.encode(), before, language, delimiter) == {}
    grades = [grade("85", moodle="88231"), grade("70", moodle="88232"), grade("70", moodle="88234")]
    done, content = filled(moodle, fresh, grades, tmp_path, scale=scale)
    changes = readers.moodle(content, before, language, delimiter)
    assert changes == ({"88231": "8,50", "88232": "7,00"} if scale else {"88231": "85.00", "88232": "70.00"})
    assert done.changed == 2
