"""Writes what may be graded of a class's archive into a folder, after all of it was listed."""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from grader.collection.contents import Member, refuse_many
from grader.collection.openers import opened
from grader.intake.budgets import MAX_ARCHIVE_BYTES, MAX_FILE_BYTES
from grader.intake.names import is_archive, is_ignored, is_python
from grader.intake.refusal import NotGradable, shown
from grader.language import _

MAX_WRITTEN_BYTES = 64 << 30
MAX_METADATA_BYTES = 256 << 20
MAX_NAME_BYTES = 200  # of one folder or file
KEPT_SUFFIXES = (".yml", ".yaml", ".csv", ".txt", ".html", ".ipynb")


class Output:
    """A new file for one member, which may not be longer than the member said."""

    def __init__(self, path: Path, member: Member, where: str):
        self._path, self._member, self._where = path, member, where
        self._written = 0
        with path.open("xb") as file:
            if not kept(member) and is_archive(member.parts[-1]):
                file.truncate(MAX_ARCHIVE_BYTES + 1)  # whoever opens it says that it is too large

    def write(self, chunk: bytes) -> int:
        """The next piece. Raises NotGradable where the archive lies, since it was counted by what it said."""
        self._written += len(chunk)
        if self._written > self._member.size:
            raise NotGradable(
                _("{where} lies about {parts}: make it anew").format(
                    where=self._where, parts=shown(self._member.parts[-1])
                )
            )
        with self._path.open("ab") as file:
            return file.write(chunk)


class Unpacking:
    """Writes what may be graded into a folder. Raises NotGradable for what no class's download holds."""

    def __init__(self, file: BinaryIO, where: str, out: Path, free_bytes: int):
        self._file, self._where, self._out = file, where, out
        self._free_bytes = free_bytes
        self._folders: set[Path] = set()

    def run(self, path: str) -> None:
        """List all of it, see that it fits, and write it."""
        archive = opened(self._file, self._where, path)
        refuse_many(len(archive.members), self._where)
        members = [one for one in archive.members if one.parts and not is_ignored(one.parts)]
        needed = sum(one.size for one in members if kept(one))
        if needed > min(MAX_WRITTEN_BYTES, self._free_bytes):
            raise NotGradable(
                _(
                    "{where} needs {needed:.1f} GB where it is unpacked, and {max_written_bytes:.1f} GB "
                    "are free for it"
                ).format(
                    where=self._where,
                    needed=needed / 1000000000.0,
                    max_written_bytes=min(MAX_WRITTEN_BYTES, self._free_bytes) / 1000000000.0,
                )
            )
        outputs = [(member, Output(self._place(member.parts), member, self._where)) for member in members]
        archive.copy([(member, output) for member, output in outputs if kept(member)])

    def _place(self, parts: Sequence[str]) -> Path:
        """A new file's path; one that stands twice gets a number, so that both are seen."""
        place = self._out.joinpath(*map(short, parts))
        if place.parent not in self._folders:
            place.parent.mkdir(parents=True, exist_ok=True)
            self._folders.add(place.parent)
        number = 2
        taken = place
        while os.path.lexists(taken):
            taken = place.with_name(f"{place.stem} ({number}){place.suffix}")
            number += 1
        return taken


def kept(member: Member) -> bool:
    """Whether its content matters: of what may be graded, and of what platforms say about it."""
    name = member.parts[-1]
    if is_archive(name):
        return member.size <= MAX_ARCHIVE_BYTES
    if name.casefold().endswith(KEPT_SUFFIXES):
        return member.size <= MAX_METADATA_BYTES
    return member.size <= MAX_FILE_BYTES + 1 or is_python(name)


def short(part: str) -> str:
    """A name that a disk takes: not too long, and no end that Windows drops."""
    if os.name == "nt":
        part = "".join("_" if char in '<>:"|?*' or char < " " else char for char in part).rstrip(" .") or "_"
    if len(part.encode("utf-8", "surrogateescape")) <= MAX_NAME_BYTES:
        return part
    stem, suffix = os.path.splitext(part)
    digest = hashlib.sha256(part.encode("utf-8", "surrogateescape")).hexdigest()[:8]
    return f"{stem.encode('utf-8', 'replace')[:150].decode('utf-8', 'ignore')}~{digest}{suffix[:12]}"
