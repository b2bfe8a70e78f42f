"""The states of checks as one strip of cells: a path for each state, so that it stays small.

A state is told by its shape as well as by its colour.
"""

from collections import Counter

from grader.language import N_, _
from grader.report.model import FAILED, GRADER_ERROR, PASSED, WAITING, Check

# How a state fills its cell, from the top: (y, height). Passed leaves it empty.
SHAPES = {
    "wrong": (0, 1),
    "error": (0, 0.5),
    "waiting": (0.5, 0.5),
    "unwritten": (0.75, 0.25),
    "absent": (0, 1),
}
WORDS = N_(
    {
        "wrong": "wrong",
        "error": "grader error",
        "waiting": "waiting",
        "unwritten": "to be written",
        "absent": "not in the report",
    }
)


def state_of(check: Check) -> str:
    """How a check is shown: a key of WORDS, or "passed"."""
    if check.status == FAILED:
        return "unwritten" if check.is_unfilled else "wrong"
    return {PASSED: "passed", WAITING: "waiting", GRADER_ERROR: "error"}[check.status]


def draw_strip(states: list[str]) -> dict[str, str]:
    """{state: path} over cells one wide and one high, equal neighbours as one."""
    paths: dict[str, str] = {}
    start = 0
    for end in range(1, len(states) + 1):
        if end == len(states) or states[end] != states[start]:
            if states[start] in SHAPES:
                top, height = SHAPES[states[start]]
                width = end - start
                paths[states[start]] = (
                    paths.get(states[start], "") + f"M{start} {top:g}h{width}v{height:g}h-{width}z"
                )
            start = end
    return paths


def tell_strip(states: list[str]) -> str:
    """A strip in words."""
    counts = Counter(states)
    said = [f"{counts[state]} {_(word)}" for state, word in WORDS.items() if counts[state]]
    passed = _("{count} of {total} passed").format(count=counts["passed"], total=len(states))
    return _(", ").join([passed, *said])
