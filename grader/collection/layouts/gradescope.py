"""Gradescope, "Export Submissions": a folder for each submission, and submission_metadata.yml.

The keys in it begin with a colon, and every scalar is read as text: an unquoted 012345 would become a number,
and the name No a truth value.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from grader.collection.hand_in import HandIn, Source, Student
from grader.collection.listing import Item
from grader.errors import LabError
from grader.intake.refusal import shown
from grader.language import _

NAME = "gradescope"
METADATA = "submission_metadata.yml"
MAX_METADATA_BYTES = 256 << 20
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.\d+)?\s*(Z|UTC|[+-]\d\d:?\d\d)?$")


def fits(items: Sequence[Item]) -> bool:
    """Whether the list of submissions lies here."""
    return any(item.name == METADATA for item in items)


def hand_ins(items: Sequence[Item]) -> tuple[list[HandIn], list[Item]]:
    """(the hand-ins, what is not in the list). Raises LabError where the list cannot be read."""
    by_name = {item.name: item for item in items}
    listed = _listed(by_name.pop(METADATA).path)
    found = [_hand_in(name, about, by_name.pop(name, None)) for name, about in listed.items()]
    return found, list(by_name.values())


def superseded(path: Path) -> int:
    """How many students handed in something newer than what counts, which the export does not hold."""
    count = 0
    for about in _listed(path).values():
        times = [when(one.get(":created_at")) for one in _maps(about.get(":history"))]
        counts = when(about.get(":created_at"))
        count += counts is not None and any(time is not None and time > counts for time in times)
    return count


def _listed(path: Path) -> dict[str, Mapping[str, Any]]:
    import yaml  # late: only this layout needs it

    where = shown(path)
    if path.is_symlink() or path.stat().st_size > MAX_METADATA_BYTES:
        raise LabError(
            _("{where} is no list of submissions: export them from Gradescope again").format(where=where)
        )
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # makes text of everything, and nothing of tags
    try:
        with path.open("rb") as file:
            listed = yaml.load(file, Loader=loader)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError) as error:
        reason = " ".join(str(error).split())[:120]
        raise LabError(
            _("{where} cannot be read, {reason}: export the submissions again").format(
                where=where, reason=reason
            )
        ) from None
    if (
        not isinstance(listed, dict)
        or not listed
        or not all(isinstance(one, dict) for one in listed.values())
    ):
        raise LabError(
            _("{where} lists no submissions: export them from Gradescope again").format(where=where)
        )
    return {str(name): about for name, about in listed.items()}


def _hand_in(name: str, about: Mapping[str, Any], item: Item | None) -> HandIn:
    team = [
        Student(
            _text(one.get(":name")),
            _text(one.get(":email")),
            _text(one.get(":sid")),
            {"gradescope": _text(one.get(":sid")) or _text(one.get(":email"))},
        )
        for one in _maps(about.get(":submitters"))
    ] or [Student(name)]
    problem = (
        ""
        if item
        else _("its folder {name} is not in the export: export the submissions again").format(
            name=shown(name)
        )
    )
    first = team[0]
    return HandIn(
        key=first.number
        or first.email
        or first.name
        or name,  # the submission's own changes with each attempt
        student=first,
        sources=(Source(item.path, item.name),) if item else (),
        platform=NAME,
        ids={"submission": name.removeprefix("submission_"), "folder": name},
        submitted=when(about.get(":created_at")),
        problem=problem,
        team=tuple(team) if len(team) > 1 else (),
    )


def when(text: object) -> datetime | None:
    """A time as platforms write it, in UTC unless it says otherwise; None for anything else."""
    found = _TIME.match(text.strip()) if isinstance(text, str) else None
    if not found:
        return None
    zone = (found[3] or "Z").replace("UTC", "Z").replace("Z", "+00:00")
    try:
        return datetime.fromisoformat(f"{found[1]}T{found[2]}").replace(
            tzinfo=datetime.strptime(zone, "%z").tzinfo or timezone.utc
        )
    except ValueError:
        return None


def _maps(value: object) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
