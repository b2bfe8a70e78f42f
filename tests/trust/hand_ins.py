"""Makes what students and attackers hand in: zips and tars, honest, odd and hostile."""

import base64
import gzip
import io
import struct
import tarfile
import zipfile
import zlib
from pathlib import Path
from typing import Any

import py7zr

FILES = {"unet.py": b"x = 1\n", "infer.py": b"y = 2\n"}


def folder(place: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(content)
    return place


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def tarred(files: dict[str, bytes], mode: str = "w:gz") -> bytes:
    return tar_of([(tarfile.TarInfo(name), content) for name, content in files.items()], mode)


def tar_of(members: list[tuple[tarfile.TarInfo, bytes]], mode: str = "w:gz") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:
        for info, content in members:
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def link(name: str, kind: bytes = tarfile.SYMTYPE) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, "../../solution/unet.py"
    return info, b""


def raw_zip(
    name: bytes,
    content: bytes = b"x = 1",
    *,
    method: int = 0,
    size: int | None = None,
    flags: int = 0,
    mode: int = 0,
    count: int = 1,
    extra: bytes = b"",
    crc: int | None = None,
) -> bytes:
    """A zip of one member of which every field may lie."""
    crc = zlib.crc32(content) if crc is None else crc
    size = len(content) if size is None else size
    fields = (flags, method, 0, 0x21, crc, len(content), size, len(name), len(extra))
    local = struct.pack("<4s5H3L2H", b"PK\3\4", 20, *fields) + name + extra + content
    listed = struct.pack("<4s6H3L5H2L", b"PK\1\2", 0x314, 20, *fields, 0, 0, 0, mode << 16, 0) + name + extra
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, len(listed), len(local), 0)
    return local + listed + end


def seven_zipped(files: dict[str, bytes], **options: Any) -> bytes:
    buffer = io.BytesIO()
    with py7zr.SevenZipFile(buffer, "w", **options) as archive:
        for name, content in files.items():
            archive.writestr(content, name)
    return buffer.getvalue()


def rarred(files: dict[str, bytes]) -> bytes:
    """A RAR of version 5 whose members are stored, which needs no program to be unpacked."""

    def number(value: int) -> bytes:
        low, value = value & 0x7F, value >> 7
        return bytes([low | 0x80]) + number(value) if value else bytes([low])

    def block(kind: int, fields: bytes, data: bytes = b"") -> bytes:
        header = number(kind) + (number(2) + number(len(data)) if data else number(0)) + fields
        sized = number(len(header)) + header
        return struct.pack("<L", zlib.crc32(sized)) + sized + data

    blocks = [block(1, number(0))]
    for name, content in files.items():
        called = name.encode()
        fields = number(4) + number(len(content)) + number(0o100644) + struct.pack("<L", zlib.crc32(content))
        fields += number(0) + number(1) + number(len(called)) + called
        blocks.append(block(2, fields, content))
    return b"Rar!\x1a\x07\x01\0" + b"".join(blocks) + block(5, number(0))


# 2 GB of zeros as one stream of bzip2 (1,522 bytes), itself packed by zlib.
TWO_GB = (
    b"c-nJ{%CIzaj8qGb<l}sFpE17Af#CoH1BU{GL4&WG(*o6%Tn*Dl<wxa5<wxa5<p;BT!-f|;j3P@N8i4XFU=?RrHJ5ozRNM%}kKTDK=Ms"
    b"`GPBnG_0F05!yZ"
)


def bzip2_bomb() -> bytes:
    """A zip of 1.6 kB with one member of 2 GB."""
    return raw_zip(b"unet.py", zlib.decompress(base64.b85decode(TWO_GB)), method=12, size=(1 << 31) - 1)


def pax_bomb(megabytes: int = 300) -> bytes:
    """A .tar.gz whose first header is so long."""
    info = tarfile.TarInfo("x")
    info.type, info.size = tarfile.XHDTYPE, megabytes << 20
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0) as packed:
        packed.write(info.tobuf(tarfile.USTAR_FORMAT))
        for _ in range(megabytes):
            packed.write(bytes(1 << 20))
    return buffer.getvalue()
