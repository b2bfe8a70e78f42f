"""A link to the solution is no answer, neither in a repository nor in a folder."""

import os
import subprocess
from pathlib import Path

import pytest
from runner import steps_of

from grader.errors import LabError
from grader.intake.submission import read_submission


def git(folder: Path, *arguments: object, **variables: str) -> None:
    identity = ["-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "protocol.file.allow=always"]
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), **variables}
    command = ["git", *identity, *map(str, arguments)]
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True, timeout=60)


@pytest.mark.parametrize("link", ["student", "student/deep", "student/unet.py"])
def test_a_link_to_the_solution_is_no_answer(link, workflows, tmp_path):
    """In a student's repository, as the workflow fetches it; and wherever a folder is graded."""
    (fetch,) = [step for step in steps_of(workflows["hidden"]) if step.get("name") == "Fetch the submission"]
    theirs, lab, fetched = tmp_path / "theirs", tmp_path / "lab", tmp_path / "submission"
    (lab / "solution").mkdir(parents=True)
    (lab / "solution" / "unet.py").write_text("right = 1")
    (theirs / link).parent.mkdir(parents=True)
    target = "../lab/solution" + ("/unet.py" if link.endswith(".py") else "")
    (theirs / link).symlink_to("../" * link.count("/") + target)
    assert (theirs / link).exists()
    if link != "student":
        with pytest.raises(LabError):
            read_submission(theirs / "student")
    for command in (["init", "-q", "."], ["add", "-A"], ["commit", "-qm", "x"]):
        git(theirs, *command)
    git(tmp_path, "clone", "-q", theirs, fetched, **fetch["env"])
    assert not [path for path in fetched.rglob("*") if path.is_symlink()]
    assert os.path.lexists(fetched / link)
    try:
        assert b"right" not in read_submission(fetched / "student").files["unet.py"]
    except LabError:
        assert link != "student/unet.py"
