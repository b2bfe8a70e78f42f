"""The repository that students get on GitHub: the lab, and a workflow that grades what is pushed."""

from pathlib import Path

from grader.release import student_copy
from grader.release.folder import Files, place

HERE = Path(__file__).parent
WORKFLOW = ".github/workflows/grade.yml"
PUSHED = """
## When you push

Every push is graded on GitHub. The run's summary (tab Actions) says what `try.py` says; the commit shows it
at your own lines. Red means that points are still missing, no more.
"""


def export(out: Path, reporter: bool = False) -> list[str]:
    """Write it, and return the paths in it.

    reporter: add the step that hands the points to GitHub Classroom's own action. Raises LabError.
    """
    files = student_copy.files()
    added: Files = {WORKFLOW: workflow(reporter), "README.md": student_copy.readme() + PUSHED.encode()}
    return place(files | added, out, "classroom")


def workflow(reporter: bool = False) -> bytes:
    """The workflow's YAML."""
    return (HERE / "grade.yml").read_bytes() + ((HERE / "reporter.yml").read_bytes() if reporter else b"")
