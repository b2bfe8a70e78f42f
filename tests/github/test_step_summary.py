"""The summary of a step, and the points in the form of the reporter."""

import base64
import json

from markdown_it import MarkdownIt
from reports import check, line_of, made_up

from grader.platforms.github.points import result
from grader.platforms.github.summary import summary
from grader.report.model import FAILED, GRADER_ERROR, Todo

MARKDOWN = MarkdownIt("gfm-like", {"html": True, "linkify": False})


def test_the_summary_has_a_table_for_each_todo_and_where_to_start():
    text = summary(made_up())
    assert text.startswith("## 35 of 60 points\n\n**Start here:** TODO 2&#58; CropAndConcat")
    start = text.splitlines()[2]
    assert "title of crop" in start
    assert "expected 1&#44; not 2" in start
    assert "Look there&#46;" in start
    rendered = MARKDOWN.render(text)
    assert rendered.count("<table>") == 3
    assert "<summary>✅ TODO 1&#58; the blocks: 30 of 30</summary>" in text
    assert "<h3>TODO 2: CropAndConcat: 5 of 15</h3>" in rendered
    assert "<h3>TODO 3: forward: 0 of 5</h3>\n<p>Still to be written.</p>" in rendered
    assert "waits for: title of" in rendered
    assert "IoU 0.900" in text


def test_the_points_are_in_the_reporters_form(step, capsys):
    report = made_up()
    outputs = step(report, capsys)[2]
    results = {id: json.loads(base64.b64decode(text)) for id, text in outputs.items()}
    assert list(results) == ["conv_blocks", "crop_and_concat", "forward", "inference"]
    assert [one["status"] for one in results.values()] == ["pass", "fail", "fail", "error"]
    assert sum(one["max_score"] for one in results.values()) == report.max_score
    assert sum(test["score"] for one in results.values() for test in one["tests"]) == report.score
    assert results["crop_and_concat"]["version"] == 1
    assert results["crop_and_concat"]["tests"][1] == {
        "name": "TODO 2: CropAndConcat: title of crop_and_concat.order",
        "status": "fail",
        "score": 0,
        "message": "expected 1, not 2 Look there.",
        "test_code": "",
        "filename": "unet.py",
        "line_no": line_of("# TODO 2: crop"),
        "execution_time": "",
    }


def test_an_error_of_the_grader_outweighs_a_failure():
    todo = Todo("forward", "TODO 3: x", [check("forward.a", FAILED), check("forward.b", GRADER_ERROR)])
    assert result(todo, {})["status"] == "error"
