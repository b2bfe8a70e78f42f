"""Every known mistake costs the TODO it belongs to and no other, and is called by its name."""

import pytest
from corpus import MISTAKES, build, one_in_five

from grader.lab.plan import CORE
from grader.report.model import FAILED, GRADER_ERROR


@pytest.mark.parametrize("mistake", one_in_five(MISTAKES))
def test_a_mistake_is_charged_once_and_named(mistake, grade_files):
    todos = grade_files(build(mistake))
    checks = [check for todo in todos for check in todo.checks]
    assert [check.message for check in checks if check.status == GRADER_ERROR] == []
    assert {todo.id for todo in todos if todo.score < todo.max_score} == set(mistake.todos)
    causes = {check.cause for check in checks if check.status == FAILED} - {None}
    assert causes == {mistake.cause, *mistake.also}
    if mistake.keeps is not None:
        assert [todo.score for todo in todos if todo.id in mistake.todos] == [mistake.keeps]
    for todo in todos:
        if not todo.is_done:
            first = next(check for check in todo.checks if check.status == FAILED)
            assert first.cause, first.message
            assert first.hint


def test_the_table_covers_every_todo():
    assert {todo for mistake in MISTAKES for todo in mistake.todos} == set(CORE)
