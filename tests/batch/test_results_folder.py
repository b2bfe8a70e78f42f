"""The folder of results: what is written is whole, and a full disk is said and costs nothing else."""

import subprocess
import sys
from pathlib import Path

import pytest

from grader.batch.results import Results
from grader.batch.work import Basis, Outcome
from grader.errors import LabError
from grader.grading.options import Options
from grader.grading.run import not_gradable
from grader.lab.paths import LAB

LITTLE_ROOM = """
import resource, signal, sys
from pathlib import Path
from grader.batch.results import Results
from grader.batch.work import Outcome
from grader.lab.files import NotWritten

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
results = Results(Path(sys.argv[1]))
results.write(Outcome("ada", "graded", report="{}", page="small"))
try:
    results.write(Outcome("bob", "graded", report="{}", page="x" * 30_000))
except NotWritten as error:
    print(error)
"""


def test_on_a_full_disk_no_half_of_a_result_is_left(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", LITTLE_ROOM, str(tmp_path)], cwd=LAB, capture_output=True, text=True
    )
    assert "feedback.html cannot be written" in done.stdout, done.stderr
    left = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file())
    assert left == ["students/ada/feedback.html", "students/ada/report.json"]


def test_two_runs_do_not_write_into_one_folder(tmp_path):
    results = Results(tmp_path)
    with results.opened(resume=False), pytest.raises(LabError, match="another run"):  # noqa: SIM117
        with Results(tmp_path).opened(resume=True):
            pass


def test_what_a_result_rests_on_is_compared_word_by_word(tmp_path):
    results = Results(tmp_path)
    report = not_gradable(
        "Ada", "nothing there", Options(hidden="one"), {"rubric": "a" * 12, "model": "b" * 12}
    )
    results.write(Outcome("ada", "graded", report=report.as_json()))
    before = results.before("ada")
    assert before is not None
    assert before.changes(Basis.of(report)) == []
    other = not_gradable("Ada B.", "nothing at all", Options(hidden="two"), {"rubric": "c" * 12})
    assert before.changes(Basis.of(other)) == ["rubric", "model", "secret", "files", "name"]


@pytest.mark.parametrize("content", ["", "{", '{"schema": 1}'])
def test_a_damaged_report_is_no_result(tmp_path, content):
    place = Results(tmp_path).report_file("ada")
    place.parent.mkdir(parents=True)
    Path(place).write_text(content)
    assert Results(tmp_path).before("ada") is None
