"""What lies in a folder of a download, without what no person put there and results of earlier runs."""

import os
import stat
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.errors import LabError
from grader.intake.choice import FILE, LINK, OTHER
from grader.intake.names import is_archive, is_ignored, is_python, without_graded_name
from grader.intake.refusal import shown
from grader.language import _

FOLDER = "folder"
MAX_ITEMS = 100_000  # in one folder; the largest courses have a tenth of that
LITTER = {"thumbs.db", "desktop.ini"}
RESULTS_MARK = "results.json"  # lies in a folder of results, beside `students`


@dataclass(frozen=True)
class Item:
    """Something in a folder of the download."""

    path: Path
    kind: str

    @property
    def name(self) -> str:
        """Its name, in the one spelling that comparisons need; the platform's own is that of the path."""
        return unicodedata.normalize("NFC", self.path.name)

    @property
    def is_folder(self) -> bool:
        """Whether it holds others."""
        return self.kind == FOLDER

    @property
    def may_be_handed_in(self) -> bool:
        """Whether something that is graded could be in it."""
        return self.kind != FILE or is_archive(self.name) or is_python(self.name)


def items(folder: Path, without: Sequence[Path] = ()) -> list[Item]:
    """What lies in it, by name. Raises LabError where it cannot be read, or holds too much for a class."""
    left_out = {os.path.realpath(path) for path in without}
    real = os.path.realpath(folder)
    found = []
    try:
        with os.scandir(folder) as listing:
            for entry in listing:
                item = Item(Path(entry.path), _kind(entry))
                if is_litter(item) or (item.is_folder and _is_left_out(item, real, left_out)):
                    continue
                found.append(item)
                if len(found) > MAX_ITEMS:
                    raise LabError(
                        _("{folder} holds more than {max_items:,} files: that is no class").format(
                            folder=shown(folder), max_items=MAX_ITEMS
                        )
                    )
    except OSError as error:
        raise LabError(
            _("{folder} cannot be read: {reason}").format(folder=shown(folder), reason=error.strerror)
        ) from None
    return sorted(found, key=lambda item: (item.name, item.path.name))


def is_litter(item: Item) -> bool:
    """Whether a program left it there: hidden files, caches, what macOS and Windows add."""
    return is_ignored((item.name,)) or item.name.casefold() in LITTER


def is_graded(item: Item) -> bool:
    """Whether it is unet.py or infer.py itself, and says nothing about whose."""
    return not item.is_folder and without_graded_name(item.name) == ""


def _is_left_out(item: Item, folder: str, left_out: set[str]) -> bool:
    return os.path.join(folder, item.path.name) in left_out or (
        (item.path / RESULTS_MARK).is_file() and (item.path / "students").is_dir()
    )


def _kind(entry: "os.DirEntry[str]") -> str:
    mode = entry.stat(follow_symlinks=False).st_mode
    if stat.S_ISLNK(mode):
        return LINK
    if stat.S_ISDIR(mode):
        return FOLDER
    return FILE if stat.S_ISREG(mode) else OTHER
