"""Mistakes in CropAndConcat: every value that we send says where it comes from.

x holds 1000 * (channel + 1) + 10 * row + column, contracting_x the negative of 1000 * (channel + 1)
+ 10 * row + column, so the result tells which rows, columns and channels of which map it is made of.
"""

import numpy as np

from grader.implementations import Implementation, SubmissionFault

Found = tuple[str, dict] | None


def coded(channels: int, height: int, width: int, sign: int) -> np.ndarray:
    """(1, channels, height, width), each value its own address."""
    channel, row, column = np.indices((channels, height, width))
    return (sign * (1000 * (channel + 1) + 10 * row + column)).astype(np.float32)[None]


def find(student: Implementation, reference: Implementation, check: str, error: BaseException) -> Found:
    if isinstance(error, SubmissionFault) and error.kind == "returned_none":
        return "crop_and_concat.nothing_returned", {}
    same = _answer(student, coded(2, 4, 6, 1), coded(2, 4, 6, -1))
    if same is not None:
        found = _of_equal_sizes(student, same)
        if found:
            return found
    x, contracting_x = coded(2, 4, 6, 1), coded(3, 8, 10, -1)
    cropped = _answer(student, x, contracting_x)
    if cropped is None:
        return _of_refusal(student, x, contracting_x, same is not None)
    return _of_crop(cropped, contracting_x)


def _answer(student: Implementation, x: np.ndarray, contracting_x: np.ndarray) -> np.ndarray | None:
    try:
        return student.crop_and_concat(x, contracting_x)
    except SubmissionFault:
        return None


def _of_equal_sizes(student: Implementation, y: np.ndarray) -> Found:
    """Two maps (1, 2, 4, 6), where nothing is to be cropped."""
    whole = {(2, 2, 4, 6): "axis", (1, 2, 8, 6): "axis", (1, 2, 4, 12): "axis"}
    if y.shape in whole:
        return "crop_and_concat.axis", {}
    if y.shape == (1, 2, 4, 6) and not y.any():  # x + contracting_x, which cancel out here
        return "crop_and_concat.added", {}
    if (y > 0).all():
        cropped_x = _crops_x(student, coded(2, 4, 6, 1), coded(3, 8, 10, -1))
        return "crop_and_concat.wrong_tensor" if cropped_x else "crop_and_concat.skip_dropped", {}
    if (y < 0).all():
        return "crop_and_concat.x_dropped", {}
    if y.shape == (1, 4, 4, 6) and (y[0, :2] < 0).all() and (y[0, 2:] > 0).all():
        return "crop_and_concat.order", {}
    return None


def _of_refusal(
    student: Implementation, x: np.ndarray, contracting_x: np.ndarray, works_for_equal: bool
) -> Found:
    """Unequal sizes raise: was nothing cropped, or the wrong thing, or to the wrong size?"""
    if _answer(student, coded(2, 4, 4, 1), coded(3, 8, 8, -1)) is not None:
        return "crop_and_concat.height_width", {}
    if not works_for_equal:
        return None
    if _crops_x(student, x, contracting_x):
        return "crop_and_concat.wrong_tensor", {}
    return "crop_and_concat.not_cropped", {}


def _crops_x(student: Implementation, x: np.ndarray, contracting_x: np.ndarray) -> bool:
    """Whether anything but the concatenation is done to x, and nothing to contracting_x."""
    nodes = student.crop_wiring(x, contracting_x)
    touched = {
        source for name, sources in nodes for source in sources if not name.startswith(("cat", "concat"))
    }
    return 0 in touched and 1 not in touched


def _of_crop(y: np.ndarray, contracting_x: np.ndarray) -> Found:
    """x (1, 2, 4, 6) and contracting_x (1, 3, 8, 10): what became of each?"""
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
    top, left = int(address[0, 0]) // 10, int(address[0, 0]) % 10
    corners = {
        (0, 0): "the top left corner",
        (0, 4): "the top right corner",
        (4, 0): "the bottom left corner",
        (4, 4): "the bottom right corner",
    }
    if (top, left) in corners:
        return "crop_and_concat.corner", {"found": corners[top, left]}
    return None
