"""Reads a .7z, by py7zr; what stands before a file in it has to be unpacked as well."""

from typing import Any, BinaryIO

from grader.intake.budgets import MAX_FILE_BYTES, capped, refuse_much
from grader.intake.choice import FILE, LINK, MAX_ENTRIES, OTHER, Entry
from grader.intake.names import parts_of
from grader.intake.refusal import NotGradable, within
from grader.language import _


def prepare() -> None:
    """Import what opens them, before limits are set; without it the archive will be refused."""
    try:
        import py7zr  # noqa: F401
    except ImportError:
        return


class SevenZip:
    """The members of a 7z archive. Raises NotGradable for what no honest hand-in has."""

    def __init__(self, file: BinaryIO, where: str):
        try:
            import py7zr
        except ImportError:
            raise NotGradable(
                _("{where} is a 7z archive, which is not opened here: hand it in as a plain .zip").format(
                    where=where
                )
            ) from None
        self._where = where
        try:
            self._archive = py7zr.SevenZipFile(file)
        except py7zr.exceptions.PasswordRequired:
            raise NotGradable(
                _("{where} is encrypted: hand in a .zip without a password").format(where=where)
            ) from None
        except py7zr.exceptions.UnsupportedCompressionMethodError:
            raise NotGradable(
                _("{where} is packed in a rare way: hand it in as a plain .zip").format(where=where)
            ) from None
        if self._archive.needs_password():
            raise NotGradable(
                _("{where} is encrypted: hand in a .zip without a password").format(where=where)
            )
        self._members = [info for info in self._archive.list() if not info.is_directory]
        if len(self._members) > MAX_ENTRIES:
            raise NotGradable(
                _("{where} holds {count:,} files: that cannot be a submission").format(
                    where=where, count=len(self._members)
                )
            )
        refuse_much(sum(info.uncompressed for info in self._members), where)
        entries = [
            Entry(parts_of(info.filename), _kind(info), number) for number, info in enumerate(self._members)
        ]
        self.entries = [entry for entry in entries if entry.parts]

    def read(self, entry: Entry) -> bytes:
        """The content of a member; its CRC has to fit."""
        from py7zr.io import BytesIOFactory

        info = self._members[entry.number]
        where = within(entry.path, self._where)
        capped(bytes(min(info.uncompressed, MAX_FILE_BYTES + 1)), where)
        made = BytesIOFactory(MAX_FILE_BYTES + 1)
        self._archive.reset()
        self._archive.extract(targets=[info.filename], factory=made)
        content: bytes = made.get(info.filename).read()
        return content


def _kind(info: Any) -> str:
    if info.is_symlink:
        return LINK
    return FILE if info.is_file else OTHER
