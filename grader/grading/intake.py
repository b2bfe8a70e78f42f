"""Opens a submission safely: a folder, a .zip or .tar.gz, or a lone unet.py.

Only the files that are graded are read, into memory: links are not followed, sizes are capped,
and nothing is unpacked, so neither `../` nor a bomb has anywhere to go.
"""

import hashlib
import os
import stat
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from grader.errors import LabError
from grader.lab.extensions import EXTENSION_FILES
from grader.lab.plan import CORE_FILES

GRADED = (*CORE_FILES, *EXTENSION_FILES)  # as paths below the folder that holds unet.py
MAX_FILE_BYTES = 1 << 20  # of one source file; the solution has 9 kB
MAX_MEMBERS = 10_000  # of an archive


@dataclass(frozen=True)
class Submission:
    name: str
    files: dict[str, bytes]

    @property
    def digests(self) -> dict[str, str]:
        """{file: SHA-256}."""
        return {name: hashlib.sha256(content).hexdigest() for name, content in sorted(self.files.items())}


def read_submission(path: Path) -> Submission:
    """The files of one submission. Raises LabError where unet.py is not to be found or cannot be read."""
    if path.is_dir():
        files = _of_folder(path)
    elif not path.exists():
        raise LabError(f"{path} does not exist: give a folder with unet.py, an archive, or unet.py itself")
    elif path.suffix == ".py":
        files = {"unet.py": _read(path)}
    elif zipfile.is_zipfile(path):
        files = _of_zip(path)
    elif tarfile.is_tarfile(path):
        files = _of_tar(path)
    else:
        raise LabError(f"{path} is neither a folder, nor a .zip or .tar.gz, nor a .py file")
    if "unet.py" not in files:
        raise LabError(f"there is no unet.py in {path}: hand in the folder that holds it")
    return Submission(path.stem if path.is_file() and path.suffix != ".py" else path.resolve().name, files)


def _of_folder(folder: Path) -> dict[str, bytes]:
    """The shallowest folder that holds unet.py; not deeper than two levels."""
    for pattern in ("unet.py", "*/unet.py", "*/*/unet.py"):
        found = sorted(path for path in folder.glob(pattern) if not _is_linked(path.parent, folder))
        if found:
            return {name: _read(found[0].parent / name) for name in _graded_in(found[0].parent)}
    return {}


def _graded_in(folder: Path) -> list[str]:
    """The graded files that are there. Raises LabError for a folder that is a link."""
    names = [name for name in GRADED if os.path.lexists(folder / name)]
    for name in names:
        below = (folder / name).parent
        if below != folder and below.is_symlink():
            raise LabError(f"{below} is a link: hand in the folder itself")
    return names


def _is_linked(inside: Path, folder: Path) -> bool:
    """Whether a link leads from `folder` to a folder inside it: it could lead to somebody else's work."""
    return inside.resolve() != folder.resolve() / inside.relative_to(folder)


def _read(path: Path) -> bytes:
    """The content of a regular file that is no link."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        raise LabError(f"{path} cannot be read ({error.strerror}): is it a link?") from None
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise LabError(f"{path} is not a plain file")
        return _capped(file.read(MAX_FILE_BYTES + 1), path)


def _capped(content: bytes, path: Path | str) -> bytes:
    if len(content) > MAX_FILE_BYTES:
        raise LabError(
            f"{path} is larger than {MAX_FILE_BYTES >> 20} MB: that cannot be the file of this lab"
        )
    return content


def _choose(names: list[str], path: Path) -> dict[str, str]:
    """{graded file: member}, from the shallowest folder of the archive that holds unet.py."""
    if len(names) > MAX_MEMBERS:
        raise LabError(f"{path} holds {len(names)} files: that cannot be a submission to this lab")
    members = sorted(
        (PurePosixPath(name) for name in names), key=lambda member: (len(member.parts), str(member))
    )
    folder = next(
        (member.parent for member in members if member.name == "unet.py" and "__MACOSX" not in member.parts),
        None,
    )
    if folder is None:
        return {}
    return {
        member.relative_to(folder).as_posix(): str(member)
        for member in reversed(members)
        if member.is_relative_to(folder) and member.relative_to(folder).as_posix() in GRADED
    }


def _of_zip(path: Path) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = {
                str(PurePosixPath(info.filename)): info for info in archive.infolist() if not info.is_dir()
            }
            files = {}
            for name, member in _choose(list(members), path).items():
                info = members[member]
                if stat.S_ISLNK(info.external_attr >> 16):
                    raise LabError(f"{member} in {path} is a link, not a file")
                with archive.open(info) as file:
                    files[name] = _capped(file.read(MAX_FILE_BYTES + 1), f"{member} in {path}")
            return files
    except (zipfile.BadZipFile, EOFError, OSError, RuntimeError, NotImplementedError, ValueError) as error:
        raise LabError(f"{path} cannot be unpacked: {error}") from None


def _of_tar(path: Path) -> dict[str, bytes]:
    try:
        with tarfile.open(path) as archive:
            members = {
                str(PurePosixPath(info.name)): info for info, _ in zip(archive, range(MAX_MEMBERS + 1))
            }
            chosen = _choose(list(members), path)
            files = {}
            for name, member in chosen.items():
                if not members[member].isfile():
                    raise LabError(f"{member} in {path} is not a plain file")
                files[name] = _capped(
                    archive.extractfile(members[member]).read(MAX_FILE_BYTES + 1), f"{member} in {path}"
                )
            return files
    except (tarfile.TarError, EOFError, OSError, ValueError) as error:
        raise LabError(f"{path} cannot be unpacked: {error}") from None
