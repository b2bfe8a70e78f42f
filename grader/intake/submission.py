"""A submission, and the one way to get it: from a folder, an archive, or a lone unet.py."""

import hashlib
import os
import stat
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

from grader.errors import LabError
from grader.intake.archive import SUFFIXES, Found
from grader.intake.budgets import MAX_FILE_BYTES, capped
from grader.intake.choice import Entry, choose, lone_archive
from grader.intake.folder import Folder, open_plain
from grader.intake.names import is_archive, is_python, parts_of
from grader.intake.process import read_in_own_process
from grader.intake.refusal import PATH_CHARS, NotGradable, shown, within
from grader.intake.sources import Sources
from grader.lab.extensions import EXTENSION_FILES
from grader.language import _


@dataclass(frozen=True)
class Submission:
    """The files that are graded, by their own names, and what their student should be told about them."""

    name: str
    files: dict[str, bytes]
    notes: tuple[str, ...] = ()

    @property
    def digests(self) -> dict[str, str]:
        """{file: SHA-256}."""
        return {name: hashlib.sha256(content).hexdigest() for name, content in sorted(self.files.items())}


def read_submission(path: Path, where: str = "") -> Submission:
    """The files of one submission; where: what messages call it, where that is not its path.

    Raises NotGradable where unet.py is not to be found or cannot be read, LabError where there is nothing.
    """
    where = where or shown(path, PATH_CHARS)
    try:
        mode = os.lstat(path).st_mode
    except (OSError, ValueError):
        message = _(
            "{where} does not exist: give a folder with unet.py, an archive, or unet.py itself"
        ).format(where=where)
        raise LabError(message) from None
    if stat.S_ISLNK(mode):
        raise NotGradable(
            _("{where} is a link: give the folder or file that it leads to").format(where=where)
        )
    if stat.S_ISDIR(mode):
        return _of_folder(path, where)
    if not stat.S_ISREG(mode):
        raise NotGradable(_("{where} is not a plain file").format(where=where))
    found = _lone(path, where) if is_python(path.name) else _of_archive(path, where)
    return Submission(_name(path), found.files, found.notes)


def read_sources(sources: Sequence[tuple[str, Path]], name: str) -> Submission:
    """The files of one submission that came apart: (the name that the student gave, where it lies) of each.

    Raises NotGradable and LabError like read_submission.
    """
    where = _("what {name} handed in").format(name=shown(name))
    try:
        if len(sources) == 1 and _is_whole(*sources[0]):
            return replace(read_submission(sources[0][1], where), name=name)
        found = _of_several(Sources(sources, where), where)
        return Submission(name, found.files, found.notes)
    except NotGradable as error:
        raise type(error)(error.fact) from None  # nobody has to be told of `batch` by it


def _is_whole(name: str, path: Path) -> bool:
    """Whether it may hold a submission: a folder, an archive, or something without an ending."""
    return path.is_dir() or is_archive(name) or not PurePath(name).suffix


def _of_folder(path: Path, where: str) -> Submission:
    folder = Folder(path, where)
    archive = lone_archive(folder.entries, EXTENSION_FILES)
    name = _name(folder.place(archive) if archive else path.resolve())
    found = _of_several(folder, where)
    return Submission(name, found.files, found.notes)


def _of_several(several: Folder | Sources, where: str) -> Found:
    archive = lone_archive(several.entries, EXTENSION_FILES)
    if archive:
        inside = several.place(archive)
        found = _of_archive(inside, within(archive.parts[-1], where))
        return Found(
            found.files, (_("{archive} was opened").format(archive=shown(archive.parts[-1])), *found.notes)
        )
    choice = choose(several.entries, EXTENSION_FILES, where)
    return Found({name: several.read(entry) for name, entry in choice.files.items()}, choice.notes)


def _of_archive(path: Path, where: str) -> Found:
    return read_in_own_process(path, where, EXTENSION_FILES)


def _lone(path: Path, where: str) -> Found:
    choice = choose([Entry(parts_of(path.name))], EXTENSION_FILES, where)
    with open_plain(path, where) as file:
        content = capped(file.read(MAX_FILE_BYTES + 1), where)
    return Found(dict.fromkeys(choice.files, content), choice.notes)


def _name(path: Path) -> str:
    """What a report calls it: `x` for x.tar.gz."""
    name = unicodedata.normalize("NFC", path.name)
    suffix = next((one for one in SUFFIXES if name.casefold().endswith(one)), "")
    return name[: len(name) - len(suffix)] or name
