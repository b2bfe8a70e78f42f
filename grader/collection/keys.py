"""A key for every hand-in: unique in the class, the same in every run, safe as a folder's name anywhere."""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from grader.collection.hand_in import HandIn
from grader.text import one_line

MAX_BYTES = 100  # of a key; names of files are added to it, and 255 is the end everywhere
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*%#&;$`\'!{}\[\]~^]+')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)  # on Windows


def with_keys(hand_ins: Sequence[HandIn]) -> list[HandIn]:
    """The hand-ins in the order of their keys. Names alike but for letter case get a digest behind."""
    safe = [safe_name(hand_in.key) for hand_in in hand_ins]
    again = Counter(map(_alike, safe))
    keys = [
        f"{key}-{_digest(hand_in)}" if again[_alike(key)] > 1 or key != _plain(hand_in.key) else key
        for key, hand_in in zip(safe, hand_ins)
    ]
    keyed = [replace(hand_in, key=key) for hand_in, key in zip(hand_ins, keys)]
    return sorted(keyed, key=lambda hand_in: hand_in.key)


def safe_name(text: str) -> str:
    """The text as a folder can be called; not empty, never hidden."""
    name = _UNSAFE.sub("_", _plain(text)).strip(" ._-")
    while len(name.encode()) > MAX_BYTES:
        name = name[:-1]
    name = name.rstrip(" ._-") or "hand-in"
    return f"_{name}" if _RESERVED.match(name) else name


def _plain(text: str) -> str:
    return one_line(unicodedata.normalize("NFC", text))


def _alike(key: str) -> str:
    return unicodedata.normalize("NFC", key.casefold())


def _digest(hand_in: HandIn) -> str:
    """Of what the platform calls it, so that it does not depend on who else handed in."""
    names = sorted(source.path.name for source in hand_in.sources)
    said = "\0".join(
        [hand_in.key, *names, *(f"{name}={value}" for name, value in sorted(hand_in.ids.items()))]
    )
    return hashlib.sha256(said.encode("utf-8", "surrogateescape")).hexdigest()[:8]
