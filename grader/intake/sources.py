"""The files, folders and archives of one submission that came apart, as if they lay in one folder."""

import os
import stat
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from grader.errors import LabError
from grader.intake.budgets import MAX_FILE_BYTES, capped
from grader.intake.choice import FILE, LINK, OTHER, Entry
from grader.intake.folder import Folder, open_plain
from grader.intake.names import parts_of
from grader.intake.refusal import shown, within
from grader.language import _


class Sources:
    """What the sources hold, by the names that the student gave; a name that stands twice is the platform's.

    Raises LabError for a source that is not there.
    """

    def __init__(self, sources: Sequence[tuple[str, Path]], where: str):
        self._where = where
        self._places: list[Path] = []
        self.entries: list[Entry] = []
        again = Counter(name.casefold() for name, _ in sources)
        folders = sum(path.is_dir() for _, path in sources)
        for name, path in sources:
            given = parts_of(name if again[name.casefold()] == 1 else path.name)
            kind = _kind(path)
            if kind is not None:
                self._add(path, given, kind)
                continue
            inside = Folder(path, where)
            above = given if folders > 1 else ()
            for entry in inside.entries:
                self._add(inside.place(entry), (*above, *entry.parts), entry.kind)

    def read(self, entry: Entry) -> bytes:
        """The content of a file. Raises NotGradable for what is not a plain file, or too large."""
        where = within(entry.path, self._where)
        with open_plain(self.place(entry), where) as file:
            return capped(file.read(MAX_FILE_BYTES + 1), where)

    def place(self, entry: Entry) -> Path:
        """Where it lies on the disk."""
        return self._places[entry.number]

    def _add(self, path: Path, parts: tuple[str, ...], kind: str) -> None:
        if parts:
            self.entries.append(Entry(parts, kind, len(self._places)))
            self._places.append(path)


def _kind(path: Path) -> str | None:
    """None for a folder."""
    try:
        mode = os.lstat(path).st_mode
    except (OSError, ValueError):
        raise LabError(_("{path} does not exist any more").format(path=shown(path))) from None
    if stat.S_ISLNK(mode):
        return LINK
    if stat.S_ISDIR(mode):
        return None
    return FILE if stat.S_ISREG(mode) else OTHER
