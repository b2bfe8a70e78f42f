"""A workflow for a repository of the instructor's: grades students' repositories with hidden inputs."""

import re
from pathlib import Path

from grader.errors import LabError
from grader.language import _
from grader.release.folder import place

TEMPLATE = Path(__file__).with_name("hidden.yml")
WORKFLOW = ".github/workflows/grade-hidden.yml"


def export(out: Path, lab: str) -> list[str]:
    """Write it for the lab in the private repository `lab`, OWNER/NAME. Raises LabError."""
    if not re.fullmatch(r"[A-Za-z0-9-]+/[A-Za-z0-9_.-]+", lab):
        raise LabError(
            _("--lab takes the name of a repository, such as university/unet-lab, not {lab!r}").format(
                lab=lab
            )
        )
    text = TEMPLATE.read_text(encoding="utf-8").replace("OWNER/LAB", lab)
    return place({WORKFLOW: text.encode()}, out, "instructor")
