"""Two sandboxes for all tests here: one that forks, and one that starts a process for each worker."""

import pytest
from asking import Asked, children_of

from grader.sandbox.trusted import Sandbox


@pytest.fixture(scope="session")
def forking():
    """Started beside what a workflow's environment holds."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HIDDEN_SEED", "GITHUB_TOKEN", "RUNNER_TEMP"):
            patch.setenv(name, "a secret that no student may see")
        sandbox = Sandbox(calls="tests.sandbox.asked")
    with sandbox:
        yield Asked(sandbox)


@pytest.fixture(scope="session")
def starting():
    with Sandbox(calls="tests.sandbox.asked", mode="process") as sandbox:
        yield Asked(sandbox)


@pytest.fixture
def asked(forking):
    """The sandbox that forks; afterwards it must still be the same one, work, and have nothing left over."""
    zygote = forking.sandbox.pid
    before = children_of(zygote)
    yield forking
    assert forking.works()
    assert forking.sandbox.pid == zygote
    assert children_of(zygote) == before
