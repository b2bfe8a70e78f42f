"""Reads a folder or a lone file of the disk, following no link."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from grader.errors import LabError
from grader.intake.budgets import MAX_FILE_BYTES, capped
from grader.intake.choice import FILE, LINK, MAX_ENTRIES, MAX_FOLDERS, OTHER, Entry
from grader.intake.names import VENV_MARK, is_ignored, meaning, parts_of
from grader.intake.refusal import NotGradable, shown, within
from grader.language import _


class Folder:
    """What lies in a folder; `entries` is found at once, contents when they are asked for."""

    def __init__(self, top: Path, where: str):
        self._top, self._where = top, where
        self._places: list[Path] = []
        self.entries: list[Entry] = []
        level = [top]
        for _level in range(MAX_FOLDERS + 1):
            found, below = self._level(level)
            if self._is_too_much(found):
                break
            self.entries += found
            level = below

    def read(self, entry: Entry) -> bytes:
        """The content of a file. Raises NotGradable for what is not a plain file, or too large."""
        path = self._places[entry.number]
        with open_plain(path, within(entry.path, self._where)) as file:
            return capped(file.read(MAX_FILE_BYTES + 1), within(entry.path, self._where))

    def place(self, entry: Entry) -> Path:
        """Where it lies on the disk."""
        return self._places[entry.number]

    def _level(self, folders: list[Path]) -> tuple[list[Entry], list[Path]]:
        """What lies in these folders, in the order of names, and the folders among it."""
        found: list[Entry] = []
        below: list[Path] = []
        for folder in folders:
            for path, kind in self._inside(folder):
                parts = tuple(part for name in path.relative_to(self._top).parts for part in parts_of(name))
                if not parts or is_ignored(parts):
                    continue
                if kind is None:
                    below.append(path)
                    continue
                found.append(Entry(parts, kind, len(self._places)))
                self._places.append(path)
                if len(found) > MAX_ENTRIES:
                    return found, []
        return found, below

    def _inside(self, folder: Path) -> list[tuple[Path, str | None]]:
        try:
            with os.scandir(folder) as listing:
                items = sorted(((Path(item.path), _kind(item)) for item in listing), key=str)
        except OSError as error:
            raise LabError(
                _("{folder} cannot be read: {reason}").format(folder=shown(folder), reason=error.strerror)
            ) from None
        if folder != self._top and any(path.name == VENV_MARK for path, _ in items):
            return []
        return items

    def _is_too_much(self, found: list[Entry]) -> bool:
        """Raises NotGradable where there are too many files to say whether one is unet.py."""
        if len(self.entries) + len(found) <= MAX_ENTRIES:
            return False
        if not any(meaning(entry.parts[-1]) for entry in self.entries):
            raise NotGradable(
                _(
                    "{where} holds more than {max_entries} files: hand in the folder that holds unet.py"
                ).format(where=self._where, max_entries=MAX_ENTRIES)
            )
        return True  # it was found above; nobody's pictures have to be counted for it


def _kind(item: "os.DirEntry[str]") -> str | None:
    """None for a folder."""
    if item.is_symlink():
        return LINK
    if item.is_dir(follow_symlinks=False):
        return None
    return FILE if item.is_file(follow_symlinks=False) else OTHER


@contextmanager
def open_plain(path: Path, where: str) -> Iterator[BinaryIO]:
    """The file, for reading. Raises NotGradable for a link and for what is not a plain file."""
    if path.is_symlink():
        raise NotGradable(_("{where} is a link: hand in the file itself").format(where=where))
    try:
        # It may have become a link since; and a named pipe would wait for its other end.
        flags = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        descriptor = os.open(path, os.O_RDONLY | flags)
    except OSError as error:
        raise LabError(
            _("{where} cannot be read: {reason}").format(where=where, reason=error.strerror)
        ) from None
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise NotGradable(_("{where} is not a plain file").format(where=where))
        yield file
