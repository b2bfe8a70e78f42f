"""The members of a class's archive, listed first and then written one after the other into a folder."""

import hashlib
import os
import tarfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, BinaryIO, NamedTuple

from grader.intake.archive import RAR, SEVEN_ZIP
from grader.intake.budgets import CHUNK_BYTES, MAX_ARCHIVE_BYTES, MAX_FILE_BYTES
from grader.intake.decoding import decode_names
from grader.intake.names import is_archive, is_ignored, is_python, parts_of
from grader.intake.refusal import NotGradable, shown
from grader.intake.zips import ENCRYPTED, count, member_names

MAX_MEMBERS = 200_000
MAX_WRITTEN_BYTES = 64 << 30
MAX_METADATA_BYTES = 256 << 20
MAX_NAME_BYTES = 200  # of one folder or file
KEPT_SUFFIXES = (".yml", ".yaml", ".csv", ".txt", ".html", ".ipynb")


class Member(NamedTuple):
    """One file of the archive: its place, and how many bytes it says it has."""

    parts: tuple[str, ...]
    size: int
    raw: Any


class Unpacking:
    """Writes what may be graded into a folder. Raises NotGradable for what no class's download holds."""

    def __init__(self, file: BinaryIO, where: str, out: Path, free_bytes: int):
        self._file, self._where, self._out = file, where, out
        self._free_bytes = free_bytes
        self._folders: set[Path] = set()

    def run(self, path: str) -> None:
        """List all of it, see that it fits, and write it."""
        members, contents = self._opened(path)
        self._refuse_many(len(members))
        members = [one for one in members if one.parts and not is_ignored(one.parts)]
        needed = sum(one.size for one in members if kept(one))
        if needed > min(MAX_WRITTEN_BYTES, self._free_bytes):
            raise NotGradable(
                f"{self._where} needs {needed / 1e9:.1f} GB where it is unpacked, and "
                f"{min(MAX_WRITTEN_BYTES, self._free_bytes) / 1e9:.1f} GB are free for it"
            )
        for member, chunks in contents(members):
            self._write(member, chunks)

    def _refuse_many(self, members: int) -> None:
        if members > MAX_MEMBERS:
            raise NotGradable(f"{self._where} holds {members:,} files: give the hand-ins in several folders")

    def _opened(self, path: str) -> tuple[list[Member], "Contents"]:
        start = self._file.read(512)
        self._file.seek(0)
        if start.startswith((b"PK\3\4", b"PK\5\6")):
            self._refuse_many(count(self._file))
            return _zip(self._file, self._where)
        if start.startswith(b"\x1f\x8b") or start[257:262] == b"ustar":
            return _tar(self._file, self._refuse_many)
        if start.startswith(SEVEN_ZIP):
            raise NotGradable(f"{self._where} is a 7z archive: unpack it yourself, and give the folder")
        if start.startswith(RAR):
            raise NotGradable(f"{self._where} is a RAR archive: unpack it yourself, and give the folder")
        raise NotGradable(f"{self._where} is neither a folder, nor a .zip or .tar.gz with a class's hand-ins")

    def _write(self, member: Member, chunks: Iterable[bytes]) -> None:
        path = self._place(member.parts)
        with path.open("xb") as file:
            if kept(member):
                written = 0
                for chunk in chunks:
                    written += len(chunk)
                    if written > member.size:  # it was counted by what it said
                        raise NotGradable(f"{self._where} lies about {shown(member.parts[-1])}: make it anew")
                    file.write(chunk)
            elif is_archive(member.parts[-1]):
                file.truncate(MAX_ARCHIVE_BYTES + 1)  # whoever opens it says that it is too large

    def _place(self, parts: Sequence[str]) -> Path:
        """A new file's path; one that stands twice gets a number, so that both are seen."""
        place = self._out.joinpath(*map(short, parts))
        for folder in (place.parent,):
            if folder not in self._folders:
                folder.mkdir(parents=True, exist_ok=True)
                self._folders.add(folder)
        number = 2
        taken = place
        while os.path.lexists(taken):
            taken = place.with_name(f"{place.stem} ({number}){place.suffix}")
            number += 1
        return taken


Contents = Callable[[Sequence[Member]], Iterator[tuple[Member, Iterable[bytes]]]]


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


def _zip(file: BinaryIO, where: str) -> tuple[list[Member], Contents]:
    archive = zipfile.ZipFile(file)
    infos = [info for info in archive.infolist() if not info.is_dir()]
    for info in infos:
        if info.flag_bits & ENCRYPTED:
            raise NotGradable(f"{where} is encrypted: unpack it yourself, and give the folder")
    members = [Member(parts_of(name), info.file_size, info) for info, name in zip(infos, member_names(infos))]

    def contents(wanted: Sequence[Member]) -> Iterator[tuple[Member, Iterable[bytes]]]:
        for member in wanted:
            with archive.open(member.raw) as content:
                yield member, _chunks(content)

    return [member for member in members if _is_plain(member.raw)], contents


def _is_plain(info: zipfile.ZipInfo) -> bool:
    kind = info.external_attr >> 28
    return kind in (0, 8)  # a plain file, or not said: links are left out


def _tar(file: BinaryIO, refuse_many: Callable[[int], None]) -> tuple[list[Member], Contents]:
    sizes, raw = [], []
    with tarfile.open(fileobj=file, mode="r|*", encoding="utf-8", errors="surrogateescape") as archive:
        for info in archive:
            archive.members = []  # type: ignore[attr-defined]  # each with its headers, which add up
            if info.isreg() and not info.issparse():
                raw.append(info.name.encode("utf-8", "surrogateescape"))
                sizes.append(info.size)
                refuse_many(len(raw))
    names = decode_names(raw)
    members = [Member(parts_of(name), size, at) for at, (name, size) in enumerate(zip(names, sizes))]

    def contents(wanted: Sequence[Member]) -> Iterator[tuple[Member, Iterable[bytes]]]:
        by_number = {member.raw: member for member in wanted}
        file.seek(0)
        number = 0
        with tarfile.open(fileobj=file, mode="r|*", encoding="utf-8", errors="surrogateescape") as again:
            for info in again:
                again.members = []  # type: ignore[attr-defined]
                if not info.isreg() or info.issparse():
                    continue
                content = again.extractfile(info) if number in by_number else None
                if content is not None:
                    with suppress(KeyError):
                        yield by_number[number], _chunks(content)
                number += 1

    return members, contents


def _chunks(content: IO[bytes]) -> Iterator[bytes]:
    while chunk := content.read(CHUNK_BYTES):
        yield chunk
