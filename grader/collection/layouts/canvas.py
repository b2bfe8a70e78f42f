"""Canvas, "Download Submissions": a flat folder of NAME[_LATE]_USER_FILE_ORIGINAL.

NAME is the sortable name without what is no letter, such as `doejane`; anonymous ones are
[LATE_]anon_ID_FILE_ORIGINAL. Text entries and addresses come as NAME_USER_text.html and NAME_USER_link.html.
Source: lib/content_zipper.rb of instructure/canvas-lms.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from grader.collection.hand_in import HandIn, Source, Student
from grader.collection.listing import Item
from grader.intake.choice import FILE
from grader.language import N_, _

NAME = "canvas"
_ANONYMOUS = re.compile(r"^(?P<late>LATE_)?anon_(?P<user>[^_]+)_(?P<file>\d+)_(?P<original>.+)$")
_OTHER = re.compile(r"^(?P<name>.*?)(?P<late>_LATE)?_(?P<user>\d+)_(?P<kind>text|link)\.html?$")
_NUMBERS = re.compile(r"(?<=_)\d+(?=_)")
SAID = N_({"text": "a text entry", "link": "an address (URL)"})


@dataclass(frozen=True)
class Named:
    """What the name of a downloaded file says. original: of the student's file; none for a text entry."""

    name: str
    user: str
    file: str = ""
    original: str = ""
    is_late: bool = False
    kind: str = "file"


def fits(items: Sequence[Item]) -> bool:
    """Whether most of what lies here is named as Canvas names it."""
    files = [item for item in items if item.kind == FILE]
    return bool(files) and 2 * sum(bool(parsed(item.name)) for item in files) > len(items)


def parsed(name: str, users: Sequence[str] = (), digits: int = 0) -> Named | None:
    """What a name says; None where it is not one of Canvas's.

    A team may be called team_4, so where more than two numbers follow each other, the pair counts whose first
    one is a known user, else one with so many digits.
    """
    if found := _ANONYMOUS.match(name):
        user = found["user"]
        return Named(f"anon {user}", user, found["file"], found["original"], bool(found["late"]))
    if found := _OTHER.match(name):
        return Named(found["name"], found["user"], "", "", bool(found["late"]), found["kind"])
    pairs = _pairs(name)
    if not pairs:
        return None
    known = [pair for pair in pairs if pair[0] in users]
    alike = [pair for pair in pairs if len(pair[0]) == digits]
    user, file, start, end = (known or alike or pairs)[0]
    who = name[: start - 1]
    return Named(who.removesuffix("_LATE"), user, file, name[end + 1 :], who.endswith("_LATE"))


def _pairs(name: str) -> list[tuple[str, str, int, int]]:
    """(user, file, where they start, where they end) of every two numbers that follow each other."""
    numbers = list(_NUMBERS.finditer(name))
    return [
        (one[0], two[0], one.start(), two.end())
        for one, two in pairwise(numbers)
        if one.end() + 1 == two.start() and one.start() > 1
    ]


def _usual_digits(items: Sequence[Item]) -> int:
    """How long users' numbers are, where names leave no doubt."""
    clear = [pairs[0][0] for item in items if len(pairs := _pairs(item.name)) == 1]
    lengths = Counter(map(len, clear)).most_common(1)
    return lengths[0][0] if lengths else 0


def hand_ins(items: Sequence[Item], users: Sequence[str] = ()) -> tuple[list[HandIn], list[Item]]:
    """(the hand-ins, with all files of one user together; what is not named as Canvas names it)."""
    digits = _usual_digits(items)
    by_user: dict[str, list[tuple[Item, Named]]] = {}
    strange = []
    for item in items:
        named = parsed(item.name, users, digits)
        if named:
            by_user.setdefault(named.user, []).append((item, named))
        else:
            strange.append(item)
    return [_hand_in(user, found) for user, found in by_user.items()], strange


def _hand_in(user: str, found: list[tuple[Item, Named]]) -> HandIn:
    name = found[0][1].name
    is_anonymous = name == f"anon {user}"
    sources = tuple(Source(item.path, one.original) for item, one in found if one.kind == "file")
    others = [_(SAID[one.kind]) for path, one in found if one.kind != "file"]
    problem = (
        ""
        if sources
        else _("only {others} was handed in, and no file: hand in unet.py and infer.py").format(
            others=others[0]
        )
    )
    return HandIn(
        key=f"{name}_{user}" if not is_anonymous else f"anon_{user}",
        student=Student(name, ids={"canvas anonymous" if is_anonymous else "canvas": user}),
        sources=sources,
        platform=NAME,
        ids={"user": user} | ({"anonymous": user} if is_anonymous else {}),
        late=any(one.is_late for _, one in found),
        problem=problem,
    )
