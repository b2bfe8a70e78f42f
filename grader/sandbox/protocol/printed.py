"""What a student's code printed during one call: capped, and without anything that steers a terminal."""

from grader.language import _
from grader.text import clean, without_places


class Printed:
    """The first `cap` bytes, and how much more there was."""

    def __init__(self, cap: int):
        self.cap, self.kept, self.seen = cap, bytearray(), 0

    def add(self, chunk: bytes) -> None:
        """Keep what fits."""
        self.kept += chunk[: self.cap - len(self.kept)]
        self.seen += len(chunk)

    def text(self) -> str:
        """What was kept, cleaned."""
        text = without_places(clean(self.kept.decode("utf-8", "replace")))
        more = self.seen - len(self.kept)
        return _("{text}\n[{more} more bytes]").format(text=text, more=more) if more else text
