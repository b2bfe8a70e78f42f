"""Gives the grades of a class back: into the fresh file of a platform, feedback zips, an nbgrader gradebook.

What cannot work is said before anything is graded: `check` does all of it with nobody's grade.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from grader.collection.hand_in import Student
from grader.collection.layouts import canvas as canvas_download
from grader.collection.layouts import moodle as moodle_download
from grader.errors import LabError
from grader.language import _
from grader.outputs.cells import read_sheet
from grader.outputs.grade import Grade
from grader.outputs.gradebook import write_gradebook
from grader.outputs.upload import Filled
from grader.platforms.canvas import feedback as canvas_feedback
from grader.platforms.canvas import gradebook as canvas
from grader.platforms.moodle import feedback as moodle_feedback
from grader.platforms.moodle import worksheet as moodle

TABLE = "gradebook.csv"
FILLED = {"canvas": "canvas_upload.csv", "moodle": "moodle_upload.csv"}
FEEDBACK = {
    canvas_download.NAME: ("canvas_feedback.zip", canvas_feedback.write_feedback),
    moodle_download.NAME: ("moodle_feedback.zip", moodle_feedback.write_feedback),
}


@dataclass(frozen=True)
class Returning:
    """Where the grades of a class go.

    fresh: a file that was just downloaded from Canvas or Moodle; column and scale as `fill` of them takes
    them. gradebook: the address of nbgrader's. comments: also in words, in Moodle.
    """

    fresh: Path | None = None
    column: str | None = None
    scale: bool | None = None
    gradebook: str | None = None
    comments: bool = False

    def check(self, max_score: Decimal) -> None:
        """Raise LabError for what would fail after the grading."""
        if self.fresh is None and (self.column is not None or self.scale is not None or self.comments):
            raise LabError(
                _("--column, --scale and --comments belong to --fill, a fresh file of a platform's")
            )
        nobody = Grade(None, Decimal(0), max_score, absent=Student("nobody"))
        if self.fresh is not None:
            with tempfile.TemporaryDirectory(prefix="unet-lab-") as private:
                self._fill(self.fresh, [nobody], Path(private))
        if self.gradebook is not None:
            from grader.platforms.nbgrader.gradebook import write_gradebook as write  # late: needs nbgrader

            write([], self.gradebook)

    def write(self, grades: Sequence[Grade], platform: str, folder: Path) -> list[str]:
        """Write all of it into a folder; -> what to say about it. Raises LabError."""
        write_gradebook(grades, folder / TABLE)
        said = [str(folder / TABLE)]
        if self.fresh is not None:
            said.append(str(self._fill(self.fresh, grades, folder)))
        if platform in FEEDBACK and any(grade.page or grade.text for grade in grades):
            name, write = FEEDBACK[platform]
            said.append(str(write(grades, folder / name)))
        if self.gradebook is not None:
            from grader.platforms.nbgrader.gradebook import write_gradebook as write_nbgrader

            count = write_nbgrader(grades, self.gradebook)
            said.append(_("nbgrader's gradebook: {count} students have their points").format(count=count))
        return said

    def _fill(self, fresh: Path, grades: Sequence[Grade], folder: Path) -> Filled:
        """Fill a fresh file of whichever platform it is, into a folder."""
        sheet = read_sheet(fresh)
        if canvas.fits(sheet):
            if self.comments:
                raise LabError(_("Canvas's gradebook has no place for comments: leave --comments out"))
            return canvas.fill(fresh, grades, _out(fresh, folder, "canvas"), self.column, self.scale)
        if moodle.fits(sheet):
            out = _out(fresh, folder, "moodle")
            return moodle.fill(fresh, grades, out, self.column, self.scale, self.comments)
        raise LabError(
            _(
                "{where} is neither Canvas's gradebook nor Moodle's grading worksheet: download one of "
                "them anew, and do not save it from a spreadsheet"
            ).format(where=sheet.where)
        )


def _out(fresh: Path, folder: Path, platform: str) -> Path:
    out = folder / FILLED[platform]
    if out.resolve() == fresh.resolve():
        raise LabError(
            _("{fresh} would be written over: download a fresh file, and put it elsewhere").format(
                fresh=fresh
            )
        )
    return out
