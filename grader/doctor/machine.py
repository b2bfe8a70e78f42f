"""Python, encoding, disk and memory."""

import os
import shutil
import sys
import tempfile

from grader.doctor.finding import BAD, GOOD, ODD, Finding
from grader.entry import OLDEST, remedy
from grader.lab.paths import LAB
from grader.language import _

SIGNS = "，→ü"  # what the lab's texts and a student's own may hold
LEAST_FREE_MB = 500  # for pictures, pages and temporary files
LEAST_MEMORY_MB = 2000  # torch with the weights, and one forward at 572 x 572


def python() -> Finding:
    """Its version, and whether it is the one of the lab's environment."""
    said = f"{sys.version.split()[0]}, {sys.executable}"
    if sys.version_info < OLDEST:
        return Finding("Python", BAD, said, _("3.10 or later is needed: {remedy}").format(remedy=remedy()))
    if sys.prefix == sys.base_prefix:
        return Finding("Python", ODD, _("{said}, in no environment of its own").format(said=said), remedy())
    return Finding("Python", GOOD, said)


def encoding() -> Finding:
    """Whether texts beyond ASCII can be printed and read."""
    said = _("{encoding} for printing, {names} for names of files").format(
        encoding=sys.stdout.encoding, names=sys.getfilesystemencoding()
    )
    try:
        SIGNS.encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        how = "set PYTHONUTF8=1" if os.name == "nt" else "export PYTHONUTF8=1"
        return Finding(
            _("encoding"), ODD, said, _("some signs cannot be shown: `{how}` first").format(how=how)
        )
    return Finding(_("encoding"), GOOD, said)


def disk() -> list[Finding]:
    """Room where the lab is, and where temporary files go."""
    return [
        _room(_("disk"), str(LAB), _("free some, or move the lab to another disk")),
        _room(
            _("temporary"), tempfile.gettempdir(), _("free some, or set TMPDIR to a folder on another disk")
        ),
    ]


def memory(left_mb: int | None) -> Finding:
    """left_mb: megabytes that are left, None where the system does not say."""
    if left_mb is None:
        return Finding(_("memory"), GOOD, _("this system does not say how much is left; 2 GB are enough"))
    said = _("{gigabytes:.1f} GB are left").format(gigabytes=left_mb / 1000)
    if left_mb < LEAST_MEMORY_MB:
        return Finding(
            _("memory"), ODD, _("{said}; 2 GB are needed").format(said=said), _("close other programs")
        )
    return Finding(_("memory"), GOOD, said)


def _room(what: str, folder: str, remedy: str) -> Finding:
    try:
        free_mb = shutil.disk_usage(folder).free // 1_000_000
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        return Finding(
            what,
            BAD,
            _("{folder} cannot be written: {reason}").format(folder=folder, reason=error.strerror),
            remedy,
        )
    said = _("{gigabytes:.1f} GB are free in {folder}").format(gigabytes=free_mb / 1000, folder=folder)
    return Finding(what, GOOD, said) if free_mb >= LEAST_FREE_MB else Finding(what, BAD, said, remedy)
