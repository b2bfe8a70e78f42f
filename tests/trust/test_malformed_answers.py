"""Whatever a submission's process answers, every check ends as the submission's, and in bounded time."""

import json
import time
import tracemalloc
import warnings
from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
from claimed import GRAPHS, WRONG_ARRAYS, malformed

from grader.explain import Explain
from grader.explain.forward import questions
from grader.explain.graph import Graph
from grader.grading.options import Options
from grader.grading.scoring import run_rubric
from grader.implementations import Frozen, Implementation, StaleAnswers, SubmissionFault, claims
from grader.implementations.claims import MAX_EDGES
from grader.lab.extensions import EXTENSIONS
from grader.lab.plan import CORE
from grader.report.file import from_dict
from grader.report.model import FAILED, PASSED, WAITING, Check, Report

SEEDS = 10
AT_LEAST = 150  # malformed answers for each seed: 1,500 in all
RUN_LIMIT_S = 8.0  # of processor time, for one run of the rubric with its explanations; it takes about 1
SHARES = (1.0, 0.5, 0.2, 0.08)  # of malformed answers: the fewer, the further the checks get


class Malformed:
    """Answers as the solution does, and now and then as no submission should."""

    def __init__(self, frozen: Frozen, random: np.random.RandomState, share: float):
        self.frozen, self.random, self.share, self.count = frozen, random, share, 0

    def __call__(self, call: str, data: dict, tensors: dict):
        facts, answer = self.right(call, data, tensors)
        if self.random.rand() >= self.share:
            return facts, answer
        self.count += 1
        return malformed(facts, answer, self.random)

    def right(self, call: str, data: dict, tensors: dict) -> tuple[dict, dict]:
        """As frozen, where it is; what only a submission is asked is made up."""
        usual = {"training": False, "again": 0, "strict": False}
        asked = data | {name: value for name, value in usual.items() if name in data}
        if data.get("threshold") == []:
            asked["threshold"] = [0.5]
        try:
            facts, answer = self.frozen(call, asked, tensors)
        except StaleAnswers:
            facts, answer = made_up(call, data, tensors)
        if call == "forward":
            answer = {**answer, "x_after": tensors["x"]}
        if call == "served_mask":
            answer = {**answer, "x": self.seen(data, tensors)}
        return dict(facts), answer

    def seen(self, data: dict, tensors: dict) -> np.ndarray:
        """What predict_mask gives the network."""
        picture = {name: value for name, value in tensors.items() if name != "scores"}
        asked = {name: value for name, value in data.items() if name in ("mode", "size")}
        try:
            return self.frozen("preprocess", asked, picture)[1]["y"]
        except StaleAnswers:
            return np.zeros((1, 3, 572, 572), np.float32)


def made_up(call: str, data: dict, tensors: dict) -> tuple[dict, dict]:
    """Answers of about the right form."""
    facts = {"nodes": [["cat", [0, 1]]], "digest": "0", "kind": "array", "dtype": "uint8"}
    facts |= {"training": False, "gradients": False}
    if call == "crop_and_concat":
        x, contracting_x = tensors["x"], tensors["contracting_x"]
        top, left = ((contracting_x.shape[axis] - x.shape[axis]) // 2 for axis in (2, 3))
        cropped = contracting_x[:, :, top : top + x.shape[2], left : left + x.shape[3]]
        return facts, {"y": np.concatenate([x, cropped], axis=1)}
    return facts, {
        "y": np.ones((1, 1, 4, 6), np.float32),
        "mask": np.ones(data.get("size", [9])[::-1], np.uint8),
    }


@pytest.fixture(scope="module")
def answers():
    return Frozen()


def grade(answers: Frozen, answering: Malformed, todos: tuple[str, ...] = CORE) -> list[Check]:
    """Run the rubric with its explanations; what no malformed answer may change is asserted here."""
    student, reference = Implementation(answering), Implementation(answers)
    started = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # NumPy's, of nan and inf
        found = run_rubric(student, reference, Explain(student, reference), Options(todos=todos))
    assert time.process_time() - started < RUN_LIMIT_S
    checks = [check for todo in found for check in todo.checks]
    assert [c.message for c in checks if c.status not in (PASSED, FAILED, WAITING)] == []
    assert all(check.message for check in checks if check.status != PASSED)
    data = Report("Ada", {}, found).as_dict()
    assert len(json.dumps(data, indent=2, ensure_ascii=False).encode()) < 100_000
    from_dict(json.loads(json.dumps(data)))  # every fact in it has the type that the schema says
    return checks


@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(seed, marks=pytest.mark.trust) for seed in range(1, SEEDS))]
)
def test_malformed_answers_lose_points_and_nothing_else(answers, seed):
    random, fed, runs = np.random.RandomState(seed), 0, 0
    while fed < AT_LEAST:
        answering = Malformed(answers, random, SHARES[runs % len(SHARES)])
        grade(answers, answering, (*CORE, *EXTENSIONS) if runs % 2 else CORE)
        fed, runs = fed + answering.count, runs + 1


