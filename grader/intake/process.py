"""Reads an archive in a process of its own, where what that costs is limited."""

import json
from collections.abc import Sequence
from pathlib import Path

from grader.errors import LabError
from grader.intake.archive import Found
from grader.intake.budgets import MAX_FILE_BYTES
from grader.intake.folder import open_plain
from grader.intake.limited import run
from grader.intake.refusal import NotGradable
from grader.lab.plan import CORE_FILES
from grader.language import _

PROGRAM = Path(__file__).with_name("reader.py")
WALL_S = 60.0  # against a hang; what the reading costs is limited in the processor's time
HEAD_BYTES = 64 << 10


def read_in_own_process(path: Path, where: str, extension_files: Sequence[str]) -> Found:
    """The graded files of an archive. Raises NotGradable; LabError where the process itself fails."""
    facts = {"path": str(path.resolve()), "where": where, "extensions": list(extension_files)}
    most_bytes = HEAD_BYTES + (len(CORE_FILES) + len(extension_files)) * MAX_FILE_BYTES
    with open_plain(path, where) as archive:
        answer = run(PROGRAM, facts, archive, where, most_bytes, WALL_S)
    if answer.was_late:
        raise LabError(
            _("{where} could not be read within {wall_s:.0f} seconds, the machine is busy: try again").format(
                where=where, wall_s=WALL_S
            )
        )
    if answer.was_too_long:
        raise NotGradable(
            _("{where} takes too long to read: hand in only your files, in one plain .zip").format(
                where=where
            )
        )
    return _parsed(answer.content, answer.status, where)


def _parsed(answer: bytes, status: int, where: str) -> Found:
    head, _newline, contents = answer.partition(b"\n")
    try:
        told = json.loads(head)
        if "refused" in told:
            raise NotGradable(told["refused"])
        files = {}
        for name, size in told["files"]:
            files[name], contents = contents[:size], contents[size:]
        return Found(files, tuple(told["notes"]))
    except (ValueError, KeyError, TypeError):
        raise LabError(
            _("the process that reads {where} ended with status {status}: try again").format(
                where=where, status=status
            )
        ) from None
