"""Sandboxes for all tests here: one that forks, one that does so without the layers that forbid most of what
is tried here, and one that starts a process for each worker."""

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
def unconfined():
    with Sandbox(calls="tests.sandbox.asked", without=("uid", "landlock", "seccomp")) as sandbox:
        yield Asked(sandbox)


@pytest.fixture(scope="session")
def starting():
    with Sandbox(calls="tests.sandbox.asked", mode="process") as sandbox:
        yield Asked(sandbox)


@pytest.fixture
def asked(forking):
    """The sandbox that forks; afterwards it must still be the same one, work, and have nothing left over."""
    yield from still_whole(forking)


@pytest.fixture
def asked_unconfined(unconfined):
    """The same for the one without confinement."""
    yield from still_whole(unconfined)


def still_whole(asked: Asked):
    zygote = asked.sandbox.pid
    before = children_of(zygote)
    yield asked
    assert asked.works()
    assert asked.sandbox.pid == zygote
    assert children_of(zygote) == before
