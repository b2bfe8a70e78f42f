"""Mistakes in CropAndConcat: every value that we send says where it comes from.

x holds 1000 * (channel + 1) + 10 * row + column, contracting_x the negative of the same formula, so the
result tells which rows, columns and channels of which map it is made of.
"""

import re

import numpy as np

from grader.explain.found import Found
from grader.implementations import Array, Implementation, SubmissionFault
from grader.implementations.fault import WRONG_RANK
from grader.language import _

ORDER = "expanding_features_come_first"  # the one check that does not look at the crop


def coded(channels: int, height: int, width: int, sign: int) -> Array:
    """(1, channels, height, width), each value its own address."""
    channel, row, column = np.indices((channels, height, width))
    values: Array = (sign * (1000 * (channel + 1) + 10 * row + column)).astype(np.float32)
    return values[None]


def find(student: Implementation, reference: Implementation, check: str, error: BaseException) -> Found:
    """The mistake behind a failed check of CropAndConcat, if it is a known one."""
    if isinstance(error, SubmissionFault) and error.kind == "returned_none":
        return "crop_and_concat.nothing_returned", {}
    if isinstance(error, SubmissionFault) and error.kind == WRONG_RANK:
        return "crop_and_concat.axes", {"found": error.facts["axes"]}
    if isinstance(error, SubmissionFault) and error.kind == "not_a_tensor":
        return "crop_and_concat.not_a_tensor", {}
    x, contracting_x = coded(2, 4, 6, 1), coded(3, 8, 10, -1)
    same = _answer(student, coded(2, 4, 6, 1), coded(2, 4, 6, -1))
    cropped = _answer(student, x, contracting_x)
    if isinstance(cropped, np.ndarray) and check != ORDER and cropped.shape[2:] == contracting_x.shape[2:]:
        return "crop_and_concat.padded", {}
    if isinstance(same, np.ndarray):
        found = _of_equal_sizes(student, same)
        if found:
            return found
    elif isinstance(cropped, np.ndarray) and _sides(same) is not None:
        return "crop_and_concat.minus_zero", {}
    if isinstance(cropped, np.ndarray):
        return _of_crop(cropped, contracting_x) or _of_odd(error) or _of_offset(student)
    return _of_refusal(student, x, contracting_x, cropped, isinstance(same, np.ndarray))


def _answer(student: Implementation, x: Array, contracting_x: Array) -> Array | SubmissionFault:
    try:
        return student.crop_and_concat(x, contracting_x)
    except SubmissionFault as fault:
        return fault


def _sides(fault: object) -> tuple[int, int] | None:
    """The side that torch.cat expected, and what it got: 0 of an empty map. None of another exception."""
    sizes = re.search(r"Expected size (\d+) but got size (\d+)", str(fault))
    return (int(sizes[1]), int(sizes[2])) if sizes else None


def _of_odd(error: BaseException) -> Found:
    """A crop that is right where the difference is even, and a row too high where it is odd."""
    sides = _sides(error)
    return ("crop_and_concat.odd_row", {}) if sides and abs(sides[1] - sides[0]) == 1 else None


def _of_offset(student: Implementation) -> Found:
    """A crop of the right size that begins at another place than in the middle."""
    y = _answer(student, coded(2, 4, 6, 1), coded(3, 8, 12, -1))
    if not isinstance(y, np.ndarray) or y.shape != (1, 5, 4, 6):
        return None
    skip = y[:, y[0].max(axis=(1, 2)) < 0]
    if skip.shape[1] != 3:
        return None
    top, left = divmod(int(-skip[0, 0, 0, 0] - 1000), 10)
    facts = {"found": f"({top}, {left})", "large": "8 x 12", "small": "4 x 6"}
    return None if (top, left) == (2, 3) else ("crop_and_concat.offset", facts)


def _of_equal_sizes(student: Implementation, y: Array) -> Found:
    """Two maps (1, 2, 4, 6), where nothing is to be cropped."""
    whole = {(2, 2, 4, 6): "axis", (1, 2, 8, 6): "axis", (1, 2, 4, 12): "axis"}
    if y.shape in whole:
        return "crop_and_concat.axis", {}
    if y.shape == (1, 2, 4, 6) and not y.any():  # x + contracting_x, which cancel out here
        return "crop_and_concat.added", {}
    if not np.isin(np.abs(y), coded(2, 4, 6, 1)).all():
        return "crop_and_concat.mixed", {}
    if (y > 0).all():
        cropped_x = _crops_x(student, coded(2, 4, 6, 1), coded(3, 8, 10, -1))
        return "crop_and_concat.wrong_tensor" if cropped_x else "crop_and_concat.skip_dropped", {}
    if (y < 0).all():
        return "crop_and_concat.x_dropped", {}
    if y.shape == (1, 4, 4, 6) and (y[0, :2] < 0).all() and (y[0, 2:] > 0).all():
        return "crop_and_concat.order", {}
    return None


def _of_refusal(
    student: Implementation, x: Array, contracting_x: Array, fault: SubmissionFault, works_for_equal: bool
) -> Found:
    """Where unequal sizes raise: nothing was cropped, or the wrong map, or to the wrong size."""
    sides = _sides(fault)
    if sides == (1, 0):  # of the batch
        return "crop_and_concat.cut_axes", {}
    if sides is not None and sides[1] == 0:
        return "crop_and_concat.empty", {}
    if sides == (6, 4):
        return "crop_and_concat.square", {}
    if sides is not None and sides[1] < sides[0]:
        return "crop_and_concat.over_the_edge", {}
    if isinstance(_answer(student, coded(2, 4, 4, 1), coded(3, 8, 8, -1)), np.ndarray):
        return "crop_and_concat.height_width", {}
    if not works_for_equal:
        return None
    if _crops_x(student, x, contracting_x):
        return "crop_and_concat.wrong_tensor", {}
    return "crop_and_concat.not_cropped", {}


def _crops_x(student: Implementation, x: Array, contracting_x: Array) -> bool:
    """Whether anything but the concatenation is done to x, and nothing to contracting_x."""
    nodes = student.crop_wiring(x, contracting_x)
    touched = {
        source for name, sources in nodes for source in sources if not name.startswith(("cat", "concat"))
    }
    return 0 in touched and 1 not in touched


def _of_crop(y: Array, contracting_x: Array) -> Found:
    """What became of x (1, 2, 4, 6) and of contracting_x (1, 3, 8, 10)."""
    if y.shape[2:] == contracting_x.shape[2:]:
        return "crop_and_concat.padded", {}
    if y.shape == (1, 2, 4, 6):
        return "crop_and_concat.added", {}
    skip = y[:, y[0].max(axis=(1, 2)) < 0]
    if y.shape != (1, 5, 4, 6) or skip.shape[1] != 3:
        return None
    if not np.isin(skip, contracting_x).all():
        return "crop_and_concat.resized", {}
    address = -skip[0, 0] - 1000
    if not np.array_equal(address - address[0, 0], np.add.outer(10 * np.arange(4), np.arange(6))):
        return "crop_and_concat.resized", {}  # values of contracting_x, but not of neighbours
    top, left = int(address[0, 0]) // 10, int(address[0, 0]) % 10
    corners = {
        (0, 0): _("the top left corner"),
        (0, 4): _("the top right corner"),
        (4, 0): _("the bottom left corner"),
        (4, 4): _("the bottom right corner"),
    }
    if (top, left) in corners:
        return "crop_and_concat.corner", {"found": corners[top, left]}
    return None
