"""The grader beside an independent oracle, on a seeded share of the solution's mutants.

All of them: `python -m benchmarks.mutants`.
"""

import random
from dataclasses import replace

import pytest
from mutants import FILES, ExtensionJudge, Judge, Mutant, Oracle, mutants, mutants_of_extension
from mutants.judge import todos_of

from grader.lab.extensions import EXTENSION_FILES
from grader.lab.paths import MODEL, SOLUTION
from grader.lab.plan import CORE

SHARE = 40
MUTANTS = [mutant for file in FILES for mutant in mutants(file)]


def share() -> list[Mutant]:
    """As many of each file as there are TODOs in it, so that a long file does not crowd out a short one."""
    source = random.Random(15)
    return [
        mutant
        for todo in CORE
        for mutant in source.sample([one for one in MUTANTS if todos_of(one.where) == {todo}], SHARE // 4)
    ]


@pytest.fixture(scope="module")
def judge(sandbox):
    return Judge(sandbox, Oracle(MODEL))


def each(mutants: list[Mutant]) -> list:
    """One of each TODO is tried at once, the rest by `make test-trust`."""
    of_four = SHARE // len(CORE)
    marks = [() if at % of_four == 0 else pytest.mark.trust for at in range(len(mutants))]
    return [pytest.param(one, id=one.id, marks=mark) for one, mark in zip(mutants, marks)]


@pytest.mark.parametrize("mutant", each(share()))
def test_a_wrong_mutant_loses_points_in_its_todo_alone_and_a_right_one_none(judge, mutant):
    verdict = judge(mutant)
    assert verdict.is_fair, verdict


def test_the_oracle_knows_the_solution_and_a_mistake():
    oracle = Oracle(MODEL)
    for file in FILES:
        text = (SOLUTION / file).read_text(encoding="utf-8")
        assert oracle(file, text)
        assert not oracle(file, text.replace("dim=1", "dim=2").replace("> threshold", "< threshold"))
    assert oracle(file, text.replace("preprocess(image)", "preprocess(image.copy())"))
    for other in ("threshold", "image.rotate(90)"):
        assert not oracle(file, text.replace("preprocess(image)", f"preprocess({other})"))


def test_there_are_enough_and_no_two_are_alike():
    assert len(MUTANTS) >= 900
    assert len({one.text for one in MUTANTS}) == len({one.id for one in MUTANTS}) == len(MUTANTS)
    kinds = {one.kind for one in MUTANTS}
    assert kinds >= {"constant", "name", "call", "operator", "argument dropped", "statement dropped"}


ONCE_UNSEEN = {  # wrong, and once with full marks
    "extensions/elastic.py": ("torch.randn(count, 2, grid, grid,", "torch.randn(count, 2, height, grid,"),
    "extensions/batchnorm_unet.py": ("(right // 2, right - right // 2", "(right // 4, right - right // 4"),
}


@pytest.mark.trust
@pytest.mark.parametrize("file", EXTENSION_FILES)
def test_mutants_of_an_extension_lose_points_where_they_are_wrong(sandbox, file):
    judge, every = ExtensionJudge(sandbox, file), mutants_of_extension(file)
    assert len(every) >= 200
    for mutant in random.Random(15).sample(every, 4):
        verdict = judge(mutant)
        assert verdict.is_fair, verdict
    if file in ONCE_UNSEEN:
        text = (SOLUTION / file).read_text(encoding="utf-8")
        verdict = judge(replace(every[0], text=text.replace(*ONCE_UNSEEN[file])))
        assert (verdict.is_right, bool(verdict.lost)) == (False, True)
