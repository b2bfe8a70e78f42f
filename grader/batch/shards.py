"""A class in parts, graded on machines that know nothing of each other, and put together again."""

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

from grader.batch.results import STUDENTS, Results
from grader.batch.work import Outcome
from grader.collection.hand_in import HandIn
from grader.errors import LabError


def read_shard(text: str) -> tuple[int, int]:
    """(2, 8) of "2/8". Raises LabError."""
    found = re.fullmatch(r"([1-9]\d{0,5})/([1-9]\d{0,5})", text.strip())
    if not found or int(found[1]) > int(found[2]):
        raise LabError(f"--shard {text[:20]!r} is no part of a class: 2/8 is the second of eight")
    return int(found[1]), int(found[2])


def part(hand_ins: Sequence[HandIn], shard: tuple[int, int]) -> tuple[HandIn, ...]:
    """The hand-ins of this part: by their keys, so that who hands in later moves nobody."""
    number, of = shard
    return tuple(one for one in hand_ins if _place(one.key) % of == number - 1)


def _place(key: str) -> int:
    return int.from_bytes(hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()[:8], "big")


def take(results: Results, others: Sequence[Path]) -> None:
    """Copy the results of other folders that this one has not. Raises LabError, NotWritten.

    Whether they are still good is seen when the class is graded: what is not is graded anew.
    """
    for other in map(Results, others):
        places = other.folder / STUDENTS
        if not places.is_dir():
            raise LabError(
                f"{other.folder} holds no results of a class: --from takes the RESULTS of another run"
            )
        for place in sorted(places.iterdir()):
            key = place.name
            if results.before(key) is None and other.before(key) is not None:
                page = other.page(key)
                text = page.read_text(encoding="utf-8") if page.is_file() else ""
                report = other.report_file(key).read_text(encoding="utf-8")
                results.write(Outcome(key, "graded", report=report, page=text))
