"""`release --check` believes the frozen answers only while they are the solution's."""

import numpy as np
import pytest

from grader.grading.mask import KNOWN
from grader.implementations import Frozen, Recording


@pytest.fixture
def recorded(frozen) -> Recording:
    """What recording the solution would give now, if nothing had changed."""
    recording = Recording(behind=None)
    recording.weights = frozen.weights
    recording.answers = {
        key: (facts, {name: array.copy() for name, array in answer.items()})
        for key, (facts, answer) in frozen.answers.items()
    }
    return recording


@pytest.fixture
def frozen() -> Frozen:
    return Frozen()


def with_answer(recording: Recording, fits):
    """The first key, name and array of a recorded answer that `fits`."""
    return next(
        (key, name, array)
        for key, (_, answer) in recording.answers.items()
        for name, array in answer.items()
        if fits(array)
    )


def is_float(array):
    return array.dtype.kind == "f" and array.std() > 0


def is_mask(array):
    return array.dtype == np.uint8 and array.size > 100_000


def test_the_same_answers_agree(frozen, recorded):
    assert frozen.agrees_with(recorded)


def test_what_a_processor_may_change_agrees(frozen, recorded):
    _, _, scores = with_answer(recorded, is_float)
    scores += 1e-6 * scores.std()
    _, _, mask = with_answer(recorded, is_mask)
    mask.flat[0] ^= 1
    assert frozen.agrees_with(recorded)


def test_other_scores_are_stale(frozen, recorded):
    _, _, scores = with_answer(recorded, is_float)
    scores *= 1.01
    assert not frozen.agrees_with(recorded)


def test_another_mask_is_stale(frozen, recorded):
    _, _, mask = with_answer(recorded, is_mask)
    mask.flat[: mask.size // 1000] ^= 1
    assert not frozen.agrees_with(recorded)


def test_another_fact_is_stale(frozen, recorded):
    key = next(key for key, (facts, _) in recorded.answers.items() if facts)
    facts, answer = recorded.answers[key]
    recorded.answers[key] = ({**facts, "more": 1}, answer)
    assert not frozen.agrees_with(recorded)


@pytest.mark.parametrize("change", ["asked no more", "asked anew"])
def test_other_questions_are_stale(change, frozen, recorded):
    key = next(iter(recorded.answers))
    if change == "asked anew":
        recorded.answers["new"] = recorded.answers[key]
    else:
        del recorded.answers[key]
    assert not frozen.agrees_with(recorded)


def test_other_weights_are_stale(frozen, recorded):
    recorded.weights = "0" * 16
    assert not frozen.agrees_with(recorded)


def test_the_frozen_answers_are_of_the_lab_s_weights(sandbox, frozen):
    digest = sandbox.ready()["model"]["digest"]
    assert (frozen.weights, Frozen(KNOWN).weights) == (digest, digest)


def test_other_extensions_are_stale(frozen, recorded):
    frozen.released = {**frozen.released, "more.py": "0"}
    assert not frozen.agrees_with(recorded)


def test_a_question_that_was_answered_is_not_asked_again(recorded):
    first = Recording(lambda call, data, tensors: ({"said": call}, {}))
    first("keys", {}, {})
    second = Recording(lambda *_: pytest.fail("asked again"), first.answers)
    assert second("keys", {}, {}) == ({"said": "keys"}, {})
    assert second.answers == first.answers
