"""`collect`: a download in, the class's hand-ins out."""

from collections.abc import Sequence
from pathlib import Path

from grader.collection.hand_in import Collection, HandIn, Source, Student
from grader.errors import LabError


def collect(
    download: Path,
    *,
    scratch: Path,
    layout: str | None = None,
    name_pattern: str | None = None,
    roster: Path | None = None,
    without: Sequence[Path] = (),
) -> Collection:
    """What a class handed in.

    scratch: a folder of the caller's for what has to be unpacked; it has to stay until all is read.
    layout: one of LAYOUTS, where the recognised one is wrong. name_pattern: how folders or files are named, a
    regular expression with the groups id, name, email, login or late. roster: a CSV of the class.
    without: folders to leave out, such as the results of the last run.

    Raises LabError for what is not a class.
    """
    if not download.is_dir():
        raise LabError(f"{download} is not a folder")
    hand_ins = [
        HandIn(path.name, Student(path.name), (Source(path, path.name),), "folders")
        for path in sorted(download.iterdir())
        if path not in without
    ]
    return Collection("folders", tuple(hand_ins))
