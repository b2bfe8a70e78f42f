"""Writes files atomically: a file is there as a whole, or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from grader.errors import LabError
from grader.language import _


class NotWritten(LabError):
    """A file could not be written: the disk is full, or nobody may write there."""


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a path beside `path` to write to; when the block ends well, it takes the place of `path`.

    A missing folder is made. Raises NotWritten where the file cannot be written.
    """
    part = path.with_name(path.name + ".part")  # a suffix that nobody takes for a picture or a report
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield part
        with part.open("rb") as file:
            os.fsync(file.fileno())  # else a power failure could leave an empty file under the name
        os.replace(part, path)
    except OSError as error:
        raise NotWritten(
            _("{path} cannot be written: {reason}").format(path=path, reason=error.strerror or error)
        ) from None
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def write_bytes(path: Path, content: bytes) -> None:
    """Write these bytes. Raises LabError where the file cannot be written."""
    with replacing(path) as part:
        part.write_bytes(content)


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text with plain newlines. Raises LabError where the file cannot be written."""
    write_bytes(path, text.encode("utf-8"))
