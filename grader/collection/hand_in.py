"""One student's or one team's hand-in: who it is from, where it lies, and what the platform says about it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from grader.intake.refusal import NotGradable
from grader.intake.submission import Submission, read_sources


@dataclass(frozen=True)
class Student:
    """Somebody of the class, by everything that is known. All of it is text: 00123 is no number.

    ids: by what a platform knows them, such as {"canvas": "40121"} or {"login": "jdoe7"}.
    """

    name: str = ""
    email: str = ""
    number: str = ""
    ids: Mapping[str, str] = field(default_factory=dict)

    @property
    def shown(self) -> str:
        """What tables and reports call them."""
        return self.name or self.number or next(iter(self.ids.values()), "") or self.email


@dataclass(frozen=True)
class Source:
    """A folder, an archive or a file of a hand-in, and the name that the student gave to it."""

    path: Path
    name: str


@dataclass(frozen=True)
class HandIn:
    """What is graded once.

    key: unique in the class, the same in every run, and safe as the name of a folder.
    ids: what the platform's way back needs, with names as the platform wrote them.
    late: what the platform says; None where it says nothing.
    problem: why it cannot be graded, where that is known without opening it.
    team: everybody it counts for, where that is not the student alone.
    """

    key: str
    student: Student
    sources: tuple[Source, ...]
    platform: str = ""
    ids: Mapping[str, str] = field(default_factory=dict)
    submitted: datetime | None = None
    late: bool | None = None
    problem: str = ""
    team: tuple[Student, ...] = ()

    @property
    def students(self) -> tuple[Student, ...]:
        """Everybody it counts for."""
        return self.team or (self.student,)

    @property
    def name(self) -> str:
        """What reports call it: the students' names, or what is known of them."""
        return ", ".join(student.shown for student in self.students) or self.key

    @property
    def names(self) -> tuple[str, ...]:
        """All by which somebody could be known in a text, or in the name of a file; the longest first."""
        found = {self.name}
        for one in self.students:
            ids = (one.number, *one.ids.values())
            found |= {one.name, one.email, one.email.partition("@")[0], *ids}
            found |= set(re.findall(r"[^\W\d_]+", one.name))
        found |= {"".join(char for char in name if char.isalnum()) for name in found}
        telling = {self.name, *filter(_is_telling, found)}
        return tuple(sorted(telling, key=lambda name: (-len(name), name)))

    def read(self) -> Submission:
        """The files that are graded; several sources are one submission.

        Raises NotGradable where there is nothing to grade, LabError where the machine fails.
        """
        if self.problem:
            raise NotGradable(self.problem)
        return read_sources([(source.name, source.path) for source in self.sources], self.name)


def _is_telling(name: str) -> bool:
    """An, a name, is a word of many texts; 李明 is none."""
    return len(name) >= (3 if name.isascii() else 2)


@dataclass(frozen=True)
class Collection:
    """A class: every hand-in in the order of keys, who is on the roster without one, and what was noticed."""

    platform: str
    hand_ins: tuple[HandIn, ...]
    absent: tuple[Student, ...] = ()
    notes: tuple[str, ...] = ()
