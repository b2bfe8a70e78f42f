"""Every known mistake in an extension costs that extension only, and is called by its name; right answers
in other styles earn everything."""

from collections import Counter

import pytest
from corpus import one_in_five
from made import ANSWERS, MISTAKES, build

from grader.explain import Explain
from grader.explain.extensions import HINTS
from grader.grading.options import Options
from grader.grading.scoring import run_rubric
from grader.implementations import Implementation, InWorker
from grader.lab.extensions import EXTENSIONS
from grader.report.model import FAILED, GRADER_ERROR, PASSED


class Hurried(InWorker):
    """What is never done in time need not be waited for as long as it is graded."""

    def limit_s(self, call: str) -> float:
        return min(super().limit_s(call), 3.0)


@pytest.fixture
def grade_extension(sandbox, frozen):
    """Grade one extension of {file: text} with the public checks -> its todo."""

    def grade(files: dict[str, str], extension: str, worker: type[InWorker] = InWorker):
        student = worker(sandbox, {name: text.encode("utf-8") for name, text in files.items()})
        try:
            network = Implementation(student)
            explain = Explain(network, frozen)
            (todo,) = run_rubric(network, frozen, explain, Options(todos=(extension,)))
            return todo
        finally:
            student.close()

    return grade


@pytest.mark.parametrize("mistake", one_in_five(MISTAKES))
def test_a_mistake_is_found_and_named(mistake, grade_extension):
    worker = Hurried if mistake.cause == "weight_map.slow" else InWorker
    todo = grade_extension(build(mistake), mistake.extension, worker)
    assert todo.is_extension
    assert [check.message for check in todo.checks if check.status == GRADER_ERROR] == []
    failed = [check for check in todo.checks if check.status == FAILED]
    assert {check.cause for check in failed} - {None} == {mistake.cause}
    assert failed[0].cause, failed[0].message
    assert failed[0].hint
    assert todo.score < todo.max_score


@pytest.mark.parametrize("answer", one_in_five(ANSWERS))
def test_another_right_answer_earns_everything(answer, grade_extension):
    todo = grade_extension(build(answer), answer.extension)
    assert [(check.id, check.message) for check in todo.checks if check.status != PASSED] == []
    assert (todo.score, todo.max_score) == (5, 5)


def test_every_extension_has_mistakes_and_answers_of_its_own():
    assert min(Counter(mistake.extension for mistake in MISTAKES)[name] for name in EXTENSIONS) >= 10
    assert {answer.extension for answer in ANSWERS} == set(EXTENSIONS)
    assert len({made.id for made in (*MISTAKES, *ANSWERS)}) == len(MISTAKES) + len(ANSWERS)
    assert {mistake.cause for mistake in MISTAKES} <= set(HINTS)
