"""Every right answer earns everything, however it is written."""

import pytest
from corpus import ANSWERS, DEBATABLE, build, one_in_five

from grader.report.model import PASSED


@pytest.mark.parametrize("answer", one_in_five([*ANSWERS, *DEBATABLE]))
def test_a_right_answer_earns_everything(answer, grade_files):
    todos = grade_files(build(answer))
    assert [
        (check.id, check.message) for todo in todos for check in todo.checks if check.status != PASSED
    ] == []
    assert [todo.score for todo in todos] == [30, 20, 30, 20]
