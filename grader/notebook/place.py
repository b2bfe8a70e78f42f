"""Where the notebook is, and who runs it."""

import os
from pathlib import Path

from grader.language import chosen, use

use(chosen())  # a kernel has no command line

FOLDER = Path.cwd()  # when the first cell imports this; a later cell may go elsewhere


def is_autograding() -> bool:
    """Whether nbgrader runs this notebook for marks. Figures are left out then: nobody looks at them."""
    return os.environ.get("NBGRADER_EXECUTION") == "autograde"
