"""Mutants: the solution with one thing changed, and what they are really worth.

`mutants` makes them, `Oracle` says which of them still compute what the solution does, `Judge` says what the
grader gives them. The oracle shares no line with the grader's checks. All of them are run by
`python -m benchmarks.mutants`, some by tests/test_mutants.py.
"""

from .generate import FILES, Mutant, mutants, mutants_of_extension
from .judge import ExtensionJudge, Judge, Verdict
from .oracle import Oracle

__all__ = [
    "FILES", "ExtensionJudge", "Judge", "Mutant", "Oracle", "Verdict", "mutants", "mutants_of_extension",
]  # fmt: skip
