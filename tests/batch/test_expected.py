"""The solution is asked once for a class: its answers are read from their file as soon as that is there."""

import numpy as np
import pytest

from grader.implementations import Frozen, Recording, Reference, StaleAnswers


class Solution:
    """Answers everything with one number, and counts."""

    def __init__(self):
        self.asked = []

    def __call__(self, call, data, tensors):
        self.asked.append(call)
        return {}, {"y": np.ones((1, 1, 2, 2), np.float32)}

    def close(self):
        self.asked.append("closed")


@pytest.fixture
def recorded(tmp_path):
    """A file that is written after whoever reads it has begun."""

    def write():
        recording = Recording(Solution())
        recording("scores", {"n": 1}, {})
        recording.save(tmp_path / "expected.npz")

    return tmp_path / "expected.npz", write


def test_what_is_in_the_file_is_not_asked_again(recorded):
    path, write = recorded
    solution = Solution()
    reference = Reference(solution, path)
    write()
    for n in (1, 2, 1):
        reference.implementation.array("scores", {"n": n})
    assert solution.asked == ["scores"]
    reference.rest()
    assert solution.asked == ["scores", "closed"]


def test_without_the_file_the_solution_answers(tmp_path):
    solution = Solution()
    Reference(solution, tmp_path / "nowhere.npz").implementation.array("scores", {"n": 1})
    assert solution.asked == ["scores"]


def test_without_a_solution_what_is_not_in_the_file_is_stale(recorded):
    path, write = recorded
    write()
    with pytest.raises(StaleAnswers):
        Reference(None, path).implementation.array("scores", {"n": 2})
    assert Frozen(path)("scores", {"n": 1}, {})[1]["y"].shape == (1, 1, 2, 2)
