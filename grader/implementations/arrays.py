"""An array that a submission sent, read before anything is computed with it.

Rank, shape, type and presence are tested here, so that no check's arithmetic can stumble over an answer.
"""

from collections.abc import Sequence

import numpy as np

from grader.implementations.answering import Array, Facts, Tensors
from grader.implementations.fault import WRONG_RANK, SubmissionFault, nonsense
from grader.language import _, ngettext

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
        message = _("expected {what} to have {axes}, not {seen}: its shape is {shape}").format(
            what=what, axes=_axes(ndim), seen=array.ndim, shape=array.shape
        )
        raise SubmissionFault(WRONG_RANK, message, {"axes": array.ndim})
    if shape is not None and any(
        want not in (None, side) for want, side in zip(shape, array.shape, strict=True)
    ):
        raise _fault(
            _("expected {what} to have shape {shape}, not {seen}").format(
                what=what, shape=_spelled(shape), seen=array.shape
            )
        )
    if array.dtype.kind not in kinds:
        raise _fault(
            _("expected {what} to be {kinds}, not {dtype}").format(
                what=what, kinds=_type(kinds), dtype=array.dtype
            )
        )
    if not array.size:
        raise _fault(
            _("expected {what} to hold numbers, but it is empty: its shape is {shape}").format(
                what=what, shape=array.shape
            )
        )
    return array


def read_number(facts: Facts, tensors: Tensors, name: str, what: str) -> float:
    """One number of an answer, an array of one element on any axes; nan and inf are let through."""
    array = read_array(facts, tensors, name, what, kinds=REAL)
    if array.size != 1:
        raise _fault(
            _("expected {what} to be one number, not {size}: its shape is {shape}").format(
                what=what, size=array.size, shape=array.shape
            )
        )
    return float(array.reshape(()))


def _missing(facts: Facts, name: str, what: str) -> SubmissionFault:
    """It was not sent, or is of a type that NumPy has not, such as bfloat16."""
    unreadable = facts.get("unreadable")
    dtype = unreadable.get(name) if isinstance(unreadable, dict) else None
    return (
        _fault(_("expected {what} to be float32, not {dtype}").format(what=what, dtype=dtype))
        if isinstance(dtype, str)
        else nonsense(name)
    )


def _fault(message: str) -> SubmissionFault:
    return SubmissionFault("unexpected", message)


def _axes(ndim: int) -> str:
    return ngettext("{count} axis", "{count} axes", ndim).format(count=ndim) + AXES.get(ndim, "")


def _spelled(shape: Shape) -> str:
    """(2, None, 5) as "(2, any, 5)"."""
    sides = ", ".join(_("any") if side is None else str(side) for side in shape)
    return f"({sides},)" if len(shape) == 1 else f"({sides})"


def _type(kinds: str) -> str:
    return "float32" if kinds == FLOAT else _("real numbers")
