"""A network that computes the right scores is right, however it is put together.

A block without its ReLU is no mistake where forward applies it, and a forward that crops and
concatenates by itself needs no concat. So a part loses no points where the whole network is right; and
as two runs of the whole cost less than all the parts, it is asked first.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from grader.checking.inputs import Draw
from grader.compare import Mismatch, assert_same
from grader.implementations import Implementation, SubmissionFault
from grader.language import _

# Height and width of the inputs. The levels crop 1, 2, 5, 10 rows and 0, 1, 2, 5 columns: of each of these a
# division rounded down and one rounded to even take the same half. And each pooling gets an odd side.
# Larger ones show nothing more: the lowest map has 3 x 2 pixels, of which each place of a kernel meets some.
SIZE = (58, 37)
UNCROPPED = (48, 32)  # multiples of 16, where no level crops
_FOUND: WeakKeyDictionary[Implementation, dict[Any, AssertionError | SubmissionFault | None]] = (
    WeakKeyDictionary()
)
GAINS = (0.25, 8.0)  # about the range of a picture, and far above it, where ReLU6 shows


def whole_inputs(draw: Draw, channels: int = 3, size: tuple[int, int] = SIZE) -> list[np.ndarray]:
    """The inputs (1, channels, H, W), one for each gain."""
    return [gain * draw.again("as a whole", 1, 3, *size)[:, :channels] for gain in GAINS]


def assert_right_as_a_whole(
    student: Implementation,
    reference: Implementation,
    draw: Draw,
    channels: tuple[int, int] = (3, 1),
    size: tuple[int, int] = SIZE,
) -> None:
    """The scores of the student's whole network with the trained weights; looked at once.

    The quiet input in training mode, the loud one in the mode of evaluation, in which pictures are run.
    Raises Mismatch, or SubmissionFault where there are no scores.
    """
    found = _FOUND.setdefault(student, {})
    question = reference, draw.hidden, channels, size
    if question not in found:
        found[question] = None
        try:
            _compare(student, reference, draw, channels, size)
        except (AssertionError, SubmissionFault) as error:
            found[question] = _anew(error)
        except BaseException:
            del found[question]
            raise
    if (failure := found[question]) is not None:
        raise _anew(failure)


def _anew(failure: AssertionError | SubmissionFault) -> AssertionError | SubmissionFault:
    """The same, without a traceback: what is kept would keep all that its frames hold."""
    if isinstance(failure, Mismatch):
        return Mismatch(str(failure), failure.seen, failure.expected)
    if isinstance(failure, SubmissionFault):
        return type(failure)(failure.kind, str(failure), failure.facts, failure.question)
    return AssertionError(*failure.args)


def _compare(
    student: Implementation,
    reference: Implementation,
    draw: Draw,
    channels: tuple[int, int],
    size: tuple[int, int],
) -> None:
    for x, training in zip(whole_inputs(draw, channels[0], size), (True, False)):
        # Half of the scores below zero, so that an activation after the end shows.
        lower = round(float(np.median(reference.scores(x, channels=channels))), 3)
        expected = reference.scores(x, lower=lower, channels=channels)
        assert_same(student.scores(x, training, lower, channels), expected, _("the scores"))


def is_right_as_a_whole(
    student: Implementation,
    reference: Implementation,
    draw: Draw,
    channels: tuple[int, int] = (3, 1),
    size: tuple[int, int] = SIZE,
) -> bool:
    """Whether the scores of the student's whole network are the reference's."""
    try:
        assert_right_as_a_whole(student, reference, draw, channels, size)
    except (AssertionError, SubmissionFault):
        return False
    return True


def unless_right_as_a_whole(check: Callable[..., None]) -> Callable[..., None]:
    """A check of a part of UNet(3, 1), which passes where the whole network computes what the reference does.

    While answers are recorded, the part is asked in any case: who fails as a whole needs its answers. Where
    the whole cannot be asked, that is the cause of what the part raises: the grader may be at fault.
    """

    @wraps(check)
    def either(student: Implementation, reference: Implementation, draw: Draw, **more: Any) -> None:
        fault: SubmissionFault | None = None
        try:
            assert_right_as_a_whole(student, reference, draw)
            if not reference.records:
                return
        except SubmissionFault as found:
            fault = found
        except AssertionError:
            pass
        try:
            check(student=student, reference=reference, draw=draw, **more)
        except (AssertionError, SubmissionFault) as error:
            raise error from fault

    return either


@contextmanager
def or_right_as_a_whole(
    student: Implementation, reference: Implementation, draw: Draw, channels: tuple[int, int]
) -> Iterator[None]:
    """The same for another network, whose few parts cost less: failing inside, the whole of it is tried."""
    try:
        yield
    except (AssertionError, SubmissionFault) as error:
        try:
            assert_right_as_a_whole(student, reference, draw, channels)
        except SubmissionFault as fault:
            raise error from fault
        except AssertionError:
            raise error from None
