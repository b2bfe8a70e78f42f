"""Packs files that go back to students into a zip, the same bytes for the same files."""

import io
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from grader.lab.files import replacing

NEVER = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can say


def zip_bytes(files: Mapping[str, bytes]) -> bytes:
    """A zip of {name: content}."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(_info(name), content)
    return buffer.getvalue()


def tar_gz_bytes(files: Mapping[str, bytes]) -> bytes:
    """A .tar.gz of {name: content}."""
    import gzip

    packed, buffer = io.BytesIO(), io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    with gzip.GzipFile(fileobj=packed, mode="wb", mtime=0, filename="") as file:
        file.write(buffer.getvalue())
    return packed.getvalue()


def write_zip(path: Path, files: Mapping[str, bytes | Path]) -> None:
    """Write a zip of {name: content, or the file that has it}. Raises LabError where it cannot be written."""
    with replacing(path) as part, zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(_info(name), content if isinstance(content, bytes) else content.read_bytes())


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, NEVER)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o100644 << 16
    return info
