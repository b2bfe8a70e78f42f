"""Every right answer earns everything, however it is written."""

import pytest
from corpus import ANSWERS, DEBATABLE, build, one_in_five

from grader.report.model import PASSED

# Not what the TODO asks for: it says that the scores are resized, bilinear, and only then squashed.
OTHER_MASKS = {"sigmoid-before-interpolation", "align-corners-true"}
RIGHT = [*ANSWERS, *(answer for answer in DEBATABLE if answer.id not in OTHER_MASKS)]


@pytest.mark.parametrize("answer", one_in_five(RIGHT))
def test_a_right_answer_earns_everything(answer, grade_files):
    todos = grade_files(build(answer))
    assert [
        (check.id, check.message) for todo in todos for check in todo.checks if check.status != PASSED
    ] == []
    assert [todo.score for todo in todos] == [30, 20, 30, 20]


@pytest.mark.parametrize(
    "answer", [one for one in DEBATABLE if one.id in OTHER_MASKS], ids=lambda one: one.id
)
def test_another_order_costs_the_mask_and_nothing_else(answer, grade_files):
    todos = grade_files(build(answer))
    assert [todo.score for todo in todos][:3] == [30, 20, 30]
    assert 10 <= todos[3].score < 20
