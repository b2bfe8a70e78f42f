"""Who was late, and what that costs: one rule for the class, and more time for some."""

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from grader.collection.hand_in import HandIn
from grader.errors import LabError
from grader.language import N_, _
from grader.source import at_line
from grader.text import one_line

CENT = Decimal("0.01")
UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
EXAMPLE = N_("the student (number, email, login or name), then a time such as 2d, 12h or 2026-11-30T18:00")


@dataclass(frozen=True)
class LateRule:
    """deadline: None leaves it to what the platform says. factor: of the points of who was late.

    more: {key of the hand-in: a deadline of its own}.
    """

    deadline: datetime | None = None
    factor: Decimal = Decimal(1)
    more: Mapping[str, datetime] = field(default_factory=dict)

    def lateness(self, hand_in: HandIn) -> str:
        """How late it was, in words; nothing where it was in time or nobody knows."""
        deadline = self.more.get(hand_in.key, self.deadline)
        if deadline is None or hand_in.submitted is None:
            return "late" if hand_in.late and hand_in.key not in self.more else ""
        by = hand_in.submitted.astimezone() - deadline
        return _spelled(by) if by > timedelta(0) else ""

    def score(self, raw: int, late: str) -> Decimal:
        """The points that count."""
        score = Decimal(raw) * (self.factor if late else Decimal(1))
        rounded = score.quantize(CENT, ROUND_HALF_UP)
        return rounded.to_integral() if rounded == rounded.to_integral() else rounded.normalize()


def read_time(text: str) -> datetime:
    """A moment in ISO 8601; without a zone, in this machine's. Raises LabError."""
    try:
        moment = datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
    except ValueError:
        raise LabError(
            _("{text!r} is no time: write it as 2026-11-30T18:00+01:00").format(text=one_line(text)[:40])
        ) from None
    return moment.astimezone()


def read_more_time(path: Path, deadline: datetime | None, hand_ins: Iterable[HandIn]) -> dict[str, datetime]:
    """{key of a hand-in: its deadline}, from a CSV.

    Raises LabError for a line that fits nobody, or several.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else _("it is not UTF-8")
        raise LabError(_("{path} cannot be read: {reason}").format(path=path, reason=reason)) from None
    known = _by_name(hand_ins)
    found: dict[str, datetime] = {}
    for number, line in enumerate(csv.reader(text.splitlines(), _dialect(text)), start=1):
        cells = [cell.strip() for cell in line]
        if not any(cells) or (number == 1 and not _is_time(cells[-1])):  # the header
            continue
        where = at_line(str(path), number)
        if len(cells) < 2 or not _is_time(cells[-1]):
            raise LabError(_("{where}: expected {example}").format(where=where, example=_(EXAMPLE)))
        keys = {key for cell in cells[:-1] if cell for key in known.get(cell.casefold(), ())}
        if len(keys) != 1:
            who = one_line(" ".join(cells[:-1]))[:60]
            several = _("{where}: {who!r} is more than one of those who handed in")
            nobody = _("{where}: {who!r} is nobody of those who handed in")
            raise LabError((several if keys else nobody).format(where=where, who=who))
        found[keys.pop()] = _moment(cells[-1], deadline, where)
    return found


def _by_name(hand_ins: Iterable[HandIn]) -> dict[str, set[str]]:
    known: dict[str, set[str]] = {}
    for hand_in in hand_ins:
        for student in hand_in.students:
            names = (student.name, student.email, student.number, *student.ids.values(), hand_in.key)
            for name in filter(None, names):
                known.setdefault(name.casefold(), set()).add(hand_in.key)
    return known


def _dialect(text: str) -> type[csv.Dialect]:
    class Lines(csv.excel):
        delimiter = max(",;\t", key=text.splitlines()[0].count) if text else ","

    return Lines


def _is_time(text: str) -> bool:
    return bool(re.fullmatch(r"\+?\s*\d+(\.\d+)?\s*[mhd]", text) or re.match(r"\d{4}-\d{2}-\d{2}", text))


def _moment(text: str, deadline: datetime | None, where: str) -> datetime:
    if text[-1] not in UNITS:
        return read_time(text)
    if deadline is None:
        raise LabError(
            _("{where}: {text} after which deadline? Give --deadline, too").format(where=where, text=text)
        )
    return deadline + float(text[:-1].replace("+", "")) * UNITS[text[-1]]


def _spelled(by: timedelta) -> str:
    minutes = max(1, round(by / UNITS["m"]))
    days, hours = divmod(minutes // 60, 24)
    if days:
        return (
            _("{days} d {hours} h late").format(days=days, hours=hours)
            if hours
            else _("{days} d late").format(days=days)
        )
    return (
        _("{hours} h {minutes} min late").format(hours=hours, minutes=minutes % 60)
        if hours
        else _("{minutes} min late").format(minutes=minutes)
    )
