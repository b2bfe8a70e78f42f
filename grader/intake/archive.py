"""Opens an archive by what its first bytes say, and reads the files that are graded."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from grader.intake.budgets import MAX_ARCHIVE_BYTES
from grader.intake.choice import FILE, LINK, Entry, choose
from grader.intake.names import is_ignored
from grader.intake.refusal import NotGradable, shown
from grader.language import N_, _

SUFFIXES = (".tar.gz", ".tgz", ".tar", ".zip", ".7z", ".rar")
SEVEN_ZIP, RAR = b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07"

OTHER_KINDS = {
    b"BZh": N_("a bzip2 archive"),
    b"\xfd7zXZ\0": N_("an xz archive"),
    b"\x28\xb5\x2f\xfd": N_("a zstd archive"),
    b"\x1f\x9d": N_("a compress archive"),
}
_USTAR = slice(257, 262)  # where a tar says that it is one
_LONGEST_START = 512


@dataclass(frozen=True)
class Found:
    """The graded files of a submission, and what its student should be told about them."""

    files: dict[str, bytes]
    notes: tuple[str, ...]


class Members(Protocol):
    """An opened archive."""

    entries: list[Entry]

    def read(self, entry: Entry) -> bytes:
        """The content of one of them."""


def is_solid(file: BinaryIO) -> bool:
    """Whether it is of a kind that unpacks all that stands before a file."""
    start = file.read(_LONGEST_START)
    file.seek(0)
    return start.startswith((SEVEN_ZIP, RAR))


def read_archive(file: BinaryIO, where: str, extension_files: Sequence[str], path: str) -> Found:
    """The graded files of an archive; `where` is what messages call it, `path` where programs find it.

    Raises NotGradable, and nothing else.
    """
    try:
        members = _open(file, where, extension_files, path)
        _refuse_tricks(members.entries, where)
        choice = choose(members.entries, extension_files, where)
        return Found({name: members.read(entry) for name, entry in choice.files.items()}, choice.notes)
    except NotGradable:
        raise
    except MemoryError:
        raise NotGradable(
            _("{where} takes too much memory to open: hand it in as a plain .zip").format(where=where)
        ) from None
    except Exception as error:  # the standard library's readers raise nearly anything when a file lies
        reason = _("cut off") if isinstance(error, EOFError) else _("damaged, or no archive of its kind")
        raise NotGradable(
            _("{where} is {reason} ({type}): make the archive anew").format(
                where=where, reason=reason, type=type(error).__name__
            )
        ) from None


def _open(file: BinaryIO, where: str, extension_files: Sequence[str], path: str) -> Members:
    from grader.intake.tars import Tar  # late, here and below: each takes some of a fresh process's time

    if file.seek(0, 2) > MAX_ARCHIVE_BYTES:
        raise NotGradable(
            _("{where} is larger than {most} MB: hand in only the files that you wrote").format(
                where=where, most=MAX_ARCHIVE_BYTES >> 20
            )
        )
    file.seek(0)
    start = file.read(_LONGEST_START)
    file.seek(0)
    if start.startswith((b"PK\3\4", b"PK\5\6")):
        from grader.intake.zips import Zip

        return Zip(file, where)
    if start.startswith(b"\x1f\x8b"):
        return Tar(file, True, where, extension_files)
    if start.startswith(SEVEN_ZIP):
        from grader.intake.sevenzips import SevenZip

        return SevenZip(file, where)
    if start.startswith(RAR):
        from grader.intake.rars import Rar

        return Rar(path, where)
    for mark, kind in OTHER_KINDS.items():
        if start.startswith(mark):
            raise NotGradable(
                _("{where} is {kind}, which is not opened here: hand it in as a plain .zip").format(
                    where=where, kind=_(kind)
                )
            )
    if start[_USTAR] == b"ustar":
        return Tar(file, False, where, extension_files)
    raise NotGradable(
        _("{where} is neither a folder, nor a .zip, .tar.gz, .7z or .rar, nor a .py file").format(where=where)
    )


def _refuse_tricks(entries: Sequence[Entry], where: str) -> None:
    """Links, devices and names that stand twice: nobody needs them to hand in two files."""
    seen: set[tuple[str, ...]] = set()
    for entry in entries:
        if is_ignored(entry.parts):
            continue
        if entry.kind != FILE:
            what = _("a link") if entry.kind == LINK else _("neither a file nor a folder")
            raise NotGradable(
                _("{path} in {where} is {what}: hand in the file itself").format(
                    path=shown(entry.path), where=where, what=what
                )
            )
        if entry.parts in seen:
            raise NotGradable(
                _("{path} is in {where} twice: hand in the one that counts").format(
                    path=shown(entry.path), where=where
                )
            )
        seen.add(entry.parts)
