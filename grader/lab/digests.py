"""Digests of what decides marks: a result is still good where all of them are the same."""

import hashlib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from grader.errors import LabError
from grader.lab.paths import ASSETS, LAB, SOLUTION, STUDENT
from grader.language import _

# Of grader/: what asks, answers and compares. How a result looks does not decide it.
DECIDES = ("rubric", "checking", "explain", "grading", "implementations", "lab", "pictures", "sandbox")
LENGTH = 12  # hexadecimal digits, as of a secret's fingerprint
CHUNK = 1 << 20


def graded_by(model: Path, pictures: Path | None = None) -> dict[str, str]:
    """{"rubric", "solution", "model" and perhaps "pictures": digest}. Raises LabError."""
    digests = {"rubric": _rubric(), "solution": _solution(), "model": _digest([model])}
    if pictures is not None:
        digests["pictures"] = _digest(path for path in sorted(pictures.rglob("*")) if path.is_file())
    return digests


def are_as_released(files: Mapping[str, str]) -> bool:
    """Whether these {file: SHA-256} are the files that every student was given."""
    released = ((name, STUDENT / name) for name in files)
    return all(path.is_file() and files[name] == _sha256(path) for name, path in released)


@cache
def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@cache
def _rubric() -> str:
    folders = (LAB / "grader" / name for name in DECIDES)
    files = [path for folder in folders for path in folder.rglob("*.py")]
    return _digest(sorted([*files, LAB / "grader" / "compare.py"]))


@cache
def _solution() -> str:
    """Of its files; where there are none, of its frozen answers."""
    if SOLUTION.is_dir():
        return _digest(sorted(SOLUTION.rglob("*.py")))
    return _digest([ASSETS / "expected.npz"])


def _digest(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in files:
        digest.update(f"{path.name}\0".encode("utf-8", "surrogateescape"))
        try:
            with path.open("rb") as file:
                while chunk := file.read(CHUNK):
                    digest.update(chunk)
        except OSError as error:
            raise LabError(
                _("{path} cannot be read: {reason}").format(path=path, reason=error.strerror or error)
            ) from None
    return digest.hexdigest()[:LENGTH]
