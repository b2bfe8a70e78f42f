"""Every right answer earns everything, however it is written."""

import pytest
from corpus import ANSWERS, DEBATABLE, build

from grader.report import PASSED


@pytest.mark.parametrize("answer", [*ANSWERS, *DEBATABLE], ids=lambda answer: answer.id)
def test_a_right_answer_earns_everything(answer, grade_files):
    todos = grade_files(build(answer))
    assert [
        (check.id, check.message) for todo in todos for check in todo.checks if check.status != PASSED
    ] == []
    assert [todo.score for todo in todos] == [30, 20, 30, 20]
