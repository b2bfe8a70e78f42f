"""What a submission says in a report: cleaned, capped, and never so much that the report grows large."""

import json

import pytest

from grader.errors import LabError
from grader.lab.extensions import EXTENSIONS
from grader.lab.plan import CORE
from grader.outputs.pages.feedback import write_html
from grader.report.file import from_dict
from grader.report.model import FAILED, Check, Report, Todo
from grader.report.texts import MESSAGE_CAP, NAME_CAP

HIDDEN = "\u061c\u200b\u202e\ufeff\x1b[31m\x07"
WORST = {"emoji": "\U0001f697", "quotes": '"', "backslashes": "\\", "lines": "a\n", "letters": "x"}


def test_every_text_of_a_check_is_cleaned_and_capped_whenever_it_is_set():
    check = Check("forward.runs", "Runs", 5)
    check.message, check.hint = f"a{HIDDEN}b\n    c", "x" * 80_000
    check.file, check.cause = f"unet{HIDDEN}.py\nline", "y" * 80_000
    assert check.message == "ab\n    c"
    assert check.hint == "x" * (MESSAGE_CAP - 1) + "…"
    assert check.file == "unet.py line"
    assert check.cause == "y" * (NAME_CAP - 1) + "…"


def a_long_report(text: str) -> Report:
    def checks(id: str) -> list[Check]:
        return [
            Check(f"{id}.{i}_{'i' * 30}", "t" * 100, 1, FAILED, text, text, f"{id}.{'c' * 30}", "unet.py", 7)
            for i in range(13)
        ]

    todos = [Todo(id, "T" * 60, checks(id)) for id in CORE]
    return Report("N" * 80_000, {}, todos + [Todo(id, "T" * 60, checks(id)[:5], True) for id in EXTENSIONS])


@pytest.mark.parametrize("kind", WORST)
def test_a_report_stays_below_100_kb(kind, tmp_path):
    report = a_long_report(WORST[kind] * 80_000)
    report.write_json(tmp_path / "report.json")
    write_html(report, tmp_path / "report.html")
    assert (tmp_path / "report.json").stat().st_size < 100_000
    assert (tmp_path / "report.html").stat().st_size < 100_000
    assert all(check.message.endswith("…") for todo in report.todos for check in todo.checks)


def test_ordinary_messages_are_not_shortened():
    said = "unet.py, line 7: ImportError: " + "m" * 250
    report = a_long_report("")
    for todo in report.todos:
        for check in todo.checks:
            check.message = said
    again = Report(report.name, report.files, report.todos)
    assert {check.message for todo in again.todos for check in todo.checks} == {said}


def test_names_are_cleaned_when_a_report_is_made_and_when_one_is_read_back():
    report = Report(f"Ada{HIDDEN}\nLovelace", {f"un{HIDDEN}et.py": "0" * 64}, [])
    assert report.name == "Ada Lovelace"
    assert list(report.files) == ["unet.py"]
    data = a_long_report("m").as_dict()
    data["submission"] = {"name": f"Ada{HIDDEN}\nLovelace", "files": {f"un{HIDDEN}et.py": "0" * 64}}
    data["todos"][0]["title"] = f"TODO{HIDDEN} 1"
    data["isolation"] = {f"le{HIDDEN}vel": f"fu{HIDDEN}ll"}
    again = from_dict(json.loads(json.dumps(data)))
    assert (again.name, list(again.files)) == ("Ada Lovelace", ["unet.py"])
    assert again.todos[0].title == "TODO 1"
    assert again.isolation == {"level": "full"}


def test_a_name_that_is_cleaned_cannot_slip_past_the_schema():
    data = a_long_report("m").as_dict()
    data["todos"][0]["checks"][0]["max\u200b_score"] = -5
    with pytest.raises(LabError, match="max_score must be"):
        from_dict(json.loads(json.dumps(data)))
