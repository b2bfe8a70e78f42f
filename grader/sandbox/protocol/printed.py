"""Text that comes from the student's process: capped, and without anything that steers a terminal."""

import re

_ESCAPE_SEQUENCE = re.compile(r"\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)?|[@-Z\\-_])")
# C0 and C1 controls but newline and tab; what reverses the direction of writing; half a surrogate pair
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def clean(text: str) -> str:
    """The text without escape sequences and control characters; lines end in a newline."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", _ESCAPE_SEQUENCE.sub("", text))


def cleaned(value):
    """The same for every string in plain data."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [cleaned(item) for item in value]
    if isinstance(value, dict):
        return {clean(key): cleaned(item) for key, item in value.items()}
    return value


class Printed:
    """What was printed during one call: the first `cap` bytes, and how much more there was."""

    def __init__(self, cap: int):
        self.cap, self.kept, self.seen = cap, bytearray(), 0

    def add(self, chunk: bytes) -> None:
        self.kept += chunk[: self.cap - len(self.kept)]
        self.seen += len(chunk)

    def text(self) -> str:
        text = clean(self.kept.decode("utf-8", "replace"))
        more = self.seen - len(self.kept)
        return f"{text}\n[{more} more bytes]" if more else text
