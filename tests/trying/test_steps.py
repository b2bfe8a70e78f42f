"""More help for one failure: a step at a time, and no promise of a next one where there is none."""

from grader.report.model import Check, Todo
from grader.trying.steps import TO_READ, TO_TRY, is_last, steps_of

CHECK = Check("forward.skips", "Every level", 9)


def test_each_step_adds_one_and_the_last_is_known_as_such():
    todo = Todo("forward", "TODO 3: forward")
    assert [len(steps_of(todo, CHECK, count)) for count in (1, 2, 3)] == [1, 2, 3]
    assert [is_last(todo, count) for count in (1, 2)] == [False, True]
    assert "walkthrough.ipynb, its part on TODO 3." in steps_of(todo, CHECK, 2)[1]


def test_every_todo_has_both_steps_and_no_question_runs_on_into_a_semicolon():
    assert TO_TRY.keys() == TO_READ.keys()
    for name in TO_READ:
        assert "?;" not in steps_of(Todo(name, name), CHECK, 2)[1]
