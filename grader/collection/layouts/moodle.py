"""Moodle, "Download all submissions": NAME_NUMBER_assignsubmission_file, a folder or the beginning of a file.

NUMBER is the participant's in this assignment, or the team's. From 3.1 to 4.0 folders end in an underscore;
before, and with folders switched off, the file's own name follows it. Source: classes/downloader.php of
mod_assign in moodle/moodle.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from grader.collection.hand_in import HandIn, Source, Student
from grader.collection.listing import FOLDER, Item
from grader.language import _

NAME = "moodle"
_NAMED = re.compile(
    r"^(?P<name>.*?)(?:_(?P<number>\d+))?_assignsubmission_(?P<plugin>[a-z]+)(?:_(?P<original>.*))?$",
    re.DOTALL,
)
FILES = "file"


class Named(NamedTuple):
    """What the name of a folder or file says."""

    name: str
    login: str
    number: str
    plugin: str
    original: str


def parsed(name: str) -> Named | None:
    """What a name says; None where it is not one of Moodle's."""
    found = _NAMED.match(name)
    if not found:
        return None
    # Moodle writes no underscore into a name; some sites put the login before it.
    login, _, who = found["name"].rpartition("_")
    number = found["number"] or ""
    # With blind marking every name is the word for Participant.
    return Named(who or f"Team {number}", login, number, found["plugin"], found["original"] or "")


def fits(items: Sequence[Item]) -> bool:
    """Whether most of what lies here is named as Moodle names it."""
    return bool(items) and 2 * sum(bool(parsed(item.name)) for item in items) > len(items)


def hand_ins(items: Sequence[Item]) -> tuple[list[HandIn], list[Item]]:
    """(the hand-ins, with all that has one number together; what is not named as Moodle names it)."""
    found: dict[str, list[tuple[Item, Named]]] = {}
    strange = []
    for item in items:
        named = parsed(item.name)
        if named:
            found.setdefault(named.number or named.name, []).append((item, named))
        else:
            strange.append(item)
    is_blind = len(found) > 1 and len({ones[0][1].name for ones in found.values()}) == 1
    return [_hand_in(ones, is_blind) for ones in found.values()], strange


def _hand_in(found: list[tuple[Item, Named]], is_blind: bool) -> HandIn:
    named = found[0][1]
    files = [(item, one) for item, one in found if one.plugin == FILES]
    sources = tuple(Source(item.path, one.original or item.name) for item, one in files)
    problem = (
        "" if sources else _("only online text was handed in, and no file: hand in unet.py and infer.py")
    )
    ids = {"moodle": named.number} | ({"login": named.login} if named.login else {})
    return HandIn(
        key=f"{named.name}_{named.number}" if named.number else named.name,
        student=Student(f"{named.name} {named.number}" if is_blind else named.name, ids=ids),
        sources=sources,
        platform=NAME,
        ids={"participant": named.number, "folder": _folder(*(files or found)[0])}
        | ({"anonymous": named.number} if is_blind else {}),
        problem=problem,
    )


def _folder(item: Item, named: Named) -> str:
    """What feedback has to be put into, as Moodle spelled it."""
    if item.kind == FOLDER or not named.original:
        return item.path.name
    return item.path.name[: item.path.name.index("_assignsubmission_")] + "_assignsubmission_file"
