"""Unpacks a class's download, one big archive, into a folder of ours, by a process that may cost little.

What is in it was named and made by students. So members are listed and counted before one is written, no link
is made, no path leads out, and only what may be graded is written whole: of weights and pictures an empty
file stays, so that messages can name them.
"""

import json
import os
import shutil
from pathlib import Path

from grader.errors import LabError
from grader.intake.folder import open_plain
from grader.intake.limited import run
from grader.intake.refusal import NotGradable, shown
from grader.language import _

PROGRAM = Path(__file__).with_name("unpacker.py")
WALL_S = 3600.0  # against a hang; what it costs is limited in the processor's time
ANSWER_BYTES = 64 << 10
MARK = ".unpacked.json"  # which archive it is, so that a second run need not unpack again


def unpacked(archive: Path, scratch: Path) -> Path:
    """The folder that now holds what was in the archive. Raises LabError where it cannot be opened."""
    where = shown(archive, 150)
    out = scratch / "download"
    source = _source(archive)
    if _is_of(out, source):
        return out
    shutil.rmtree(out, ignore_errors=True)
    part = scratch / "download.part"
    shutil.rmtree(part, ignore_errors=True)
    try:
        part.mkdir(parents=True)
        free_bytes = shutil.disk_usage(part).free
        facts = {"path": str(archive.resolve()), "where": where, "out": str(part), "free_bytes": free_bytes}
        with open_plain(archive, where) as file:
            answer = run(PROGRAM, facts, file, where, ANSWER_BYTES, WALL_S)
        if answer.was_late or answer.was_too_long:
            raise LabError(
                _("{where} takes too long to unpack: unpack it yourself, and give the folder").format(
                    where=where
                )
            )
        try:
            told = json.loads(answer.content)
        except ValueError:
            raise LabError(
                _("{where} could not be unpacked (status {status}): unpack it, and give the folder").format(
                    where=where, status=answer.status
                )
            ) from None
        if told.get("refused"):
            raise LabError(told["refused"])
        (part / MARK).write_text(json.dumps(source), encoding="utf-8")
        os.replace(part, out)
    except NotGradable as error:  # of a link, say: here it is the instructor's
        raise LabError(str(error)) from None
    except OSError as error:
        raise LabError(
            _("{where} cannot be unpacked into {scratch}: {reason}").format(
                where=where, scratch=shown(scratch), reason=error.strerror or error
            )
        ) from None
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return out


def _source(archive: Path) -> dict[str, object]:
    try:
        stat = archive.stat()
    except OSError as error:
        raise LabError(
            _("{archive} cannot be read: {reason}").format(
                archive=shown(archive), reason=error.strerror or error
            )
        ) from None
    return {"path": str(archive.resolve()), "size": stat.st_size, "mtime_ns": stat.st_mtime_ns}


def _is_of(out: Path, source: dict[str, object]) -> bool:
    try:
        return bool(json.loads((out / MARK).read_text(encoding="utf-8")) == source)
    except (OSError, ValueError):
        return False
