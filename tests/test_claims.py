"""What a hostile process claims about itself may not earn points, stop the run, or blame the grader."""

import numpy as np
import pytest

from grader.explain import Explain
from grader.grading.scoring import run_rubric
from grader.implementations import Implementation, SubmissionFault
from grader.report.model import FAILED, PASSED, WAITING

LIES = {
    "a loop": {"nodes": [["input", [0]], ["down_conv1", [2]], ["add", [1, 1]]], "output": 2},
    "no nodes": {"nodes": [], "output": 7},
    "nonsense": {"nodes": "all of them", "output": "yes", "layers": 3, "keys": None, "operations": 5},
    "a fault with our own names": {"fault": "class_missing", "kind": 1, "message": 2, "text": "x" * 10_000},
    "a fault without text": {"fault": ["list"], "near": {"a": "b"}},
    "layers": {"layers": [{"type": "Conv2d"}, {"type": "{0.__class__}", "in_sequence": True}]},
}
ARRAYS = {
    "nothing": {},
    "empty": {
        "y": np.zeros((0,), np.float32),
        "mask": np.zeros((0, 0), np.uint8),
        "x": np.zeros((), np.float32),
    },
    "nan": {"y": np.full((1, 1, 64, 64), np.nan, np.float32), "mask": np.full((5, 5), np.nan)},
    "bool": {
        "y": np.ones((1, 3, 572, 572), bool),
        "x_after": np.zeros(3, bool),
        "mask": np.ones((124, 171), bool),
    },
}


@pytest.mark.parametrize("lie", LIES)
@pytest.mark.parametrize("arrays", ARRAYS)
def test_lies_fail_their_checks_and_nothing_else(frozen, lie, arrays):
    student = Implementation(lambda call, data, tensors: (dict(LIES[lie]), dict(ARRAYS[arrays])))
    todos = run_rubric(student, frozen, Explain(student, frozen))
    checks = [check for todo in todos for check in todo.checks]
    assert {check.status for check in checks if check.max_score} <= {FAILED, WAITING}
    assert {check.status for check in checks} <= {PASSED, FAILED, WAITING}
    assert sum(todo.score for todo in todos) == 0
    assert all(len(check.message) <= 1000 for check in checks)


def test_a_fault_keeps_its_facts_and_a_short_message():
    fault = SubmissionFault("raised", "x" * 5000, {"kind": "other", "exception": "ValueError"})
    assert fault.kind == "raised"
    assert fault.facts["exception"] == "ValueError"
    assert len(str(fault)) == 1000
