"""Whose hand-in it is: hand-ins joined to the roster, by number first and by name last.

A name counts only where nobody else has it, as written or as Canvas squeezes it.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from grader.collection.hand_in import HandIn, Student
from grader.collection.layouts.named import NAME as NAMED
from grader.errors import LabError
from grader.intake.archive import SUFFIXES
from grader.intake.refusal import listed
from grader.language import _

MOST_WORDS = 5  # of a name
ANOTHER_CLASS = 3  # hand-ins of nobody on the roster, and none of anybody on it
SURE_CHARS = 5  # of a number or login that is looked for in a text
Index = Mapping[str, Student]
WORD, LOGIN = re.compile(r"[^\W_]+"), re.compile(r"[^\W_]+(?:[.@-][^\W_]+)+")
HAS_DIGIT = re.compile(r"[\d@]")


class Matching:
    """The students of a roster, by all that they may be known by."""

    def __init__(self, students: Sequence[Student]):
        # The surest first: of two that fit, the earlier one counts.
        self._by: list[tuple[Callable[[Student], list[str]], Index]] = [
            (names, _unique(students, names)) for names in (_ids, _numbers, _emails, _short_numbers, _names)
        ]

    def within(self, text: str) -> list[Student]:
        """Who is named in a text such as `hw4 李明 new.zip`: all by number, else the only one by name."""
        text = unicodedata.normalize("NFC", text).casefold()
        words = WORD.findall(text)
        # `lab 4` is not the number of student 4, nor is a first name somebody's login.
        logins = [one.removesuffix(end) for one in LOGIN.findall(text) for end in ("", *SUFFIXES, ".py")]
        sure = [one for one in (*words, *logins) if len(one) >= SURE_CHARS and HAS_DIGIT.search(one)]
        found = {id(index[one]): index[one] for _, index in self._by[1:3] for one in sure if one in index}
        if found:
            return list(found.values())
        names = self._by[-1][1]
        for size in range(1, MOST_WORDS + 1):
            for at in range(len(words) - size + 1):
                student = names.get("\0".join(sorted(words[at : at + size])))
                if student is not None:
                    found[id(student)] = student
        return list(found.values()) if len(found) == 1 else []

    def student(self, one: Student) -> Student | None:
        """Who on the roster that is; None where nobody is, or where it could be two."""
        for names, index in self._by:
            for name in names(one):
                if name in index:
                    return index[name]
        return None


@dataclass(frozen=True)
class Joined:
    """A class: hand-ins with what the roster knows, who is absent, and what was noticed."""

    hand_ins: list[HandIn]
    absent: tuple[Student, ...]
    notes: list[str]


def joined(hand_ins: Sequence[HandIn], roster: Sequence[Student]) -> Joined:
    """Join them. Folders and archives of one student become one hand-in.

    Raises LabError where the roster fits nobody.
    """
    matching, teams = Matching(roster), _teams(roster)
    found: dict[int, int] = {}  # {student of the roster, by identity: where the hand-in is in kept}
    kept: list[HandIn] = []
    unknown: list[Student] = []
    hidden = 0
    for hand_in in hand_ins:
        pairs: list[tuple[Student, Student | None]]
        pairs = [(one, matching.student(one)) for one in _with_team(hand_in, teams)]
        if hand_in.platform == NAMED:
            named = matching.within(hand_in.ids["path"])
            if len(named) > 1 or pairs[0][1] is None:
                pairs = [(one, one) for one in named] or pairs
        again = [found[id(known)] for _, known in pairs if known is not None and id(known) in found]
        if again and hand_in.platform == NAMED and len(pairs) == 1:
            kept[again[0]] = replace(kept[again[0]], sources=(*kept[again[0]].sources, *hand_in.sources))
            continue
        if again:  # two of one name: the platform knows that they are two, so neither is a guess
            pairs = [(one, None) for one, _ in pairs]
        team = tuple(_merged(one, known) for one, known in pairs)
        for one, known in pairs:
            if known is not None:
                found[id(known)] = len(kept)
            elif is_anonymous(hand_in):
                hidden += 1
            else:
                unknown.append(one)
        kept.append(replace(hand_in, student=team[0], team=team if len(team) > 1 else ()))
    if hidden:
        return Joined(
            kept,
            (),
            [_("{hidden} are anonymous: who handed in nothing cannot be said").format(hidden=hidden)],
        )
    if not found and len(hand_ins) >= ANOTHER_CLASS:
        raise LabError(
            _(
                "none of {count} hand-ins is of somebody on the roster, such as {shown!r}: is it the "
                "roster of this class?"
            ).format(count=len(hand_ins), shown=unknown[0].shown)
        )
    notes = (
        [
            _("{count} not on the roster: {shown}").format(
                count=len(unknown), shown=listed([one.shown for one in unknown])
            )
        ]
        if unknown
        else []
    )
    absent = tuple(student for student in roster if id(student) not in found)
    return Joined(kept, absent, notes)


def is_anonymous(hand_in: HandIn) -> bool:
    """Whether the platform hides who it is from."""
    return bool(hand_in.ids.get("anonymous"))


def _teams(roster: Sequence[Student]) -> dict[str, list[Student]]:
    """{team: who is in it}, where the roster says so."""
    teams: dict[str, list[Student]] = {}
    for student in roster:
        if team := _letters([student.ids.get("team", "").casefold()]):
            teams.setdefault(team, []).append(student)
    return teams


def _with_team(hand_in: HandIn, teams: Mapping[str, list[Student]]) -> tuple[Student, ...]:
    """Everybody it counts for: whom the platform names, else who is in the team of that name."""
    if hand_in.team:
        return hand_in.team
    return tuple(teams.get(_letters([hand_in.student.name.casefold()]), ())) or hand_in.students


def _merged(one: Student, known: Student | None) -> Student:
    if known is None:
        return one
    return Student(
        known.name or one.name,
        known.email or one.email,
        known.number or one.number,
        {**one.ids, **known.ids},
    )


def _unique(students: Sequence[Student], names: Callable[[Student], list[str]]) -> dict[str, Student]:
    said = {id(student): dict.fromkeys(names(student)) for student in students}
    count = Counter(name for ones in said.values() for name in ones)
    return {name: student for student in students for name in said[id(student)] if count[name] == 1}


def _ids(student: Student) -> list[str]:
    return [f"{kind}={value.casefold()}" for kind, value in student.ids.items() if value]


def _numbers(student: Student) -> list[str]:
    """Numbers, and logins that are used as such: nbgrader's students are called as the course likes."""
    one = [student.number, student.ids.get("login", ""), student.ids.get("nbgrader", "")]
    return [value.casefold() for value in one if value]


def _emails(student: Student) -> list[str]:
    whole = [value for value in (student.email, student.ids.get("nbgrader", "")) if value]
    return [value.casefold() for value in whole] + [
        value.partition("@")[0].casefold() for value in whole if "@" in value
    ]


def _short_numbers(student: Student) -> list[str]:
    """Without the zeros that a spreadsheet eats."""
    return [value.lstrip("0") for value in (student.number,) if value.lstrip("0").isdigit()]


def _names(student: Student) -> list[str]:
    """As written, in any order of its words, and without what is no letter."""
    words = unicodedata.normalize("NFC", student.name).casefold().replace(",", " ").split()
    if not words:
        return []
    turned = [*words[-1:], *words[:-1]]
    return ["\0".join(sorted(words)), _letters(words), _letters(turned)]


def _letters(words: Sequence[str]) -> str:
    return "".join(char for char in "".join(words) if char.isalnum())
