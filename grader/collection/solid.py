"""Opens a .7z or .rar that a class comes in, by the same libraries as one student's; see intake/."""

from collections.abc import Mapping
from typing import Any, BinaryIO

from grader.collection.contents import Member, Opened, Sink, Wanted, pour, refuse_encrypted, refuse_many
from grader.intake.names import parts_of
from grader.intake.rars import PROGRAMS, is_spoken
from grader.intake.refusal import NotGradable
from grader.language import _


def seven_zip(file: BinaryIO, where: str) -> Opened:
    """A 7z archive. Raises NotGradable, or ImportError without py7zr."""
    import py7zr

    try:
        archive = py7zr.SevenZipFile(file)
    except py7zr.exceptions.PasswordRequired:
        raise NotGradable(
            _("{where} is encrypted: unpack it yourself, and give the folder").format(where=where)
        ) from None
    refuse_encrypted(archive.needs_password(), where)
    infos = [info for info in archive.list() if info.is_file]
    refuse_many(len(infos), where)
    if len({info.filename for info in infos}) < len(infos):
        raise NotGradable(
            _("{where} holds files of the same name: unpack it yourself, and give the folder").format(
                where=where
            )
        )

    def copy(wanted: Wanted) -> None:
        sinks = {member.raw: sink for member, sink in wanted}
        archive.reset()
        archive.extract(targets=list(sinks), factory=_factory(sinks))

    return Opened([Member(parts_of(info.filename), info.uncompressed, info.filename) for info in infos], copy)


def _factory(sinks: Mapping[str, Sink]) -> Any:
    """What py7zr asks where to write: it knows members by their names."""
    from py7zr.io import Py7zIO, WriterFactory

    class Output(Py7zIO):
        def __init__(self, sink: Sink):
            self._sink, self._size = sink, 0

        def write(self, s: bytes | bytearray) -> int:
            self._size += len(s)
            return self._sink.write(bytes(s))

        def read(self, size: int | None = None) -> bytes:
            return b""

        def seek(self, offset: int, whence: int = 0) -> int:
            return 0

        def flush(self) -> None:
            pass

        def size(self) -> int:
            return self._size

    class Factory(WriterFactory):
        def create(self, filename: str) -> Py7zIO:
            return Output(sinks[filename])

    return Factory()


def rar(path: str, where: str) -> Opened:
    """A RAR archive. Raises NotGradable, or ImportError without rarfile."""
    import rarfile

    rarfile.USE_EXTRACT_HACK = 0  # which writes a copy of the archive
    archive = rarfile.RarFile(path, errors="strict")
    refuse_encrypted(archive.needs_password(), where)
    infos = [info for info in archive.infolist() if info.is_file() and info.file_redir is None]
    refuse_many(len(infos), where)

    def copy(wanted: Wanted) -> None:
        try:
            for member, sink in wanted:
                if is_spoken(member.raw.filename):
                    raise NotGradable(
                        _("{where} has names that RAR programs read otherwise: unpack it yourself").format(
                            where=where
                        )
                    )
                with archive.open(member.raw) as content:
                    pour(content, sink)
        except rarfile.RarCannotExec:
            raise NotGradable(
                _(
                    "{where} is a RAR archive, and no program that unpacks those is installed here "
                    "({programs}): unpack it yourself, and give the folder"
                ).format(where=where, programs=PROGRAMS)
            ) from None

    return Opened([Member(parts_of(info.filename), info.file_size, info) for info in infos], copy)
