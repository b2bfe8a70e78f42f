"""Reads a .zip: only stored and deflated members, which give back no more at a time than was asked for."""

import stat
import struct
import zipfile
from typing import BinaryIO

from grader.intake.budgets import MAX_FILE_BYTES, InPieces, capped
from grader.intake.choice import FILE, LINK, MAX_ENTRIES, OTHER, Entry
from grader.intake.decoding import decode_names, unicode_name
from grader.intake.names import parts_of
from grader.intake.refusal import NotGradable, shown, within
from grader.language import _

PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
METHODS = {9: "deflate64", 12: "bzip2", 14: "lzma", 20: "zstd", 93: "zstd", 95: "xz", 99: "AES"}
ENCRYPTED, UTF8 = 1 << 0, 1 << 11  # bits of a member's flags

# The end of central directory record, its ZIP64 form, and what says where that one is
_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR = struct.Struct("<4sLQL")
_IN_END64 = 0xFFFF


class Zip:
    """The members of a zip. Raises NotGradable for what no honest hand-in has."""

    def __init__(self, file: BinaryIO, where: str):
        self._where = where
        _refuse_many(count(file), where)
        self._archive = zipfile.ZipFile(InPieces(file, where))
        self._members = [info for info in self._archive.infolist() if not info.is_dir()]
        _refuse_many(len(self._members), where)
        names = member_names(self._members)
        self.entries = [Entry(parts_of(name), FILE, number) for number, name in enumerate(names)]
        self.entries = [
            Entry(entry.parts, _kind(info), entry.number)
            for entry, info in zip(self.entries, self._members)
            if entry.parts and self._is_plain(info, entry.path)
        ]

    def read(self, entry: Entry) -> bytes:
        """The content of a member; its CRC has to fit."""
        where = within(entry.path, self._where)
        with self._archive.open(self._members[entry.number]) as member:
            content = capped(member.read(MAX_FILE_BYTES + 1), where)
        if len(content) != self._members[entry.number].file_size:  # zipfile does not mind
            raise EOFError("the member is cut off")
        return content

    def _is_plain(self, info: zipfile.ZipInfo, path: str) -> bool:
        if info.flag_bits & ENCRYPTED:
            raise NotGradable(
                _("{path} in {where} is encrypted: hand in a .zip without a password").format(
                    path=shown(path), where=self._where
                )
            )
        if info.compress_type not in PLAIN:
            method = METHODS.get(info.compress_type, f"method {info.compress_type}")
            raise NotGradable(
                _("{path} in {where} is packed with {method}: hand it in as a plain .zip").format(
                    path=shown(path), where=self._where, method=method
                )
            )
        return True


def count(file: BinaryIO) -> int:
    """How many members a zip says it has, before any of them is listed; 0 where it does not say."""
    size = file.seek(0, 2)
    start = max(0, size - _END.size - 0xFFFF)
    file.seek(start)
    tail = file.read(_END.size + 0xFFFF)
    at = tail.rfind(b"PK\5\6", 0, max(0, len(tail) - _END.size) + 4)
    if at < 0:
        return 0
    members = int(_END.unpack_from(tail, at)[4])
    if members == _IN_END64 and start + at >= _LOCATOR.size:
        file.seek(start + at - _LOCATOR.size)
        mark, _, place, _ = _LOCATOR.unpack(file.read(_LOCATOR.size))
        if mark == b"PK\6\7" and place < size - _END64.size:
            file.seek(place)
            members = int(_END64.unpack(file.read(_END64.size))[7])
    return members


def _refuse_many(members: int, where: str) -> None:
    if members > MAX_ENTRIES:
        raise NotGradable(
            _("{where} holds {members:,} files: that cannot be a submission to this lab").format(
                where=where, members=members
            )
        )


def member_names(members: list[zipfile.ZipInfo]) -> list[str]:
    """Their names as text. zipfile takes what is not marked as UTF-8 for cp437, which gives the bytes."""
    marked = [bool(info.flag_bits & UTF8) for info in members]
    raw = [b"" if utf8 else info.orig_filename.encode("cp437") for info, utf8 in zip(members, marked)]
    texts = decode_names(raw)
    return [
        info.orig_filename if utf8 else unicode_name(info.extra, name) or text
        for info, utf8, name, text in zip(members, marked, raw, texts)
    ]


def _kind(info: zipfile.ZipInfo) -> str:
    mode = info.external_attr >> 16
    if stat.S_ISLNK(mode):
        return LINK
    return FILE if stat.S_IFMT(mode) in (0, stat.S_IFREG) else OTHER
