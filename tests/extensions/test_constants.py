"""What was known before earns nothing: neither constants nor the solution's public answers."""

import numpy as np
import pytest
import torch

from grader.checking.extensions.deformation import assert_read_there, with_coordinates
from grader.compare import Mismatch
from grader.explain import Explain
from grader.grading.options import Options
from grader.grading.scoring import run_rubric
from grader.implementations import Implementation, InWorker, Recording, live_solution, solution_files
from grader.lab.extensions import EXTENSIONS
from grader.report.model import FAILED, GRADER_ERROR, PASSED, WAITING
from solution.extensions.elastic import elastic_deform


class Replayed:
    """Answers each question with what was recorded of the same call, as often as it has been asked."""

    def __init__(self, answers):
        self._answers, self._asked = answers, {}

    def __call__(self, call, data, tensors):
        known = self._answers.get(call)
        if not known:
            return {}, {}
        number = self._asked.get(call, 0)
        self._asked[call] = number + 1
        return known[number % len(known)]


class Remembered(Recording):
    """Remembers the answers to each call in the order of the questions."""

    def __init__(self, behind):
        super().__init__(behind)
        self.by_call = {}

    def __call__(self, call, data, tensors):
        answer = super().__call__(call, data, tensors)
        self.by_call.setdefault(call, []).append(answer)
        return answer


@pytest.fixture(scope="module")
def public(sandbox, frozen):
    """{call: the solution's answers}, in the order of the public questions."""
    solution = InWorker(sandbox, solution_files())
    asked = Remembered(solution)
    run_rubric(Implementation(asked), frozen, options=Options(todos=EXTENSIONS))
    solution.close()
    return asked.by_call


@pytest.fixture(scope="module")
def hidden(sandbox):
    """The reference for hidden inputs."""
    solution = live_solution(sandbox)
    yield Implementation(solution)
    solution.close()


def passed(todos):
    return [check.id for todo in todos for check in todo.checks if check.status == PASSED and check.max_score]


def test_the_public_answers_earn_nothing_from_hidden_inputs(public, hidden):
    student = Implementation(Replayed(public))
    todos = run_rubric(student, hidden, options=Options(hidden="a secret", todos=EXTENSIONS))
    assert passed(todos) == []
    assert [todo.score for todo in todos] == [0] * len(EXTENSIONS)


def test_the_public_answers_would_earn_everything_from_public_inputs(public, frozen):
    """So the test above fails for no other reason than the inputs."""
    todos = run_rubric(Implementation(Replayed(public)), frozen, options=Options(todos=EXTENSIONS))
    assert [todo.score for todo in todos] == [5] * len(EXTENSIONS)


ODD = {
    "nothing": None,
    "a number": np.float32(1.5).reshape(()),
    "one": np.ones(1, np.float32),
    "three": np.ones(3, np.int64),
    "an empty array": np.zeros((0, 3), np.float32),
    "nan": np.full((2, 3, 32, 48), np.nan, np.float32),
    "zeros": np.zeros((2, 3, 32, 48), np.float32),
    "infinity": np.full((1, 3, 32, 32), np.inf),
    "truth": np.ones((4, 6), bool),
    "complex": np.ones((2, 2, 4, 4), np.complex64),
    "half": np.ones((1, 1, 188, 204), np.float16),
    "six axes": np.ones((1, 1, 1, 1, 2, 2), np.float32),
}


SPOILT = {
    "nan": lambda array: np.full_like(array, np.nan),
    "infinity": lambda array: np.full_like(array, -np.inf),
    "zeros": np.zeros_like,
    "twice": lambda array: 2 * array,
    "integers": lambda array: np.ones(array.shape, np.int64),
    "halves": lambda array: array.astype(np.float16),
    "sides swapped": np.transpose,
    "one more axis": lambda array: array[None],
    "nothing of it": lambda array: array.reshape(-1)[:0],
}


def statuses(student, reference):
    """What became of the checks, without NumPy's warnings, which stop no grading either."""
    with np.errstate(all="ignore"):
        todos = run_rubric(student, reference, Explain(student, reference), Options(todos=EXTENSIONS))
    checks = [check for todo in todos for check in todo.checks]
    assert [(check.id, check.message) for check in checks if check.status == GRADER_ERROR] == []
    return {check.status for check in checks}


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_array_in_place_of_any_answer_is_the_submissions_failure(odd, public, frozen):
    """Every name that the solution's answers have is there, but what stands under it is of no use."""

    def answer(call, data, tensors):
        names = {name for _, known in public[call] for name in known} if call in public else {"y"}
        return {}, {name: ODD[odd] for name in names if ODD[odd] is not None}

    assert statuses(Implementation(answer), frozen) == {FAILED, WAITING}


@pytest.mark.parametrize("how", SPOILT)
def test_a_spoilt_answer_is_the_submissions_failure(how, public, frozen):
    """The solution's own answers, with floating-point arrays that are no longer what they were."""
    replayed = Replayed(public)

    def answer(call, data, tensors):
        facts, arrays = replayed(call, data, tensors)
        spoilt = {name: SPOILT[how](one) if one.dtype.kind == "f" else one for name, one in arrays.items()}
        return facts, spoilt

    assert FAILED in statuses(Implementation(answer), frozen)


@pytest.mark.parametrize("facts", [{}, {"keys": 3, "said": ["A"]}, {"keys": {"inc": "x"}, "said": {"A": {}}}])
def test_what_it_says_of_itself_is_read_with_a_test(facts, public, frozen):
    student = Implementation(lambda call, data, tensors: (dict(facts), public.get(call, [({}, {})])[0][1]))
    assert FAILED in statuses(student, frozen)


def test_a_deformation_was_made_of_this_picture_and_of_no_other():
    textures = np.random.RandomState(0).uniform(-4, 4, (2, 3, 40, 50)).astype(np.float32)
    image, other = with_coordinates(textures), with_coordinates(textures[::-1])
    generator = torch.Generator().manual_seed(1)
    moved, _ = elastic_deform(torch.from_numpy(image), torch.zeros(2, 40, 50), 30.0, generator=generator)
    assert_read_there(moved.numpy(), image)  # also where it was mirrored at the border
    with pytest.raises(Mismatch, match="read at the same places"):
        assert_read_there(moved.numpy(), other)
    shifted = moved.numpy().copy()
    shifted[:, :2] += 0.1
    with pytest.raises(Mismatch, match="read at the same places"):
        assert_read_there(shifted, image)
