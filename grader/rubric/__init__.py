"""The rubric: every check, and the only place where points are written.

A check is a function `test_...` in one of the files here. Its docstring is the title that the
student reads; `@points(n, needs=other_check)` says what it earns, and which check must pass
first. It asks `student` and `reference` the same questions (see grader/implementations/implementation.py) and compares
their answers. `draw` makes inputs: always the same ones, or fresh ones from `--hidden SEED`.
Each file is one TODO: its name is the TODO's id, the first line of its docstring the title.

To change points, change the number. To add a check, copy one.
Not in here: an answer, and why a check failed; that is explain/.
"""

import pytest


def points(worth: int, needs=None):
    """What a check earns, and the check (a function) that has to pass before it is tried."""
    return pytest.mark.points(worth, needs=needs)
