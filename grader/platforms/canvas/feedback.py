"""A zip for Canvas's "Upload Submissions": feedback for each student, under the name of a file of theirs.

Canvas finds the student by the ids in a file's name, and shows the file in a comment under the name of the
file that it answers. So a page in place of unet.py would open as a broken program. What is true to its name
goes instead: a zip with the page in it answers a zip, and a Python file is answered by one of comments, the
report in words. Text entries cannot be answered this way. Source: app/models/abstract_assignment.rb of
instructure/canvas-lms.
"""

from collections.abc import Sequence
from pathlib import Path

from grader.collection.hand_in import HandIn, Source
from grader.collection.layouts import canvas
from grader.errors import LabError
from grader.intake.names import is_python
from grader.language import _
from grader.outputs.grade import Grade
from grader.outputs.packing import tar_gz_bytes, write_zip, zip_bytes
from grader.outputs.upload import Returned
from grader.text import clean

PAGE = "feedback.html"
KINDS = (".zip", ".tar.gz", ".tgz", ".py")  # that can be answered, the best first


def write_feedback(grades: Sequence[Grade], out: Path) -> Returned:
    """Write the zip. Raises LabError where nobody can be answered this way."""
    files: dict[str, bytes | Path] = {}
    left: dict[str, list[str]] = {}
    for grade in grades:
        if grade.hand_in is None or (grade.page is None and not grade.text):
            continue
        hand_in = grade.hand_in
        answered = _answered(hand_in)
        if hand_in.platform != canvas.NAME:
            left.setdefault(_("not from Canvas's download"), []).append(hand_in.name)
        elif answered is not None and not _finds(answered.path.name, hand_in.ids["user"]):
            left.setdefault(_("with a number in the team's name, which Canvas misreads"), []).append(
                hand_in.name
            )
        elif answered is None:
            left.setdefault(_("without a file that can be answered"), []).append(hand_in.name)
        else:
            files[answered.path.name] = _content(grade, answered.path.name)
    if not files:
        raise LabError(_("no feedback belongs to a file of Canvas's: grade its download of submissions"))
    write_zip(out, files)
    return Returned(
        out,
        len(files),
        left,
        (
            _("Canvas has to name {count} files as attached. Each upload adds a comment: do it once.").format(
                count=len(files)
            ),
            _("Who handed in .py files gets the report as a .py of comments; pages travel in zips only."),
        ),
    )


def _answered(hand_in: HandIn) -> Source | None:
    """The student's file that the feedback is shown as."""
    for kind in KINDS:
        for source in hand_in.sources:
            if source.path.name.casefold().endswith(kind) and canvas.parsed(source.path.name):
                return source
    return None


def _finds(name: str, user: str) -> bool:
    """Whether Canvas, which takes the first two numbers in a name for its own, finds the student by it."""
    words = [word for word in name.split("_") if word != "LATE"]
    return words[0] == "anon" or next((word for word in words if word.isdigit()), "") == user


def _content(grade: Grade, name: str) -> bytes:
    page = grade.page.read_bytes() if grade.page else b""
    if is_python(name) or not page:
        return as_comments(grade.text or "\n".join(grade.summary)).encode()
    if name.casefold().endswith(".zip"):
        return zip_bytes({PAGE: page})
    return tar_gz_bytes({PAGE: page})


def as_comments(text: str) -> str:
    """A Python file that says this and does nothing."""
    return "".join(f"# {line}".rstrip() + "\n" for line in clean(text).split("\n"))
