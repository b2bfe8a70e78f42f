"""The rubric: every check, and the only place where points are written.

A check is a function `test_...` in one of the files here. Its docstring is the title that the
student reads; `@points(n, needs=other_check)` says what it earns, and which checks must pass
first. It asks `student` and `reference` the same questions (see grader/implementations) and
compares their answers. `draw` makes inputs: always the same ones, or fresh ones from a secret.
Each file is one TODO: its name is the TODO's id, the first line of its docstring the title.

To change points, change the number. To add a check, copy one.
Not in here: an answer, and why a check failed; that is explain/.
"""

from collections.abc import Callable, Sequence

import pytest

Checking = Callable[..., None]
Note = Callable[[str], None]  # the fixture `note`: what to say of a check that passes


def points(worth: int, needs: Checking | Sequence[Checking] = ()) -> pytest.MarkDecorator:
    """What a check earns, and the checks (functions) that have to pass before it is tried.

    Where nothing but another TODO keeps it waiting, and its own TODO is right so far, it keeps its points:
    the mistake is paid for there.
    """
    return pytest.mark.points(worth, needs=(needs,) if callable(needs) else tuple(needs))
