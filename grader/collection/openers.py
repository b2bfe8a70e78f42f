"""Opens the archive that a class comes in: by what its first bytes say; .zip and .tar.gz here."""

import tarfile
import zipfile
from typing import Any, BinaryIO

from grader.collection.contents import Member, Opened, Wanted, pour, refuse_encrypted, refuse_many
from grader.collection.solid import rar, seven_zip
from grader.intake.archive import RAR, SEVEN_ZIP
from grader.intake.decoding import decode_names
from grader.intake.names import parts_of
from grader.intake.refusal import NotGradable
from grader.intake.zips import ENCRYPTED, count, member_names
from grader.language import _


def opened(file: BinaryIO, where: str, path: str) -> Opened:
    """The archive in a file, which programs find at `path`. Raises NotGradable for no kind that is opened."""
    start = file.read(512)
    file.seek(0)
    if start.startswith((b"PK\3\4", b"PK\5\6")):
        refuse_many(count(file), where)
        return _zip(file, where)
    if start.startswith(b"\x1f\x8b") or start[257:262] == b"ustar":
        return _tar(file, where)
    try:
        if start.startswith(SEVEN_ZIP):
            return seven_zip(file, where)
        if start.startswith(RAR):
            return rar(path, where)
    except ImportError:
        raise NotGradable(
            _("{where} is not opened here: unpack it yourself, and give the folder").format(where=where)
        ) from None
    raise NotGradable(
        _("{where} is neither a folder, nor an archive with a class's hand-ins").format(where=where)
    )


def _zip(file: BinaryIO, where: str) -> Opened:
    archive = zipfile.ZipFile(file)
    infos = [info for info in archive.infolist() if not info.is_dir()]
    refuse_encrypted(any(info.flag_bits & ENCRYPTED for info in infos), where)
    members = [Member(parts_of(name), info.file_size, info) for info, name in zip(infos, member_names(infos))]

    def copy(wanted: Wanted) -> None:
        for member, sink in wanted:
            with archive.open(member.raw) as content:
                pour(content, sink)

    # The kind of file in the mode that Unix writes: a plain file, or not said.
    return Opened([member for member in members if member.raw.external_attr >> 28 in (0, 8)], copy)


def _tar(file: BinaryIO, where: str) -> Opened:
    def plain(archive: tarfile.TarFile) -> Any:
        for info in archive:
            archive.members = []  # type: ignore[attr-defined]  # each with its headers, which add up
            if info.isreg() and not info.issparse():
                yield info

    def again() -> tarfile.TarFile:
        file.seek(0)
        return tarfile.open(fileobj=file, mode="r|*", encoding="utf-8", errors="surrogateescape")

    sizes, raw = [], []
    with again() as archive:
        for info in plain(archive):
            raw.append(info.name.encode("utf-8", "surrogateescape"))
            sizes.append(info.size)
            refuse_many(len(raw), where)
    names = decode_names(raw)

    def copy(wanted: Wanted) -> None:
        sinks = {member.raw: sink for member, sink in wanted}
        with again() as archive:
            for number, info in enumerate(plain(archive)):
                content = archive.extractfile(info) if number in sinks else None
                if content is not None:
                    pour(content, sinks[number])

    return Opened(
        [Member(parts_of(name), size, at) for at, (name, size) in enumerate(zip(names, sizes))], copy
    )
