"""What is said of a check that failed on hidden inputs: nothing that could spell one of them.

A comparison tells numbers that follow from the inputs. And whatever comes from the submission's process may
have been worded by it, with the inputs before it: an exception's text, the name of a class, a shape, a
type. So nothing of the kind is passed on. Messages are made anew from our own words, from names that
Python itself gives, and from the place in a file that was handed in.
"""

import builtins
import traceback
from pathlib import Path

from grader.compare import Mismatch
from grader.explain import extensions
from grader.explain.hints import HINTS
from grader.implementations import SubmissionFault
from grader.lab.extensions import EXTENSION_FILES
from grader.lab.plan import CORE_FILES
from grader.language import N_, _
from grader.source import at_line

MAX_LINE = 2_000  # a larger number is no line of an answer, but could be a message
# {kind of fault: what is said of it}, for the kinds that sandbox/ and its calls know.
SAID = N_(
    {
        "unfilled": "still to be written",
        "timeout": "no answer within the time limit: it computed or waited too long",
        "died": "the process ended before it answered",
        "memory": "it needs more memory than is allowed",
        "too_large": "the answer is larger than what can be sent",
        "nonsense": "the submission's process gave no answer that can be read",
        "file_missing": "the file of this TODO was not handed in",
        "class_missing": "a class is missing",
        "function_missing": "a function is missing",
        "part_missing": "a part that the lab names is missing",
        "block_missing": "a layer is missing",
        "other_network": "this is another network than the lab's",
        "extra_layer": "forward uses a layer that the lab's network does not have",
        "wrong_axes": "a layer gets a tensor with a wrong number of axes",
        "not_a_module": "UNet is not an nn.Module",
        "layers_missing": "layers are missing from what forward runs",
        "returned_none": "nothing is returned",
        "not_a_tensor": "what is returned is no tensor",
        "not_a_pair": "what is returned is no pair",
        "not_a_dict": "what is returned is no dict",
        "does_not_fit": "the trained weights do not fit",
        "does_not_load": "a new network refuses the weights of another",
        "too_much_at_once": "the network was given too much at once",
        "wrong_rank": "expected another number of axes",
        "unexpected": "expected another shape or another type of number",
    }
)


def withheld(error: BaseException) -> str:
    """The message of a failed check, without anything that the submission could have worded."""
    if isinstance(error, SubmissionFault):
        return _of_raised(error) if error.kind == "raised" else _said(error.kind)
    if isinstance(error, Mismatch):
        return _("{difference} (what came is not shown: the inputs are hidden)").format(
            difference=_difference(error)
        )
    return _unknown()


def _said(kind: str) -> str:
    return _(SAID[kind]) if kind in SAID else _unknown()


def withheld_hint(cause: str | None, hint: str | None) -> str | None:
    """The hint where it is the same for every submission; none where it names what was found."""
    plain = (HINTS | extensions.HINTS).get(cause or "")
    return hint if plain and hint == _(plain) else None


def place_in(error: SubmissionFault) -> tuple[str | None, int | None]:
    """(file, line) where the submission raised; (None, None) unless it is one of the files graded."""
    file, line = error.facts.get("file"), error.facts.get("line")
    if file not in (*CORE_FILES, *EXTENSION_FILES):
        return None, None
    return file, line if type(line) is int and 0 < line < MAX_LINE else None


def place_of_ours(error: BaseException) -> str:
    """Where the grader itself failed, without the error's text: that may repeat what came."""
    frames = traceback.extract_tb(error.__traceback__)
    kind = type(error).__name__
    where = at_line(Path(frames[-1].filename).name, frames[-1].lineno) if frames else ""
    return _("{exception} at {place}").format(exception=kind, place=where) if where else kind


def _of_raised(error: SubmissionFault) -> str:
    file, line = place_in(error)
    place = f"{at_line(file, line)}: " if file and line else ""
    said = _("{exception} (its text is not shown: the inputs are hidden)")
    return place + said.format(exception=_exception(error.facts.get("exception")))


def _exception(name: object) -> str:
    """The exception's type where it is one of Python's own: the name of another is a text, too."""
    found = getattr(builtins, name, None) if isinstance(name, str) else None
    if isinstance(found, type) and issubclass(found, BaseException):
        return found.__name__
    return _("an exception")


def _difference(error: Mismatch) -> str:
    if error.seen.shape != error.expected.shape:
        return _("expected another shape")
    if error.seen.dtype != error.expected.dtype:
        return _("expected another type of number")
    return _("expected other values")


def _unknown() -> str:
    return _("not as expected (what came is not shown: the inputs are hidden)")
