"""What a student is told: in the lab's own sizes, at the line where it was, and once."""

import re

import pytest
from corpus import ANSWERS, DEBATABLE, build, solution
from corpus.build import Body, Replace

from grader.explain import Explain
from grader.grading.options import Options
from grader.grading.scoring import run_rubric
from grader.implementations import Implementation, InWorker
from grader.outputs.terminal import make_console
from grader.outputs.todo_table import Style, print_todo
from grader.report.model import FAILED, PASSED


class Hasty(InWorker):
    """Gives every call a second."""

    def limit_s(self, call: str) -> float:
        return 1.0


def edited(*edits) -> dict[str, str]:
    texts = solution()
    for edit in edits:
        texts[edit.file] = edit.apply(texts[edit.file])
    return texts


def failed(todos) -> list:
    return [check for todo in todos for check in todo.checks if check.status == FAILED]


@pytest.mark.parametrize(
    ("edit", "todo"),
    [
        (Body("unet.py", "CropAndConcat.forward", "while True:\n    x = x + 0"), "crop_and_concat"),
        (
            Body(
                "infer.py",
                "predict_mask",
                "while True:\n    try:\n        model.eval()\n    except:\n        pass",
            ),
            "inference",
        ),
    ],
    ids=["crop", "mask-with-a-bare-except"],
)
def test_a_call_without_an_end_is_shown_at_its_line(sandbox, frozen, edit, todo):
    files = edited(edit)
    worker = Hasty(sandbox, {name: text.encode() for name, text in files.items()})
    student = Implementation(worker)
    try:
        found = failed(run_rubric(student, frozen, Explain(student, frozen), Options(todos=(todo,))))
    finally:
        worker.close()
    assert found
    for check in found:
        assert check.cause == f"{todo}.timeout"
        assert check.hint
    if todo == "crop_and_concat":
        lines = files[edit.file].splitlines()
        assert lines[found[0].line - 1].strip() in ("while True:", "x = x + 0")
        assert found[0].message.startswith(f"unet.py, line {found[0].line}: no end after 1 seconds")


def test_an_exception_in_forward_names_the_sizes_of_a_picture(grade_files):
    old = "x = self.up_conv1(self.concat1(self.up_sample1(x), contracting_4))"
    todos = grade_files(
        edited(Replace("unet.py", old, "x = torch.cat([self.up_sample1(x), contracting_4], 1)"))
    )
    (check,) = failed(todos)
    assert re.search(r"Expected\D+70\D.*got\D+71\D", check.message)
    assert "torch.cat([self.up_sample1(x)" in check.message


def test_a_class_with_another_name_and_other_layers_is_told_both(grade_files):
    todos = grade_files(
        edited(
            Replace("unet.py", "class UNet(", "class UNET("),
            Replace("unet.py", "self.down_conv3", "self.third", 2),
        )
    )
    message = todos[0].checks[0].message
    assert "no class UNet, but a class UNET" in message
    assert "no layer down_conv3" in message


def test_a_file_that_is_not_there_is_named_also_under_hidden_inputs(grade_files):
    files = {"unet.py": solution()["unet.py"]}
    todo = grade_files(files)[3]
    assert (todo.score, todo.checks[0].message) == (0, "infer.py is not there")
    assert todo.checks[0].cause == "submission.file_missing"
    assert "infer.py its exact name" in todo.checks[0].hint
    assert (
        grade_files(files, hidden="a secret")[3].checks[0].message
        == "the file of this TODO was not handed in"
    )


def test_a_crop_on_the_other_side_is_right_and_says_why_its_mask_differs(grade_files, capsys):
    (made,) = [one for one in DEBATABLE if one.id == "slices-floor-division"]
    todo = grade_files(build(made))[1]
    assert todo.score == todo.max_score
    (said,) = [check for check in todo.checks if check.message]
    assert said.status == PASSED
    for style in (Style(), Style(short=True)):
        print_todo(todo, make_console(), style)
        assert "expect a mask that differs a little" in " ".join(capsys.readouterr().out.split())
    (other,) = [one for one in ANSWERS if one.id == "slices-rounded-as-torchvision"]
    assert not [check.message for check in grade_files(build(other))[1].checks if check.message]


def test_a_block_that_raises_is_left_empty_and_no_answer_is_put_in_its_place(sandbox):
    """What is missing stays missing: the whole network cannot be built, and the other blocks can."""
    files = edited(Replace("unet.py", "nn.Conv2d(64, 128, kernel_size=3", "nn.Conv(64, 128, kernel_size=3"))
    worker = InWorker(sandbox, {name: text.encode() for name, text in files.items()})
    student = Implementation(worker)
    try:
        assert len(student.layers("down_conv1")) == len(student.layers("up_conv4")) == 4
        for asked in (lambda: student.layers("down_conv2"), student.keys):
            with pytest.raises(Exception, match="has no attribute 'Conv'"):
                asked()
    finally:
        worker.close()
