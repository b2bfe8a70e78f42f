"""The names of an archive's members as text, where the archive does not say in which encoding they are.

Zips made on Windows and tars made anywhere carry bytes. One encoding is chosen for a whole archive, as one
program wrote it.
"""

import re
import struct
import zlib
from collections.abc import Sequence

_UNICODE_NAME = 0x7075  # Info-ZIP's extra field: version 1, CRC-32 of the name that it replaces, the name
_KANA, _KANJI = "\u3041-\u30fe", "\u4e00-\u9fff"
_JAPANESE = re.compile(f"[{_KANA}][{_KANA}{_KANJI}]|[{_KANJI}][{_KANA}]")  # one alone may be an accent
_HALF_WIDTH = re.compile("[\uff61-\uff9f]")  # what Chinese text looks like when it is read as Shift-JIS
_LONE_BYTE = re.compile(rb"(?<![\x80-\xff])[\x80-\xff](?![\x80-\xff])")


def decode_names(raw: Sequence[bytes]) -> list[str]:
    """The names as text: UTF-8 if all are, else GBK or Shift-JIS, else cp437, the standard's own.

    cp437 has a character for every byte.
    """
    encoding = encoding_of(raw)
    return [name.decode(encoding) for name in raw]


def encoding_of(raw: Sequence[bytes], western: str = "cp437") -> str:
    """The one encoding that all are in; western: what decodes anything, where accents are likely."""
    if _decoded(raw, "utf-8") is not None:
        return "utf-8"
    japanese = _decoded(raw, "shift_jis")
    if japanese is not None and _JAPANESE.search(japanese) and not _HALF_WIDTH.search(japanese):
        return "shift_jis"
    # An accent in a western name is one byte among letters. GB18030 would swallow the letter after it.
    is_western = all(len(_LONE_BYTE.findall(name)) == len(re.findall(rb"[\x80-\xff]", name)) for name in raw)
    if not is_western and _decoded(raw, "gb18030") is not None:
        return "gb18030"
    return western


def _decoded(raw: Sequence[bytes], encoding: str) -> str | None:
    try:
        return "\n".join(name.decode(encoding) for name in raw)
    except UnicodeDecodeError:
        return None


def unicode_name(extra: bytes, name: bytes) -> str | None:
    """The name in a zip member's extra field; None without one, or where it belongs to another name."""
    while len(extra) >= 4:
        kind, size = struct.unpack("<HH", extra[:4])
        field, extra = extra[4 : 4 + size], extra[4 + size :]
        if kind == _UNICODE_NAME and len(field) == size > 5 and field[0] == 1:
            if struct.unpack("<L", field[1:5])[0] != zlib.crc32(name):
                return None
            return field[5:].decode("utf-8", "replace")
    return None
