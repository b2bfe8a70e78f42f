"""The folder of results: one folder for each hand-in, written as soon as it is graded, and never by two runs.

    RESULTS/students/KEY/report.json, feedback.html
    RESULTS/results.json, gradebook.csv, index.html      the class, from the reports
    RESULTS/class.secret.json                            the secret of the hidden inputs
    RESULTS/.expected-DIGEST.npz                         what the solution answers to them

A report is written after its page: where it is, the result is whole.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from grader.batch.work import PAGE, Basis, Outcome, Plan
from grader.errors import LabError
from grader.grading import secret
from grader.lab.files import NotWritten, replacing, write_text
from grader.language import _
from grader.outputs.pages.lateness import with_lateness
from grader.report.file import read_report
from grader.report.folder import RESULTS
from grader.report.model import Report

REPORT = "report.json"
STUDENTS = "students"
LOCK = ".lock"
MADE_FIRST = (LOCK, f"class{secret.SUFFIX}")  # what there is before the first result


class Results:
    """The folder of one class."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.table = folder / RESULTS
        self.index = folder / "index.html"
        self.secret = folder / f"class{secret.SUFFIX}"

    def place(self, key: str) -> Path:
        """The folder of one hand-in."""
        return self.folder / STUDENTS / key

    def report_file(self, key: str) -> Path:
        """Its report."""
        return self.place(key) / REPORT

    def page(self, key: str) -> Path:
        """Its page."""
        return self.place(key) / PAGE

    def expected(self, plan: Plan) -> Path:
        """Where the solution's answers for this secret, model, solution and rubric are kept."""
        content = json.dumps([plan.options.hidden, plan.graded_by]).encode()
        return self.folder / f".expected-{hashlib.sha256(content).hexdigest()[:24]}.npz"

    @contextmanager
    def opened(self, resume: bool) -> Iterator[None]:
        """Have the folder for oneself. Raises LabError where there is something else in it."""
        self._refuse_others(resume)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.folder / LOCK)
            lock.acquire(timeout=0)
        except Timeout:
            raise LabError(
                _("another run writes to {folder}: wait for its end, or stop it").format(folder=self.folder)
            ) from None
        except OSError as error:
            raise NotWritten(
                _("{folder} cannot be written: {reason}").format(
                    folder=self.folder, reason=error.strerror or error
                )
            ) from None
        try:
            yield
        finally:
            lock.release()

    def _refuse_others(self, resume: bool) -> None:
        try:
            there = {path.name for path in self.folder.iterdir()} - set(MADE_FIRST)
        except FileNotFoundError:
            return
        except NotADirectoryError:
            raise LabError(
                _("{folder} is a file: name a folder for the results").format(folder=self.folder)
            ) from None
        except OSError as error:
            raise LabError(
                _("{folder} cannot be read: {reason}").format(
                    folder=self.folder, reason=error.strerror or error
                )
            ) from None
        if there and not resume:
            raise LabError(
                _(
                    "{folder} is not empty: add --resume to go on with the grading in it, or name another "
                    "folder"
                ).format(folder=self.folder)
            )
        if there and STUDENTS not in there and not any(name.startswith(".expected-") for name in there):
            raise LabError(
                _("{folder} holds no results of a class: name another folder").format(folder=self.folder)
            )

    def before(self, key: str) -> Basis | None:
        """What the result that is there rests on; None where there is none, or it cannot be read."""
        with suppress(LabError):
            report = read_report(self.report_file(key))
            return None if report.grader_errors else Basis.of(report)
        return None

    def write(self, outcome: Outcome) -> None:
        """Keep a result. Raises NotWritten."""
        if outcome.page:
            write_text(self.page(outcome.key), outcome.page)
        write_text(self.report_file(outcome.key), outcome.report)

    def tell_lateness(self, key: str, text: str) -> None:
        """Have the page say it, where there is a page. Raises NotWritten."""
        with suppress(FileNotFoundError):
            before = self.page(key).read_text(encoding="utf-8")
            if (now := with_lateness(before, text)) != before:
                write_text(self.page(key), now)

    def read(self, key: str) -> Report:
        """A report that was written. Raises LabError."""
        return read_report(self.report_file(key))

    def last_table(self) -> dict[str, Any]:
        """The table of the run before; nothing where there is none."""
        try:
            found = json.loads(self.table.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def gone(self, keys: set[str]) -> list[str]:
        """Folders of hand-ins that are no longer in the download."""
        try:
            return sorted(path.name for path in (self.folder / STUDENTS).iterdir() if path.name not in keys)
        except OSError:
            return []


def write_privately(path: Path, content: bytes) -> None:
    """For this user alone. Raises NotWritten."""
    with replacing(path) as part:
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
