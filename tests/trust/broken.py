"""The grader's calls, some of them broken by us: what runs beside a student's code is wrong for everybody."""

import os

from grader.sandbox.calls import table
from grader.sandbox.calls.call import Answer, Code, Facts, Tensors

FAULTY = "def look_up(facts):\n    return facts['a name that nobody sends']\n"
ours: Facts = {}
exec(compile(FAULTY, "grader/sandbox/calls/faulty.py", "exec"), ours)


def block(code: Code, data: Facts, tensors: Tensors) -> Answer:
    """Raises in a line of the grader's."""
    return ours["look_up"](data)


def scores(code: Code, data: Facts, tensors: Tensors) -> Answer:
    """Raises as well."""
    return ours["look_up"](data)


def served_mask(code: Code, data: Facts, tensors: Tensors) -> Answer:
    """Ends the process, as a crash of a library does."""
    os._exit(3)


def preprocess(code: Code, data: Facts, tensors: Tensors) -> Answer:
    """Raises only beside code that says so of itself."""
    if hasattr(code.module("infer"), "STRANGE"):
        ours["look_up"](data)
    return table.CALLS["preprocess"](code, data, tensors)


BROKEN = {"block": block, "scores": scores, "served_mask": served_mask, "preprocess": preprocess}
CALLS = {**table.CALLS, **BROKEN}
