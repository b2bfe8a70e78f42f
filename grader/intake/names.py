"""What a file's name means: unet.py and infer.py, as browsers, platforms and people rename them."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from grader.lab.plan import CORE_FILES

STEMS = tuple(PurePosixPath(file).stem for file in CORE_FILES)
ARCHIVES = (".zip", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".zst", ".7z", ".rar", ".tbz2", ".txz")
IGNORED = {"__macosx", "__pycache__", "venv", "env", "virtualenv", "site-packages", "node_modules"}
VENV_MARK = "pyvenv.cfg"  # lies in every virtual environment, whatever its name

# What platforms put before the name that the student gave
_PREFIXES = re.compile(
    r"^(?:(?:late_)?anon_[^_]+_\d+_"  # Canvas, anonymous grading
    r"|.*?_\d{2,}_\d{2,}_"  # Canvas: name, perhaps LATE, user id, file id
    r"|.*_\d+_assignsubmission_file_"  # Moodle, without folders
    r"|.*_attempt_[\d-]+_)"  # Blackboard
    r"(?=.)"
)
_AGAIN = re.compile(r"(\s*\(\d{1,3}\)|\s*-\d{1,3})+$")  # a second download, or a second upload
_LIKE = {  # the same word somewhere in a longer name
    "unet": re.compile(r"(?<![a-z])u[-_ ]?net(?![a-z])"),
    "infer": re.compile(r"(?<![a-z])infer(?![a-z])"),
}


@dataclass(frozen=True)
class Meaning:
    """Which graded file a name stands for, and whether beyond doubt: `Unet (1).py`, not `unet_old.py`."""

    file: str
    is_sure: bool


def parts_of(path: str) -> tuple[str, ...]:
    """A path as written in an archive, as its parts: in NFC, below the top, without drive, `.` and `..`."""
    parts = unicodedata.normalize("NFC", path).replace("\\", "/").split("/")
    if re.fullmatch("[A-Za-z]:", parts[0]):
        parts = parts[1:]
    return tuple(part for part in parts if part not in ("", ".", ".."))


def is_ignored(parts: Sequence[str]) -> bool:
    """Whether this is hidden, or lies in a folder that programs fill and people do not mean to hand in."""
    return any(part.startswith(".") or part.casefold() in IGNORED for part in parts)


def is_python(name: str) -> bool:
    """Whether it ends in .py, in any case, perhaps with a space behind."""
    return _tidy(name).endswith(".py")


def is_archive(name: str) -> bool:
    """Whether it is called like an archive, also of a kind that is not opened here."""
    return _tidy(name).endswith(ARCHIVES)


def meaning(name: str) -> Meaning | None:
    """The graded file that this name stands for; None for any other file."""
    tidy = _tidy(name)
    if not tidy.endswith(".py"):
        return None
    stem = _PREFIXES.sub("", tidy).removesuffix(".py").strip()
    plain = _AGAIN.sub("", stem).strip()
    if plain in STEMS:
        return Meaning(f"{plain}.py", is_sure=True)
    like = [word for word in reversed(STEMS) if _LIKE[word].search(stem)]
    # `unet_infer.py` is about inference; a test is neither.
    if not like or stem.startswith("test"):
        return None
    return Meaning(f"{like[0]}.py", is_sure=False)


def without_graded_name(name: str) -> str | None:
    """What is left of a Python file's name without the word that says which file it is: `ada` of ada_unet.py.

    None where there is no such word.
    """
    if meaning(name) is None:
        return None
    stem = unicodedata.normalize("NFKC", name).strip()[: -len(".py")]
    stem = _AGAIN.sub("", _PREFIXES.sub("", stem)).strip()
    for word in STEMS:
        found = list(_LIKE[word].finditer(stem.casefold()))
        if found and len(stem.casefold()) == len(stem):
            stem = stem[: found[-1].start()] + stem[found[-1].end() :]
    return stem.strip(" _-.")


def may_be_graded(parts: Sequence[str], extension_files: Sequence[str]) -> bool:
    """Whether a file at this place could be one that is read."""
    return meaning(parts[-1]) is not None or "/".join(parts[-2:]) in extension_files


def _tidy(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold().strip()
