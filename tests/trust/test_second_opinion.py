"""What fails in the grader's own part, beside the student's code, costs no student a point."""

from contextlib import closing
from dataclasses import replace

import pytest
from corpus.build import solution

from grader.grading import second_opinion
from grader.grading.options import Options
from grader.grading.run import grade_in
from grader.grading.scoring import run_rubric
from grader.grading.second_opinion import SecondOpinion, is_in_doubt
from grader.implementations import (
    Implementation,
    InWorker,
    Reference,
    SubmissionFault,
    live_solution,
    reference_for,
)
from grader.intake.submission import Submission
from grader.lab.paths import MODEL
from grader.report.model import FAILED, GRADER_ERROR, PASSED
from grader.sandbox.trusted import Sandbox

OPTIONS = Options(mask="never", todos=("conv_blocks", "inference"))


@pytest.fixture(scope="module")
def broken():
    """A sandbox with calls that we have broken."""
    with Sandbox(MODEL, calls="tests.trust.broken") as sandbox:
        yield sandbox


def graded(sandbox, files, options=OPTIONS, reference=None):
    handed_in = Submission("ada", {name: text.encode() for name, text in files.items()})
    with closing(InWorker(sandbox, handed_in.files)) as worker:
        report = grade_in(sandbox, worker, handed_in, options, reference)
    return report, {check.id: check for todo in report.todos for check in todo.checks}


def test_a_fault_in_our_part_is_the_grader_s(broken):
    report, checks = graded(broken, solution())
    raised, crashed = checks["conv_blocks.block_down_conv1"], checks["inference.mask_has_the_pictures_size"]
    assert raised.status == crashed.status == GRADER_ERROR
    said = "not your fault: the grader failed here (the solution fails in block as well: KeyError at "
    assert raised.message == f"{said}grader/sandbox/calls/faulty.py, line 2)"
    assert crashed.message.endswith("(the solution fails in served_mask as well: died)")
    assert checks["inference.preprocess"].status == PASSED
    assert report.exit_status == 2


def test_a_fault_that_only_the_submission_has_is_its_own(broken):
    odd = {**solution(), "infer.py": solution()["infer.py"] + "\nSTRANGE = True\n"}
    check = graded(broken, odd)[1]["inference.preprocess"]
    assert check.status == FAILED
    assert "KeyError" in check.message


def test_a_mistake_of_the_student_s_stays_theirs(broken):
    wrong = solution()["infer.py"].replace("to_tensor(image)", "to_tenser(image)")
    check = graded(broken, {**solution(), "infer.py": wrong})[1]["inference.preprocess"]
    assert check.status == FAILED
    assert "to_tenser" in check.message


def test_without_a_solution_nothing_is_asked(broken, monkeypatch, tmp_path):
    monkeypatch.setattr(second_opinion, "SOLUTION", tmp_path / "none")
    assert graded(broken, solution())[1]["conv_blocks.block_down_conv1"].status == FAILED


def test_a_reference_without_an_answer_is_no_student_s_fault(broken):
    options, reference = replace(OPTIONS, hidden="a secret"), reference_for(broken, "a secret")
    try:
        _, checks = graded(broken, solution(), options, reference.implementation)
    finally:
        reference.rest()
    assert [check.id for check in checks.values() if check.status == FAILED] == []
    assert checks["inference.mask_has_the_pictures_size"].status == GRADER_ERROR


def test_a_reference_that_cannot_answer_is_never_charged(broken):
    silent = Reference(live_solution(broken), None)
    student = Implementation(lambda call, data, tensors: ({}, {"y": tensors.get("x")}))
    try:
        (todo,) = run_rubric(student, silent.implementation, options=replace(OPTIONS, todos=("conv_blocks",)))
    finally:
        silent.rest()
    said = {
        check.status: check.message for check in todo.checks if check.id == "conv_blocks.block_down_conv1"
    }
    assert said == {
        GRADER_ERROR: "not your fault: the grader failed here (the reference has no answer: raised)"
    }


def test_each_question_is_asked_once_and_an_accident_does_not_count(monkeypatch):
    asked = []

    class Solution:
        def __call__(self, call, data, tensors):
            asked.append(call)
            return ({"fault": "died"} if len(asked) < 2 else {}), {}

        def close(self):
            pass

    monkeypatch.setattr(second_opinion, "live_solution", lambda sandbox: Solution())
    opinion, fault = SecondOpinion(None), SubmissionFault("died", "it died", {}, ("scores", {}, {}))
    assert [opinion(fault) for _ in range(3)] == [None] * 3
    assert asked == ["scores", "scores"]


@pytest.mark.parametrize(
    ("kind", "facts", "doubted"),
    [
        ("raised", {"file": "unet.py", "line": 3}, False),
        ("raised", {"file": "unet.py", "line": 3, "ours": "grader/sandbox/calls/unet.py, line 9"}, True),
        ("raised", {"file": None}, True),
        ("died", {}, True),
        ("memory", {}, True),
        ("timeout", {"file": "unet.py", "line": 3}, False),
        ("timeout", {}, True),
        ("unfilled", {}, False),
        ("does_not_fit", {}, False),
    ],
)
def test_what_names_a_line_of_the_student_s_alone_is_not_doubted(kind, facts, doubted):
    assert is_in_doubt(SubmissionFault(kind, "so", facts, ("scores", {}, {}))) is doubted
    assert not is_in_doubt(SubmissionFault(kind, "so", facts))
