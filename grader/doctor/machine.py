"""Python, encoding, disk and memory."""

import os
import shutil
import sys
import tempfile

from grader.doctor.finding import BAD, GOOD, ODD, Finding
from grader.entry import OLDEST, remedy
from grader.lab.paths import LAB

SIGNS = "，→ü"  # what the lab's texts and a student's own may hold
LEAST_FREE_MB = 500  # for pictures, pages and temporary files
LEAST_MEMORY_MB = 2000  # torch with the weights, and one forward at 572 x 572


def python() -> Finding:
    """Its version, and whether it is the one of the lab's environment."""
    said = f"{sys.version.split()[0]}, {sys.executable}"
    if sys.version_info < OLDEST:
        return Finding("Python", BAD, said, f"3.10 or later is needed: {remedy()}")
    if sys.prefix == sys.base_prefix:
        return Finding("Python", ODD, f"{said}, in no environment of its own", remedy())
    return Finding("Python", GOOD, said)


def encoding() -> Finding:
    """Whether texts beyond ASCII can be printed and read."""
    said = f"{sys.stdout.encoding} for printing, {sys.getfilesystemencoding()} for names of files"
    try:
        SIGNS.encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        how = "set PYTHONUTF8=1" if os.name == "nt" else "export PYTHONUTF8=1"
        return Finding("encoding", ODD, said, f"some signs cannot be shown: `{how}` first")
    return Finding("encoding", GOOD, said)


def disk() -> list[Finding]:
    """Room where the lab is, and where temporary files go."""
    return [
        _room("disk", str(LAB), "free some, or move the lab to another disk"),
        _room("temporary", tempfile.gettempdir(), "free some, or set TMPDIR to a folder on another disk"),
    ]


def memory(left_mb: int | None) -> Finding:
    """left_mb: megabytes that are left, None where the system does not say."""
    if left_mb is None:
        return Finding("memory", GOOD, "this system does not say how much is left; 2 GB are enough")
    said = f"{left_mb / 1000:.1f} GB are left"
    if left_mb < LEAST_MEMORY_MB:
        return Finding("memory", ODD, f"{said}; 2 GB are needed", "close other programs")
    return Finding("memory", GOOD, said)


def _room(what: str, folder: str, remedy: str) -> Finding:
    try:
        free_mb = shutil.disk_usage(folder).free // 1_000_000
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        return Finding(what, BAD, f"{folder} cannot be written: {error.strerror}", remedy)
    said = f"{free_mb / 1000:.1f} GB are free in {folder}"
    return Finding(what, GOOD, said) if free_mb >= LEAST_FREE_MB else Finding(what, BAD, said, remedy)
