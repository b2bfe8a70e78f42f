"""What a worker needs for a whole class, as bytes: the plan with its secret, and files that lie here."""

import os
import pickle
import zlib
from dataclasses import dataclass, replace
from pathlib import Path

from grader.batch.work import Plan
from grader.errors import LabError
from grader.lab.paths import MODEL
from grader.language import _

MAX_PICTURES_BYTES = 64 << 20


def pack(plan: Plan) -> bytes:
    """The plan, the solution's answers and the hidden pictures. Raises LabError."""
    expected, pictures = plan.expected, plan.options.hidden_pictures
    try:
        answers = expected.read_bytes() if expected is not None else None
        found = _pictures(pictures) if pictures is not None else None
    except OSError as error:
        raise LabError(
            _("{filename} cannot be read: {reason}").format(
                filename=error.filename, reason=error.strerror or error
            )
        ) from None
    # Answers shrink to a twentieth; a higher level saves little of that and costs seconds.
    return zlib.compress(pickle.dumps(_Parcel(plan, answers, found)), level=1)


def unpack(content: bytes, folder: Path) -> Plan:
    """The plan for this machine; its files go into the folder, which only this user may read."""
    parcel: _Parcel = pickle.loads(zlib.decompress(content))
    options = replace(parcel.plan.options, model=MODEL)
    if parcel.pictures is not None:
        options = replace(options, hidden_pictures=folder / "pictures")
        for name, picture in parcel.pictures.items():
            _write(folder / "pictures" / name, picture)
    expected = None
    if parcel.expected is not None:
        expected = folder / "expected.npz"
        _write(expected, parcel.expected)
    return replace(parcel.plan, options=options, expected=expected)


@dataclass(frozen=True, repr=False)
class _Parcel:
    plan: Plan
    expected: bytes | None
    pictures: dict[str, bytes] | None


def _pictures(folder: Path) -> dict[str, bytes]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    if sum(path.stat().st_size for path in files) > MAX_PICTURES_BYTES:
        raise LabError(
            _(
                "the pictures in {folder} have more than {max_pictures_bytes} MB, and go to every "
                "worker: draw fewer or smaller ones"
            ).format(folder=folder, max_pictures_bytes=MAX_PICTURES_BYTES >> 20)
        )
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
