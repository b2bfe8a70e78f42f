"""Report files: written, read again, and refused where they are not."""

import json
import subprocess
import sys
from dataclasses import replace

import pytest
from made_up import a_report, a_wrong_report, write_class

from grader.errors import LabError
from grader.lab.paths import LAB
from grader.outputs.pages.feedback import write_html
from grader.outputs.pages.overview import write_overview
from grader.report.file import from_dict, read_report
from grader.report.folder import gather, report_files


def changed(**values) -> dict:
    return json.loads(json.dumps(a_wrong_report().as_dict())) | values


def with_check(**values) -> dict:
    data = changed()
    data["todos"][2]["checks"][0] |= values
    return data


BAD = {
    "another schema": changed(schema=2),
    "a list": [],
    "null": None,
    "no todos": {key: value for key, value in changed().items() if key != "todos"},
    "no name": changed(submission={"files": {}}),
    "a score that its checks did not earn": changed(score=100),
    "a score that is no number": changed(score="85"),
    "a status nobody knows": with_check(status="great"),
    "a check without a title": with_check(title=None),
    "a negative check": with_check(max_score=-5),
    "more IoU than there is": changed(mask={"image": "a.jpg", "iou": 2}),
}


def test_a_report_survives_its_file(tmp_path):
    report = a_wrong_report("Ада \u202e <b>")
    report.write_json(tmp_path / "a.json")
    again = read_report(tmp_path / "a.json")
    assert again.as_dict() == report.as_dict()
    assert again.todos == report.todos
    assert (again.masks, again.wiring) == (None, None)


def test_what_a_newer_report_adds_is_passed_over():
    data = with_check(seconds=3) | {"course": "cv"}
    data["todos"][0]["due"] = "tomorrow"
    assert from_dict(data).todos == a_wrong_report().todos


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_report_is_refused_in_one_line(name, tmp_path):
    path = tmp_path / "bad.json"
    path.write_text(json.dumps(BAD[name]))
    with pytest.raises(LabError, match="is not a report of this lab: ") as refused:
        read_report(path)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "content", [b"", b'{"schema": 1', b"\xff\xfe\x00", b"[" * 100_000, b'{"score": NaN}', b" " * (5 << 20)]
)
def test_files_that_are_no_json_are_refused(content, tmp_path):
    path = tmp_path / "bad.json"
    path.write_bytes(content)
    with pytest.raises(LabError, match="is not a report of this lab: "):
        read_report(path)


def test_a_class_with_broken_files_is_still_a_class(tmp_path):
    write_class(tmp_path / "a", 5)
    (tmp_path / "a" / "b").mkdir()
    (tmp_path / "a" / "b" / "package.json").write_text('{"name": "x"}')
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "c.json").write_text("{}")
    (tmp_path / "loop.json").symlink_to("loop.json")
    gathered = gather(report_files(tmp_path))
    assert len(gathered.reports) == 5
    assert sorted(path.name for path in gathered.refused) == ["loop.json", "package.json"]
    write_overview(gathered, tmp_path, tmp_path / "o.html")
    assert "package.json" in (tmp_path / "o.html").read_text(encoding="utf-8")


def test_what_a_hidden_run_printed_is_not_on_the_page(tmp_path):
    for with_output in (True, False):
        path = tmp_path / f"{with_output}.html"
        inputs = {"kind": "public" if with_output else "hidden"}
        write_html(replace(a_report(), output="the hidden input is 3", inputs=inputs), path)
        assert ("the hidden input is 3" in path.read_text(encoding="utf-8")) == with_output


def test_what_the_code_printed_stands_with_the_todo_that_printed_it(tmp_path):
    path = tmp_path / "page.html"
    printed = {"forward": "the shape is 7\n", "mask": "while it drew\n"}
    write_html(replace(a_wrong_report(), output="the shape is 7\nwhile it drew\n", printed=printed), path)
    page = path.read_text(encoding="utf-8")
    assert page.count("the shape is 7") == page.count("while it drew") == 1
    (section,) = [part for part in page.split("<section") if "the shape is 7" in part]
    assert ">TODO 3: forward</h2>" in section
    (rest,) = [part for part in page.split("<section") if "while it drew" in part]
    assert 'id="run"' in rest


def run(*arguments: object) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "grader", "overview", *map(str, arguments)]
    return subprocess.run(command, cwd=LAB, capture_output=True, text=True, timeout=120)


def test_overview_on_the_command_line(tmp_path):
    reports = tmp_path / "reports"
    a_report("Ada").write_json(reports / "ada.json")
    done = run(reports, tmp_path / "o.html")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{tmp_path / 'o.html'}: 1 reports\n", "")
    assert "Ada" in (tmp_path / "o.html").read_text(encoding="utf-8")
    (tmp_path / "empty").mkdir()
    (reports / "ada.json").write_text("{}")
    for folder, words in (
        ("nowhere", "is not a folder"),
        ("empty", "no report"),
        ("reports", "none of 1 JSON"),
    ):
        done = run(tmp_path / folder, tmp_path / "o.html")
        assert done.returncode == 2
        assert words in done.stderr
        assert done.stderr.startswith("error: ")
        assert "Traceback" not in done.stderr


def test_a_page_that_cannot_be_written_is_one_line(tmp_path):
    a_report().write_json(tmp_path / "ada.json")
    (tmp_path / "o.html").mkdir()
    done = run(tmp_path, tmp_path / "o.html")
    assert done.returncode == 2
    assert done.stderr.startswith(f"error: {tmp_path / 'o.html'} cannot be written: ")
