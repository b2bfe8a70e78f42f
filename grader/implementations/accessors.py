"""Asks a call by its name, and reads what is named of its answer."""

from collections.abc import Callable, Collection, Mapping
from typing import TypeVar

from grader.implementations.answering import Answering, Array, Facts, Tensors
from grader.implementations.arrays import FLOAT, Shape, read_array, read_number
from grader.implementations.asked_once import AskedOnce
from grader.implementations.fault import SubmissionFault, nonsense
from grader.implementations.recording import Recording
from grader.language import _

T = TypeVar("T")


class Accessors:
    """Typed access to the answer of any call; what was not named is dropped on arrival.

        y = student.array("paper_block", data, {"x": x}, ndim=4, what="the output of a block")
        found = student.arrays("train_steps", data, tensors, losses=1, weights=1)
        loss = student.number("train_loss", {}, tensors, what="the loss")
        steps = student.fact("train_resume", data, tensors, name="steps", read=claims.integer)

    Each raises SubmissionFault, and nothing else, where the answer is not of that form.
    """

    def __init__(
        self,
        answering: Answering,
        weights: Callable[[], str] | None = None,
        fault: type[SubmissionFault] = SubmissionFault,
    ):
        """fault: what is raised where there is no answer."""
        self._asked = AskedOnce(answering, fault)
        self._records = isinstance(answering, Recording)
        self._weights = weights or (lambda: getattr(answering, "weights", ""))

    @property
    def weights(self) -> str:
        """The digest of the weights that frozen answers are of; "" of who answers with those it is given.

        It may be known only after the first question.
        """
        return self._weights()

    @property
    def records(self) -> bool:
        """Whether its answers are being recorded, so that no question may be left out."""
        return self._records

    def ask(
        self, call: str, data: Facts, tensors: Tensors | None = None, keep: Collection[str] | None = None
    ) -> tuple[Facts, Tensors]:
        """The answer as it came, (facts, arrays), cut down to the names to keep.

        Nothing in it is tested: this is for calls of which only success or failure counts.
        """
        return self._asked(call, data, tensors or {}, keep)

    def array(
        self,
        call: str,
        data: Facts,
        tensors: Tensors | None = None,
        *,
        name: str = "y",
        ndim: int | None = None,
        shape: Shape | None = None,
        kinds: str = FLOAT,
        what: str | None = None,
    ) -> Array:
        """One array of an answer, never empty, of so many axes or of this shape (None in it: any length).

        kinds: the types that are let through, as NumPy's letters; floating-point unless given.
        """
        facts, found = self.ask(call, data, tensors, keep=[name])
        return read_array(facts, found, name, what or _("the answer"), ndim=ndim, shape=shape, kinds=kinds)

    def arrays(
        self,
        call: str,
        data: Facts,
        tensors: Tensors | None = None,
        *,
        kinds: str = FLOAT,
        what: Mapping[str, str] | None = None,
        **ndim: int | None,
    ) -> Tensors:
        """Several arrays of one answer, each by its name and its number of axes (None: any).

        what: {name: how a message calls it}.
        """
        facts, found = self.ask(call, data, tensors, keep=list(ndim))
        said = what or {}
        return {
            name: read_array(
                facts, found, name, said.get(name, _("the {name}").format(name=name)), ndim=axes, kinds=kinds
            )
            for name, axes in ndim.items()
        }

    def number(
        self,
        call: str,
        data: Facts,
        tensors: Tensors | None = None,
        *,
        name: str = "y",
        what: str | None = None,
    ) -> float:
        """One number of an answer, sent as an array of one element; it may be nan or inf."""
        facts, found = self.ask(call, data, tensors, keep=[name])
        return read_number(facts, found, name, what or _("the answer"))

    def fact(
        self,
        call: str,
        data: Facts,
        tensors: Tensors | None = None,
        *,
        name: str,
        read: Callable[[object], T],
    ) -> T:
        """One thing that the worker says, read by one of the readers in claims.py."""
        facts, _ = self.ask(call, data, tensors, keep=[name])
        try:
            return read(facts.get(name))
        except (ValueError, RecursionError):
            raise nonsense(name) from None
