"""A network that computes the right scores is right, however it is put together.

A block without its ReLU is no mistake where forward applies it, and a forward that crops and
concatenates by itself needs no concat. So where a part looks wrong, the whole network is tried
before points are lost.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from grader.checking.inputs import Draw
from grader.compare import assert_same
from grader.implementations import Implementation, SubmissionFault
from grader.language import _

# Height and width of the inputs. The levels crop 1, 2, 5, 10 rows and 0, 1, 2, 5 columns: of each of these a
# division rounded down and one rounded to even take the same half. And each pooling gets an odd side.
SIZE = (90, 69)
UNCROPPED = (96, 80)  # multiples of 16, where no level crops
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
    """The scores of the student's whole network with the trained weights.

    The quiet input in training mode, the loud one in the mode of evaluation, in which pictures are run: each
    run costs as much as all blocks together. Raises Mismatch, or SubmissionFault where there are none.
    """
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


@contextmanager
def or_right_as_a_whole(
    student: Implementation, reference: Implementation, draw: Draw, channels: tuple[int, int] = (3, 1)
) -> Iterator[None]:
    """Forgive a failure inside the block if the student's whole network computes what the reference does.

    Where the whole network cannot be asked, that is the cause of what is raised: the grader may be at fault.
    """
    try:
        yield
    except (AssertionError, SubmissionFault) as error:
        try:
            assert_right_as_a_whole(student, reference, draw, channels)
        except SubmissionFault as fault:
            raise error from fault
        except AssertionError:
            raise error from None
