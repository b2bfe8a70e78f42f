"""What an archive of a class gives: its members, and their contents one after the other."""

from collections.abc import Callable, Sequence
from typing import IO, Any, NamedTuple, Protocol

from grader.intake.budgets import CHUNK_BYTES
from grader.intake.refusal import NotGradable
from grader.language import _

MAX_MEMBERS = 200_000


class Member(NamedTuple):
    """One file of the archive: its place, how many bytes it says it has, and what its reader knows it by."""

    parts: tuple[str, ...]
    size: int
    raw: Any


class Sink(Protocol):
    """Where a member's content goes."""

    def write(self, chunk: bytes) -> int:
        """The next piece."""


Wanted = Sequence[tuple[Member, Sink]]


class Opened(NamedTuple):
    """An archive: its members, links left out, and what copies some of them."""

    members: list[Member]
    copy: Callable[[Wanted], None]


def refuse_many(members: int, where: str) -> None:
    """Raise NotGradable for more members than any class has."""
    if members > MAX_MEMBERS:
        raise NotGradable(
            _("{where} holds {members:,} files: give the hand-ins in several folders").format(
                where=where, members=members
            )
        )


def refuse_encrypted(is_encrypted: bool, where: str) -> None:
    """Raise NotGradable for an archive with a password."""
    if is_encrypted:
        raise NotGradable(
            _("{where} is encrypted: unpack it yourself, and give the folder").format(where=where)
        )


def pour(content: IO[bytes], sink: Sink) -> None:
    """Copy an opened member in pieces."""
    while chunk := content.read(CHUNK_BYTES):
        sink.write(chunk)
