"""Blackboard, "Assignment File Download": TITLE_LOGIN_attempt_TIME_ORIGINAL and TITLE_LOGIN_attempt_TIME.txt.

The .txt tells the student's name; of several attempts the newest counts.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from grader.collection.hand_in import HandIn, Source, Student
from grader.collection.listing import Item
from grader.intake.choice import FILE
from grader.language import _

NAME = "blackboard"
_NAMED = re.compile(
    r"^(?P<title>.+)_(?P<login>[^_]+)_attempt_(?P<time>\d{4}(?:-\d\d){5})(?:_(?P<original>.+)|\.txt)$",
    re.DOTALL,
)
_TOLD = re.compile(r"^Name: (?P<name>.+) \((?P<login>[^()]+)\)\s*$", re.MULTILINE)
TOLD_BYTES = 4096  # of the .txt, at whose beginning the name stands


class Named(NamedTuple):
    """What a name says; original: nothing for Blackboard's own .txt."""

    login: str
    time: str
    original: str


def parsed(name: str) -> Named | None:
    """What a name says; None where it is not one of Blackboard's."""
    found = _NAMED.match(name)
    return Named(found["login"], found["time"], found["original"] or "") if found else None


def fits(items: Sequence[Item]) -> bool:
    """Whether most of what lies here is named as Blackboard names it."""
    return bool(items) and 2 * sum(bool(parsed(item.name)) for item in items) > len(items)


def hand_ins(items: Sequence[Item]) -> tuple[list[HandIn], list[Item]]:
    """(the newest attempt of each student; what is not named as Blackboard names it)."""
    by_login: dict[str, list[tuple[Item, Named]]] = {}
    strange = []
    for item in items:
        if named := parsed(item.name):
            by_login.setdefault(named.login, []).append((item, named))
        else:
            strange.append(item)
    return [_hand_in(login, found) for login, found in by_login.items()], strange


def _hand_in(login: str, found: list[tuple[Item, Named]]) -> HandIn:
    newest = max(named.time for _, named in found)
    attempt = [(item, named) for item, named in found if named.time == newest]
    sources = tuple(Source(item.path, named.original) for item, named in attempt if named.original)
    told = [item for item, named in attempt if not named.original]
    return HandIn(
        key=login,
        student=Student(_name(told[0]) if told else "", ids={"login": login}),
        sources=sources,
        platform=NAME,
        ids={"login": login},
        submitted=_when(newest),
        problem="" if sources else _("no file was handed in: hand in unet.py and infer.py"),
    )


def _name(item: Item) -> str:
    """The student's name in Blackboard's .txt; nothing in another language than English."""
    if item.kind != FILE:
        return ""
    with item.path.open("rb") as file:
        told = _TOLD.search(file.read(TOLD_BYTES).decode("utf-8", "replace"))
    return told["name"].strip() if told else ""


def _when(time: str) -> datetime | None:
    """Blackboard names no zone: this machine's, as for a deadline without one."""
    try:
        return datetime.strptime(time, "%Y-%m-%d-%H-%M-%S").astimezone()
    except ValueError:
        return None
