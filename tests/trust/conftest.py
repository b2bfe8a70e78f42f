"""What the tests of the intake share."""

import signal

import pytest


@pytest.fixture
def five_seconds():
    """A test that waits for ever ends here."""

    def too_late(*_):
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, too_late)
    signal.alarm(5)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)
