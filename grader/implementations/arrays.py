"""An array that a submission sent, read before anything is computed with it.

Rank, shape, type and presence are tested here, so that no check's arithmetic can stumble over an answer.
"""

from collections.abc import Sequence

import numpy as np

from grader.implementations.answering import Array, Facts, Tensors
from grader.implementations.fault import WRONG_RANK, SubmissionFault, nonsense

REAL = "biuf"  # NumPy's letters for bool, signed, unsigned and floating-point types
FLOAT = "f"
Shape = Sequence[int | None]  # None: any length
AXES = {4: " (N, C, H, W)"}  # what the axes are, where one rank means one thing


def read_array(
    facts: Facts,
    tensors: Tensors,
    name: str,
    what: str,
    *,
    ndim: int | None = None,
    shape: Shape | None = None,
    kinds: str = FLOAT,
) -> Array:
    """One array of an answer; `what` names it in messages.

    Raises SubmissionFault where it is missing, empty, or not of these axes, lengths and types.
    """
    array = tensors.get(name)
    if array is None:
        raise _missing(facts, name, what)
    if not isinstance(array, np.ndarray):
        raise nonsense(name)
    ndim = len(shape) if shape is not None else ndim
    if ndim is not None and array.ndim != ndim:
        message = f"expected {what} to have {_axes(ndim)}, not {array.ndim}: its shape is {array.shape}"
        raise SubmissionFault(WRONG_RANK, message, {"axes": array.ndim})
    if shape is not None and any(
        want not in (None, side) for want, side in zip(shape, array.shape, strict=True)
    ):
        raise _fault(f"expected {what} to have shape {_spelled(shape)}, not {array.shape}")
    if array.dtype.kind not in kinds:
        raise _fault(f"expected {what} to be {_type(kinds)}, not {array.dtype}")
    if not array.size:
        raise _fault(f"expected {what} to hold numbers, but it is empty: its shape is {array.shape}")
    return array


def read_number(facts: Facts, tensors: Tensors, name: str, what: str) -> float:
    """One number of an answer, an array of one element on any axes; nan and inf are let through."""
    array = read_array(facts, tensors, name, what, kinds=REAL)
    if array.size != 1:
        raise _fault(f"expected {what} to be one number, not {array.size}: its shape is {array.shape}")
    return float(array.reshape(()))


def _missing(facts: Facts, name: str, what: str) -> SubmissionFault:
    """It was not sent, or is of a type that NumPy has not, such as bfloat16."""
    unreadable = facts.get("unreadable")
    dtype = unreadable.get(name) if isinstance(unreadable, dict) else None
    return _fault(f"expected {what} to be float32, not {dtype}") if isinstance(dtype, str) else nonsense(name)


def _fault(message: str) -> SubmissionFault:
    return SubmissionFault("unexpected", message)


def _axes(ndim: int) -> str:
    return f"{ndim} {'axis' if ndim == 1 else 'axes'}{AXES.get(ndim, '')}"


def _spelled(shape: Shape) -> str:
    """(2, None, 5) as "(2, any, 5)"."""
    sides = ", ".join("any" if side is None else str(side) for side in shape)
    return f"({sides},)" if len(shape) == 1 else f"({sides})"


def _type(kinds: str) -> str:
    return "float32" if kinds == FLOAT else "real numbers"
