"""Ctrl-C, and a file that is saved again, end a grading wherever they come; nothing is graded then."""

import signal

import pytest

from grader.grading.options import Options
from grader.grading.scoring import run_rubric
from grader.implementations import Implementation, SubmissionFault
from grader.sandbox.trusted import Budget, GivenUp


def answering(error):
    def answer(*_):
        raise error

    return Implementation(answer)


def interrupt(*_):
    signal.raise_signal(signal.SIGINT)


@pytest.mark.parametrize("error", [KeyboardInterrupt, GivenUp])
def test_it_may_come_while_the_submission_answers(error, frozen):
    with pytest.raises(error):
        run_rubric(answering(error()), frozen)


@pytest.mark.parametrize("moment", ["on_check", "on_run"])
def test_ctrl_c_may_come_between_two_checks(moment, frozen):
    student = answering(SubmissionFault("unfilled", "TODO 1"))
    with pytest.raises(KeyboardInterrupt):
        run_rubric(student, frozen, options=Options(**{moment: interrupt}))


def test_ctrl_c_may_come_while_a_failure_is_explained(frozen):
    student = answering(SubmissionFault("unfilled", "TODO 1"))
    with pytest.raises(KeyboardInterrupt):
        run_rubric(student, frozen, explain=interrupt)


def test_a_budget_that_is_given_up_admits_no_call():
    given_up = False
    budget = Budget(is_given_up=lambda: given_up)
    budget.admit("load")
    given_up = True
    with pytest.raises(GivenUp):
        budget.admit("load")


def test_three_of_four_todos_are_graded_though_some_checks_of_the_fourth_are_left_out(frozen):
    student = answering(SubmissionFault("unfilled", "TODO 1"))
    todos = run_rubric(student, frozen, options=Options(todos=("crop_and_concat", "forward", "inference")))
    assert [todo.id for todo in todos] == ["crop_and_concat", "forward", "inference"]
