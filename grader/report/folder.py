"""Finds the reports of a class: every JSON file below a folder, and says which of them is not a report."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from grader.errors import LabError
from grader.language import _
from grader.report.file import read_report
from grader.report.model import Report

RESULTS = "results.json"  # of a class, beside its students' reports
SHARD = "shard.json"  # the same of a part of a class


@dataclass
class Gathered:
    """The reports that could be read, and the files that could not."""

    reports: dict[Path, Report] = field(default_factory=dict)
    refused: dict[Path, str] = field(default_factory=dict)  # what is wrong with the file


def report_files(folder: Path) -> list[Path]:
    """Every .json below a folder, except hidden ones, secrets and a batch's table.

    Raises LabError where there is none.
    """
    if not folder.is_dir():
        raise LabError(
            _("{folder} is not a folder: name the one that holds the report files").format(folder=folder)
        )
    found = [
        path
        for path in sorted(folder.rglob("*.json"))
        if path.name not in (RESULTS, SHARD)
        and not path.name.endswith(".secret.json")
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    ]
    if not found:
        raise LabError(
            _("there is no report in {folder}: make some with `python -m grader grade --json FILE`").format(
                folder=folder
            )
        )
    return found


def gather(paths: list[Path], on_file: Callable[[], None] = lambda: None) -> Gathered:
    """Read them all; broken and foreign files are set aside. Raises LabError if no report is left."""
    gathered = Gathered()
    for path in paths:
        try:
            gathered.reports[path] = read_report(path)
        except LabError as error:
            gathered.refused[path] = str(error).removeprefix(f"{path} ")
        on_file()
    if not gathered.reports:
        path, reason = next(iter(gathered.refused.items()))
        raise LabError(
            _("none of {count} JSON files is a report of this lab; {path} {reason}").format(
                count=len(paths), path=path, reason=reason
            )
        )
    return gathered
