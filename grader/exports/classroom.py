"""The repository that students get on GitHub: the lab, and a workflow that grades what is pushed."""

from pathlib import Path

from grader.exports import student
from grader.exports.folder import place

HERE = Path(__file__).parent
WORKFLOW = ".github/workflows/grade.yml"


def export(out: Path, reporter: bool = False) -> list[str]:
    """Write it, and return the paths in it; `reporter` adds the step that hands the points to GitHub
    Classroom's own action. Raises LabError."""
    return place(student.files() | {WORKFLOW: workflow(reporter)}, out, "classroom")


def workflow(reporter: bool = False) -> bytes:
    """The workflow's YAML."""
    return (HERE / "grade.yml").read_bytes() + ((HERE / "reporter.yml").read_bytes() if reporter else b"")
