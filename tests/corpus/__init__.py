"""Submissions that the grader is tested against: `MISTAKES`, `ANSWERS` and `DEBATABLE`.

`build` makes the files of any of them. Add a mistake or an answer to the table of its TODO.
"""

from .answers import ANSWERS, DEBATABLE
from .build import Answer, EditError, Mistake, build, solution
from .mistakes import MISTAKES
from .share import one_in_five

__all__ = [
    "ANSWERS",
    "DEBATABLE",
    "MISTAKES",
    "Answer",
    "EditError",
    "Mistake",
    "build",
    "one_in_five",
    "solution",
]
