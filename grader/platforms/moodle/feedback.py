"""A zip for Moodle's "Upload multiple feedback files in a zip": each page in the folder of the download.

Moodle takes NAME_NUMBER_assignsubmission_file/ANY.html; see feedback/file/importziplib.php of mod_assign.
"""

from collections.abc import Sequence
from pathlib import Path

from grader.errors import LabError
from grader.intake.refusal import listed
from grader.language import _
from grader.outputs.grade import Grade
from grader.outputs.packing import write_zip
from grader.outputs.upload import Returned

PAGE = "feedback.html"


def write_feedback(grades: Sequence[Grade], out: Path) -> Returned:
    """Write the zip. Raises LabError where nobody's page can go back this way."""
    files: dict[str, bytes | Path] = {}
    left: dict[str, list[str]] = {}
    unknown: list[str] = []
    for grade in grades:
        if grade.hand_in is None or grade.page is None:
            continue
        folder = grade.hand_in.ids.get("folder", "")
        who = grade.hand_in.name
        if "_assignsubmission_" not in folder:
            left.setdefault(_("not from Moodle's download"), []).append(who)
        elif not grade.hand_in.ids.get("participant") or grade.hand_in.team:
            # The number of a team is no participant's, and Moodle would look for one.
            left.setdefault(_("handed in by a team: attach these by hand"), []).append(who)
        else:
            files[f"{_as_files(folder)}/{PAGE}"] = grade.page
            if not grade.hand_in.student.email and not grade.hand_in.student.number:
                unknown.append(who)
    if not files:
        raise LabError(
            _("no feedback page belongs to a hand-in of Moodle's: grade its download of submissions")
        )
    write_zip(out, files)
    notes = [
        _("Moodle has to say that it found {count} new feedback files.").format(count=len(files)),
        _("Feedback files have to be switched on in the assignment."),
    ]
    if unknown:
        notes.append(
            _(
                "Without a roster nobody can tell whether {unknown} are students or teams: do not "
                "upload it where teams handed in, since Moodle takes a team's number for a student's."
            ).format(unknown=listed(unknown))
        )
    return Returned(out, len(files), left, tuple(notes))


def _as_files(folder: str) -> str:
    """As Moodle finds it: NAME_NUMBER and the plugin for files, whatever stands in the download."""
    start, _, plugin = folder.rpartition("_assignsubmission_")
    named = "_".join(start.split("_")[-2:])
    return f"{named}_assignsubmission_{plugin if plugin.startswith('file') else 'file'}"
