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


def export(out: Path) -> list[str]:
    """Write it, and return the paths in it. Raises LabError."""
    files = student_copy.files()
    added: Files = {WORKFLOW: workflow(), "README.md": student_copy.readme() + PUSHED.encode()}
    return place(files | added, out, "classroom")


def workflow() -> bytes:
    """The workflow's YAML."""
    return (HERE / "grade.yml").read_bytes()
