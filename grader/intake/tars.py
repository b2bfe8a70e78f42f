"""Reads a .tar or .tar.gz in one go, counting members while they come and keeping what may be graded."""

import tarfile
from collections.abc import Sequence
from typing import BinaryIO

from grader.intake.budgets import MAX_FILE_BYTES, MAX_KEPT_BYTES, Forward, capped
from grader.intake.choice import FILE, LINK, MAX_ENTRIES, OTHER, Entry
from grader.intake.decoding import decode_names
from grader.intake.names import may_be_graded, parts_of
from grader.intake.refusal import NotGradable, within
from grader.language import _


class Tar:
    """The members of a tar. Raises NotGradable for what no honest hand-in has."""

    def __init__(self, file: BinaryIO, is_packed: bool, where: str, extension_files: Sequence[str]):
        self._where, self._extension_files = where, extension_files
        self._kept: dict[int, bytes] = {}
        self._kept_bytes = 0
        names: list[bytes] = []
        kinds: list[str] = []
        stream = Forward(file, is_packed, where)
        with tarfile.open(fileobj=stream, mode="r:", encoding="utf-8", errors="surrogateescape") as archive:
            while (info := archive.next()) is not None:
                archive.members = []  # type: ignore[attr-defined]  # each with its headers, which add up
                if info.isdir():
                    continue
                self._keep(len(names), info, stream)
                names.append(info.name.encode("utf-8", "surrogateescape"))
                kinds.append(_kind(info))
                if len(names) > MAX_ENTRIES:
                    raise NotGradable(
                        _("{where} holds more than {max_entries:,} files: hand in only your own").format(
                            where=where, max_entries=MAX_ENTRIES
                        )
                    )
        # A damaged header ends the list like the block of zeros that should.
        if stream.last_header.strip(b"\0"):
            raise tarfile.ReadError("a header is damaged")
        stream.drain()
        places = map(parts_of, decode_names(names))
        entries = [Entry(parts, kind, number) for number, (parts, kind) in enumerate(zip(places, kinds))]
        self.entries = [entry for entry in entries if entry.parts]

    def read(self, entry: Entry) -> bytes:
        """The content of a member that may be graded."""
        return capped(self._kept[entry.number], within(entry.path, self._where))

    def _keep(self, number: int, info: tarfile.TarInfo, stream: Forward) -> None:
        parts = parts_of(info.name)
        if _kind(info) != FILE or not parts or not may_be_graded(parts, self._extension_files):
            return
        wanted = min(info.size, MAX_FILE_BYTES + 1)
        stream.seek(info.offset_data)
        content = stream.take(wanted)
        if len(content) < wanted:
            raise EOFError("the archive is cut off")
        self._kept[number] = content
        self._kept_bytes += wanted
        if self._kept_bytes > MAX_KEPT_BYTES:
            raise NotGradable(
                _(
                    "{where} holds more than {max_kept_bytes} MB of files that could be graded: hand in "
                    "only the ones that count"
                ).format(where=self._where, max_kept_bytes=MAX_KEPT_BYTES >> 20)
            )


def _kind(info: tarfile.TarInfo) -> str:
    if info.issym() or info.islnk():
        return LINK
    return FILE if info.isreg() and not info.issparse() else OTHER
