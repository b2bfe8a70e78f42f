"""Every right answer earns everything, however it is written."""

import pytest
from corpus import ANSWERS, DEBATABLE, MISTAKES, build, one_in_five

from grader.implementations import reference_for
from grader.report.model import PASSED

SECRETS = ("a secret", "another one")


@pytest.mark.parametrize("answer", one_in_five([*ANSWERS, *DEBATABLE]))
def test_a_right_answer_earns_everything(answer, grade_files):
    todos = grade_files(build(answer))
    assert [
        (check.id, check.message) for todo in todos for check in todo.checks if check.status != PASSED
    ] == []
    assert [todo.score for todo in todos] == [30, 20, 30, 20]


@pytest.fixture(scope="session")
def hidden_references(sandbox):
    """{secret: the solution, which answers to the inputs of this secret}."""
    references = {secret: reference_for(sandbox, secret) for secret in SECRETS}
    yield {secret: one.implementation for secret, one in references.items()}
    for one in references.values():
        one.rest()


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("answer", one_in_five([*ANSWERS, *DEBATABLE]))
def test_so_it_does_under_hidden_inputs(answer, secret, grade_files, hidden_references):
    """Pictures and numbers that are drawn may be harsher than the public ones."""
    todos = grade_files(build(answer), hidden_references[secret], secret)
    assert [check.id for todo in todos for check in todo.checks if check.status != PASSED] == []


@pytest.mark.trust
@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_costs_the_same_under_hidden_inputs(mistake, grade_files, hidden_references):
    files, secret = build(mistake), SECRETS[0]
    public, hidden = (
        {check.id: check.score for todo in todos for check in todo.checks}
        for todos in (grade_files(files), grade_files(files, hidden_references[secret], secret))
    )
    assert hidden == public
