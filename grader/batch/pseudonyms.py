"""Names for pages that name nobody: the same in every run, and not to be guessed from the student's own."""

import csv
import hashlib
import hmac
import io
from collections.abc import Iterable
from pathlib import Path

from grader.batch.results import write_privately
from grader.collection.hand_in import HandIn
from grader.grading import secret

KEY = f"pseudonyms{secret.SUFFIX}"
WHO = "pseudonyms.csv"
DIGITS = 6


def pseudonyms_of(hand_ins: Iterable[HandIn], folder: Path) -> dict[str, str]:
    """{key: pseudonym}. Who is who is written for the instructor alone. Raises LabError."""
    key = secret.kept(folder / KEY).encode()
    found: dict[str, str] = {}
    lines = io.StringIO()
    table = csv.writer(lines, lineterminator="\n")
    table.writerow(["pseudonym", "student", "hand-in"])
    for one in sorted(hand_ins, key=lambda one: one.key):
        name = _name(key, one.key)
        while name in found.values():
            name = _name(key, f"{one.key} {name}")
        found[one.key] = name
        table.writerow([name, one.name, one.key])
    write_privately(folder / WHO, b"\xef\xbb\xbf" + lines.getvalue().encode("utf-8"))
    return found


def _name(key: bytes, text: str) -> str:
    return f"student-{hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:DIGITS]}"
