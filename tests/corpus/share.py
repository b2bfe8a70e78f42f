"""A share of many cases for every run of the tests, and all of them for `make test-trust`."""

from collections.abc import Sequence

import pytest

EVERY = 5


def one_in_five(cases: Sequence) -> list:
    """The cases as parameters, named by their id; only every fifth is tried outside of `make test-trust`.

    Neighbours in a list resemble each other, so each kind of case stays in the share.
    """
    marks = [() if at % EVERY == 0 else pytest.mark.trust for at in range(len(cases))]
    return [pytest.param(case, id=case.id, marks=mark) for case, mark in zip(cases, marks)]
