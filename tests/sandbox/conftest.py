"""Two sandboxes for all tests here: one that forks, and one that starts a process for each worker."""

import pytest
from asking import Asked, children_of, pid_of

from grader.sandbox.trusted import Sandbox


@pytest.fixture(scope="session")
def forking():
    with Sandbox(calls="tests.sandbox.asked") as sandbox:
        yield Asked(sandbox)


@pytest.fixture(scope="session")
def starting():
    with Sandbox(calls="tests.sandbox.asked", mode="process") as sandbox:
        yield Asked(sandbox)


@pytest.fixture
def asked(forking):
    """The sandbox that forks; afterwards it must still be the same one, work, and have nothing left over."""
    zygote = pid_of(forking.sandbox)
    before = children_of(zygote)
    yield forking
    assert forking.works()
    assert pid_of(forking.sandbox) == zygote
    assert children_of(zygote) == before
