"""Reads a .rar: the list of files by rarfile, their contents by a program that is installed."""

from typing import Any

from grader.intake.budgets import MAX_FILE_BYTES, capped, refuse_much
from grader.intake.choice import FILE, LINK, MAX_ENTRIES, OTHER, Entry
from grader.intake.names import parts_of
from grader.intake.refusal import NotGradable, within
from grader.language import N_, _

PROGRAMS = N_("unrar, unar, 7z or bsdtar")
SPOKEN = "-@*?["  # what such a program takes for an option, a list or a pattern


def prepare() -> None:
    """Import what opens them, before limits are set; without it the archive will be refused."""
    try:
        import rarfile  # noqa: F401
    except ImportError:
        return


def is_spoken(name: str) -> bool:
    """Whether a program that unpacks would take the name for something else."""
    return name.startswith(tuple(SPOKEN)) or any(mark in name for mark in SPOKEN[2:])


class Rar:
    """The members of a RAR archive. Raises NotGradable for what no honest hand-in has."""

    def __init__(self, path: str, where: str):
        try:
            import rarfile
        except ImportError:
            raise NotGradable(
                _("{where} is a RAR archive, which is not opened here: hand it in as a plain .zip").format(
                    where=where
                )
            ) from None
        self._where = where
        rarfile.USE_EXTRACT_HACK = 0  # which writes a copy of the archive
        try:
            self._archive = rarfile.RarFile(path, errors="strict")
        except rarfile.NeedFirstVolume:
            raise NotGradable(
                _("{where} is one part of several: hand in one plain .zip").format(where=where)
            ) from None
        if len(self._archive.volumelist()) > 1:
            raise NotGradable(_("{where} is one part of several: hand in one plain .zip").format(where=where))
        if self._archive.needs_password():
            raise NotGradable(
                _("{where} is encrypted: hand in a .zip without a password").format(where=where)
            )
        self._members = [info for info in self._archive.infolist() if not info.is_dir()]
        if len(self._members) > MAX_ENTRIES:
            raise NotGradable(
                _("{where} holds {count:,} files: that cannot be a submission").format(
                    where=where, count=len(self._members)
                )
            )
        refuse_much(sum(info.file_size for info in self._members), where)
        entries = [
            Entry(parts_of(info.filename), _kind(info), number) for number, info in enumerate(self._members)
        ]
        self.entries = [entry for entry in entries if entry.parts]

    def read(self, entry: Entry) -> bytes:
        """The content of a member; rarfile sees whether it is whole and its CRC fits."""
        import rarfile

        info = self._members[entry.number]
        where = within(entry.path, self._where)
        if is_spoken(info.filename):
            raise NotGradable(
                _("{where} has a name that RAR programs read otherwise: hand in a plain .zip").format(
                    where=where
                )
            )
        try:
            with self._archive.open(info) as member:
                content: bytes = member.read(MAX_FILE_BYTES + 1)
        except rarfile.RarCannotExec:
            raise NotGradable(
                _(
                    "{where} is a RAR archive, and no program that unpacks those is installed here "
                    "({programs}): hand it in as a plain .zip"
                ).format(where=self._where, programs=_(PROGRAMS))
            ) from None
        except rarfile.Error as error:
            raise NotGradable(
                _("{where} cannot be unpacked here ({type}): hand it in as a plain .zip").format(
                    where=self._where, type=type(error).__name__
                )
            ) from None
        return capped(content, where)


def _kind(info: Any) -> str:
    if info.is_symlink() or info.file_redir is not None:
        return LINK
    return FILE if info.is_file() else OTHER
