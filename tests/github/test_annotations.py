"""What a report becomes in a workflow: annotations at the students' own lines, and no more than are shown."""

import contextlib

import pytest
from reports import INFER, check, line_of, made_up
from workflow_commands import commands_in

from grader.errors import LabError
from grader.platforms.github.workflow import Workflow
from grader.report.model import FAILED, PASSED, WAITING, Report, Todo


def test_annotations_stand_at_the_students_own_lines(step, capsys):
    commands, _ = step(made_up(), capsys)
    assert commands == [
        (
            "error",
            {
                "file": "student/unet.py",
                "line": str(line_of("# TODO 2: crop")),
                "title": "TODO 2: CropAndConcat",
            },
            "title of crop_and_concat.order\nexpected 1, not 2\nLook there.",
        ),
        (
            "error",
            {"file": "student/infer.py", "line": "12", "title": "TODO 4: preprocess and predict_mask"},
            "title of inference.preprocess\ninfer.py, line 12: ValueError: expected 1, not 2\nLook there.",
        ),
        (
            "warning",
            {
                "file": "student/infer.py",
                "line": str(line_of("# TODO 4: predict the mask", INFER)),
                "title": "TODO 4: preprocess and predict_mask",
            },
            "title of inference.mask: not your fault: the grader failed here",
        ),
        (
            "notice",
            {
                "file": "student/unet.py",
                "line": str(line_of("# TODO 3: the contracting")),
                "title": "TODO 3: forward",
            },
            "still to be written",
        ),
        ("notice", {"title": "Autograding complete"}, "Points 35/60"),
        ("notice", {"title": "Autograding report"}, '{"totalPoints":35,"maxPoints":60}'),
        ("notice", {}, "after it commands work again"),
    ]


def test_an_untouched_template_is_not_scolded(step, capsys):
    todos = [
        Todo(id, f"TODO {number}: x", [check(f"{id}.a", FAILED, "m", "h", f"{id}.unfilled"),
                                       check(f"{id}.b", WAITING, "w")])
        for number, id in enumerate(("conv_blocks", "crop_and_concat", "forward", "inference"), 1)
    ]  # fmt: skip
    commands, text = step(Report("ada", {}, todos), capsys)
    assert "Nothing is wrong yet: every TODO is still to be written." in text
    assert "❌" not in text
    assert [name for name, _, _ in commands] == ["notice"] * 7
    assert len({properties["line"] for _, properties, _ in commands[:3]}) == 3


def test_a_full_answer_has_no_annotation_but_the_points(step, capsys):
    todo = Todo("forward", "TODO 3: forward", [check("forward.runs", PASSED)])
    commands, text = step(Report("ada", {}, [todo]), capsys)
    assert [properties.get("title") for _, properties, _ in commands] == [
        "Autograding complete",
        "Autograding report",
        None,
    ]
    assert "Start here" not in text


def test_no_more_annotations_than_github_shows(step, capsys):
    blocks = [f"block_{way}_conv{level}" for way in ("down", "up") for level in range(1, 5)]
    checks = [check(f"conv_blocks.{name}", FAILED, "m") for name in [*blocks, "final_conv"]]
    checks += [check(f"conv_blocks.other{line}", FAILED, f"unet.py, line {line}: x") for line in range(1, 9)]
    checks.append(check("conv_blocks.again", FAILED, "unet.py, line 1: y"))
    commands, _ = step(Report("ada", {}, [Todo("conv_blocks", "TODO 1: x", checks)]), capsys)
    (first,) = [message for name, properties, message in commands if properties.get("line") == "1"]
    assert first.endswith("unet.py, line 1: x")
    errors = [properties["line"] for name, properties, _ in commands if name == "error"]
    assert len(errors) == len(set(errors)) == 10


def test_what_cannot_be_graded_is_told_in_the_summary(step, tmp_path, capsys):
    with contextlib.suppress(LabError), Workflow(tmp_path / "student"):
        raise LabError("no unet.py in a\n::error::owned")
    out = capsys.readouterr().out + "\nerror: ::error::x"
    assert commands_in(out) == [("error", {"title": "Not graded"}, "no unet.py in a\n::error::owned")]
    assert (tmp_path / "summary.md").read_text() == (
        "## Not graded\n\nno unet&#46;py in a<br>&#58;&#58;error&#58;&#58;owned\n"
    )


def test_outside_of_github_it_says_so(monkeypatch, tmp_path):
    monkeypatch.delenv("GITHUB_OUTPUT", raising=False)
    with pytest.raises(LabError, match="--github is for a step of a GitHub workflow"):
        Workflow(tmp_path)
