"""Puts an export into its folder: whole or not at all, and over nothing that it did not write itself."""

import hashlib
import json
import os
import shutil
import tempfile
from pathlib import Path, PurePosixPath

from grader.errors import LabError
from grader.language import _

MARKER = ".unet-lab-export.json"
Files = dict[str, bytes | Path]  # path -> what it holds, or the file to copy


def place(files: Files, out: Path, what: str) -> list[str]:
    """Write the files to `out`, which is new, empty, or an earlier export; returns their paths.

    Of an earlier export, files that are no longer part of it go, and everything else (`.git`, what you added)
    stays. Raises LabError, having changed nothing, where a file would be lost.
    """
    earlier = _earlier(out, what)
    digests = {name: _digest(source) for name, source in sorted(files.items())}
    for name in sorted(earlier.keys() | digests.keys()):
        known = earlier.get(name), digests.get(name), None  # the second: of an export that was stopped
        if (out / name).is_symlink() or _digest(out / name) not in known:
            raise LabError(
                _("{out} is not as it was exported: move it away, or export elsewhere").format(out=out / name)
            )
    try:
        out.absolute().parent.mkdir(parents=True, exist_ok=True)
        stage = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.absolute().parent))
    except OSError as error:
        raise LabError(
            _("{out} cannot be written: {reason}").format(out=out, reason=error.strerror)
        ) from None
    try:
        return _write(files, out, stage, {"export": what, "files": digests}, earlier)
    except OSError as error:
        raise LabError(
            _("{out} cannot be written: {reason}").format(out=out, reason=error.strerror or error)
        ) from None
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _write(
    files: Files, out: Path, stage: Path, marker: dict[str, object], earlier: dict[str, str]
) -> list[str]:
    os.chmod(stage, 0o755)  # mkdtemp's is private
    for name, source in files.items():
        path = stage / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(source) if isinstance(source, bytes) else shutil.copyfile(source, path)
    (stage / MARKER).write_text(json.dumps(marker, indent=1) + "\n", encoding="utf-8")
    if not earlier:
        if out.is_dir():
            out.rmdir()
        os.rename(stage, out)
        return sorted(files)
    for name in [*sorted(files), MARKER]:  # the marker last: stopped in between, the same command goes on
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        os.replace(stage / name, out / name)
    for name in earlier.keys() - files.keys():
        (out / name).unlink(missing_ok=True)
        for folder in PurePosixPath(name).parents:
            if folder.name and (out / folder).is_dir() and not any((out / folder).iterdir()):
                (out / folder).rmdir()
    return sorted(files)


def _earlier(out: Path, what: str) -> dict[str, str]:
    """{path: SHA-256} of the export that is there; empty where nothing is. Raises LabError."""
    if os.path.lexists(out) and not out.is_dir():
        raise LabError(_("{out} is a file: name a folder").format(out=out))
    if not out.exists() or not any(out.iterdir()):
        return {}
    try:
        marker = json.loads((out / MARKER).read_text(encoding="utf-8"))
        found = dict(marker["files"]) if marker["export"] == what else None
    except (OSError, ValueError, KeyError, TypeError):
        found = None
    if found is None or any(".." in PurePosixPath(name).parts or name.startswith("/") for name in found):
        raise LabError(
            _("{out} is not empty, and no earlier `export {what}`: name a new folder").format(
                out=out, what=what
            )
        )
    return found


def _digest(source: bytes | Path) -> str | None:
    """SHA-256 of a file or of what it is to hold; None where there is none."""
    if isinstance(source, Path):
        if not source.is_file():
            return None
        source = source.read_bytes()
    return hashlib.sha256(source).hexdigest()
