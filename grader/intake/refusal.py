"""How intake says no: one short line, whatever the names in it are made of."""

from collections.abc import Sequence
from pathlib import Path

from grader.errors import LabError
from grader.language import N_, _
from grader.text import one_line

MESSAGE_CHARS = 480
PATH_CHARS = 150  # of the submission's own path
NAME_CHARS = 60  # of a name inside it
NAMED = 3  # of a longer list


A_CLASS = N_("; the work of several students is graded by `python -m grader batch`")


class NotGradable(LabError):
    """What was handed in cannot be taken as a submission; the message says what was found and what to do.

    A LabError that is not one of these is the caller's mistake or the machine's: no reason for a zero.
    """

    def __init__(self, message: str):
        super().__init__(shown(message, MESSAGE_CHARS))

    @property
    def fact(self) -> str:
        """The message without what is said to whoever may have given a whole class."""
        return str(self).removesuffix(_(A_CLASS))


class NothingToGrade(NotGradable):
    """Nothing of what was handed in could be unet.py."""


def shown(name: str | Path, cap: int = NAME_CHARS) -> str:
    """The name on one clean line; of a long one both ends."""
    text = one_line(str(name)) or "?"
    if len(text) <= cap:
        return text
    head = cap // 3
    return f"{text[:head]}…{text[head + 1 - cap :]}"


def within(path: str | Path, where: str) -> str:
    """What a message calls a file inside something else."""
    return _("{path} in {where}").format(path=shown(path), where=where)


def listed(names: Sequence[str]) -> str:
    """The names in a sentence: `a, b and c`, or `a, b, c and 9 more`."""
    first = [shown(name) for name in names[:NAMED]]
    more = len(names) - NAMED
    last = _("{count} more").format(count=more) if more > 0 else first.pop()
    return _("{names} and {last}").format(names=_(", ").join(first), last=last) if first else last
