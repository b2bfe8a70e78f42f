"""A part of a class, for machines that know nothing of each other: shard 2/8 is the same everywhere.

Each shard's RESULTS get a file of their own, which says all that `merge` has to know of the class.
"""

import dataclasses
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from grader.batch.lateness import LateRule
from grader.batch.table import Terms
from grader.batch.work import Outcome
from grader.collection.hand_in import Collection, HandIn, Source, Student
from grader.errors import LabError
from grader.lab.files import write_text
from grader.language import _
from grader.report.folder import SHARD

SCHEMA = 1


@dataclass(frozen=True)
class Shard:
    """The number-th of so many, from 1."""

    number: int
    of_all: int

    def __str__(self) -> str:
        return f"{self.number}/{self.of_all}"

    @classmethod
    def of(cls, text: str) -> "Shard":
        """From 2/8. Raises LabError."""
        found = re.fullmatch(r"(\d{1,6})/(\d{1,6})", text.strip())
        if not found or not 1 <= int(found[1]) <= int(found[2]):
            raise LabError(
                _("--shard {text} is no part: write 2/8 for the second of eight").format(text=text)
            )
        return cls(int(found[1]), int(found[2]))

    def part(self, hand_ins: Iterable[HandIn]) -> tuple[HandIn, ...]:
        """Its hand-ins, in their order. Parts differ by one in size at most.

        Whoever handed in late, or much, lies in no part more often than in another.
        """
        shuffled = sorted(hand_ins, key=lambda one: hashlib.sha256(one.key.encode()).digest())
        keys = {one.key for one in shuffled[self.number - 1 :: self.of_all]}
        return tuple(one for one in sorted(shuffled, key=lambda one: one.key) if one.key in keys)


@dataclass(frozen=True)
class Part:
    """What a shard's RESULTS say of the class and of themselves.

    troubles: {key: why it needs a human}. lab: its version. language: of reports and pages.
    """

    shard: Shard
    keys: str  # the digest of all keys of the class
    collection: Collection
    rule: LateRule
    troubles: Mapping[str, list[str]]
    terms: Terms
    lab: str
    language: str


def digest(hand_ins: Iterable[HandIn]) -> str:
    """Of the keys of a whole class."""
    return hashlib.sha256("\0".join(sorted(one.key for one in hand_ins)).encode()).hexdigest()[:12]


def write_part(part: Part, folder: Path) -> None:
    """Raises NotWritten."""
    rule = {
        "deadline": _text(part.rule.deadline),
        "factor": str(part.rule.factor),
        "more": {key: _text(moment) for key, moment in sorted(part.rule.more.items())},
    }
    told = {
        "schema": SCHEMA,
        "shard": str(part.shard),
        "keys": part.keys,
        "lab": part.lab,
        "language": part.language,
        "inputs": dict(part.terms.inputs),
        "graded_by": dict(part.terms.graded_by),
        "late_rule": rule,
        "platform": part.collection.platform,
        "notes": list(part.collection.notes),
        "hand_ins": [_told(one) for one in part.collection.hand_ins],
        "absent": [dataclasses.asdict(student) for student in part.collection.absent],
        "troubles": dict(part.troubles),
    }
    write_text(folder / SHARD, json.dumps(told, indent=1, ensure_ascii=False) + "\n")


def read_part(folder: Path) -> Part:
    """Raises LabError where there is none, or it is not one."""
    path = folder / SHARD
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        if told["schema"] != SCHEMA:
            raise LabError(_("{path} was written by another version of the lab").format(path=path))
        return _part(told)
    except FileNotFoundError:
        raise LabError(
            _(
                "{folder} holds no results of a shard that came to its end: name the RESULTS of "
                "`python -m grader batch --shard`"
            ).format(folder=folder)
        ) from None
    except OSError as error:
        raise LabError(
            _("{path} cannot be read: {reason}").format(path=path, reason=error.strerror or error)
        ) from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise LabError(
            _("{path} is damaged: grade this shard again with --resume").format(path=path)
        ) from None


def troubles_of(outcomes: Mapping[str, Outcome]) -> dict[str, list[str]]:
    """{key: why it needs a human}."""
    return {key: list(one.why) for key, one in outcomes.items() if one.kind == "needs a human"}


def _told(one: HandIn) -> dict[str, Any]:
    told = dataclasses.asdict(dataclasses.replace(one, sources=()))
    # They lie on another machine; the way back to a platform needs their names.
    named = [[source.path.name, source.name] for source in one.sources]
    return told | {"submitted": _text(one.submitted), "sources": named}


def _part(told: dict[str, Any]) -> Part:
    rule = told["late_rule"]
    more = {key: datetime.fromisoformat(moment) for key, moment in rule["more"].items()}
    return Part(
        Shard.of(told["shard"]),
        told["keys"],
        Collection(
            told["platform"],
            tuple(map(_hand_in, told["hand_ins"])),
            tuple(Student(**one) for one in told["absent"]),
            tuple(told["notes"]),
        ),
        LateRule(_moment(rule["deadline"]), Decimal(rule["factor"]), more),
        told["troubles"],
        Terms(told["inputs"], told["graded_by"]),
        told["lab"],
        told["language"],
    )


def _hand_in(told: dict[str, Any]) -> HandIn:
    named = told | {
        "student": Student(**told["student"]),
        "team": tuple(Student(**one) for one in told["team"]),
        "submitted": _moment(told["submitted"]),
        "sources": tuple(Source(Path(file), name) for file, name in told["sources"]),
    }
    return HandIn(**named)


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