class LaterWrong(Malformed):
    """Right answers to the first two questions of each kind, so that every check is reached; then one wrong
    kind of array. The whole network is wrong at once: where it is right, no part is asked."""

    def __init__(self, frozen: Frozen, wrong: Callable):
        super().__init__(frozen, np.random.RandomState(0), 0.0)
        self.wrong, self.asked = wrong, Counter()

    def __call__(self, call: str, data: dict, tensors: dict):
        facts, answer = self.right(call, data, tensors)
        self.asked[call] += 1
        if not answer or (call != "scores" and self.asked[call] <= 2):
            return facts, answer
        self.count += 1
        return facts, {name: self.wrong(array, self.random) for name, array in answer.items()}


@pytest.mark.trust
@pytest.mark.parametrize("name", WRONG_ARRAYS)
def test_every_check_is_ready_for_a_wrong_array(answers, name):
    answering = LaterWrong(answers, WRONG_ARRAYS[name])
    checks = grade(answers, answering)
    assert answering.count >= 15
    assert sum(check.status == FAILED for check in checks) >= 3


def test_right_answers_pass(answers):
    """Else the fuzzing would prove nothing: the checks would stop at the first one."""
    student = Implementation(Malformed(answers, np.random.RandomState(0), 0.0))
    todos = run_rubric(student, Implementation(answers))
    assert [check.id for todo in todos for check in todo.checks if check.status != PASSED] == []


@pytest.mark.parametrize("name", GRAPHS)
def test_no_claimed_graph_takes_long(name):
    facts = {"nodes": GRAPHS[name], "output": len(GRAPHS[name]) - 1, "random": False, "input_changed": False}
    student = Implementation(lambda *_: (facts, {}))
    started = time.process_time()
    said = ""
    try:
        wiring = student.wiring(*questions())
        assert sum(len(inputs) for _, inputs in wiring["nodes"]) <= MAX_EDGES
        Graph(wiring)
    except SubmissionFault as fault:
        said = str(fault)
    assert said in ("", "the submission's process gave no answer that can be read (wiring)")
    assert bool(said) == (name not in ("poolings only", "every part, in any order"))
    assert time.process_time() - started < 1


def test_what_was_not_asked_for_is_not_kept():
    def answering(call: str, data: dict, tensors: dict):
        extra = {f"extra{i}": np.ones(5 << 20, np.uint8) for i in range(4)}
        return {"text": "x" * (1 << 20)}, {"y": np.zeros((1, 1, 2, 2), np.float32), **extra}

    tracemalloc.start()
    try:
        student = Implementation(answering)
        for side in range(1, 31):
            student.crop_and_concat(np.zeros((1, 1, side, 1)), np.zeros((1, 1, side, 1)))
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 2 << 20


def test_large_answers_are_asked_again_rather_than_kept_for_ever():
    y = np.zeros((1, 1, 1 << 12, 1 << 12), np.float32)  # 64 MB
    asked = []

    def answering(call: str, data: dict, tensors: dict):
        asked.append(call)
        return {}, {"y": y.copy()}

    tracemalloc.start()
    try:
        student = Implementation(answering)
        for height in (1, 2, 3, 4, 5, 6, 5, 6, 1):
            student.crop_and_concat(np.zeros((1, 1, height, 1)), y[:, :, :1, :1])
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 300 << 20
    assert len(asked) == 7  # 5 and 6 were still there, 1 was not


@pytest.mark.parametrize("value", [None, 3, "text", [1, "a"], {"a": 1}, True, 1 << 60, float("nan")])
def test_a_reader_gives_its_type_or_a_fault(value):
    student = Implementation(lambda *_: ({"said": value}, {}))
    readers = {
        claims.text: str,
        claims.integer: int,
        claims.boolean: bool,
        claims.integers: list,
        claims.shapes: dict,
    }
    for read, kind in readers.items():
        try:
            given = student.fact("anything", {}, name="said", read=read)
        except SubmissionFault:
            continue
        assert type(given) is kind
