"""A container of Gradescope's: its folders, the zip unpacked there, and the script that it runs."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
from specification import SCHEMA

from grader.platforms.gradescope.export import export

SEED = "only the instructor knows"
PACKAGES = [path for path in sys.path if path.endswith("-packages")]


def python_for_all() -> str | None:
    """An interpreter of this version that every user may read; None without one, or where this is not root.

    Where python lies in root's own home, the student's process cannot become another user.
    """
    version = f"python3.{sys.version_info[1]}"
    for path in filter(os.path.exists, (sys.executable, f"/usr/bin/{version}", f"/usr/local/bin/{version}")):
        real = [Path(place).resolve() for place in (path, *PACKAGES)]
        needed = {one for place in real for one in (place, *place.parents)}
        if os.geteuid() == 0 and all(one.stat().st_mode & 0o005 == 0o005 for one in needed):
            return path
    return None


class Container:
    """The folders of a container, in a place that every user can reach, and the zip unpacked there."""

    def __init__(self, folder: str):
        self.root, self.confined = Path(folder, "autograder"), python_for_all() is not None
        Path(folder).chmod(0o755)
        for name in ("source", "submission", "results"):
            (self.root / name).mkdir(parents=True)
        # Without a user of its own for the student's process nothing hidden is graded: see below.
        export(Path(folder, "out.zip"), hidden=SEED if self.confined else None)
        subprocess.run(
            [sys.executable, "-m", "zipfile", "-e", f"{folder}/out.zip", self.root / "source"], check=True
        )
        shutil.copy(self.root / "source" / "run_autograder", self.root)
        (self.root / "run_autograder").chmod(0o755)
        (self.root / "submission_metadata.json").write_text('{"id": 123456, "users": [{"name": "Ada"}]}')

    def run(self, files: dict[str, str]) -> tuple[dict | None, str]:
        """(results.json or None, what was printed for the instructor)."""
        folder = self.root / "submission"
        shutil.rmtree(folder)
        folder.mkdir()
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8", newline="")
        own = {
            "AUTOGRADER_ROOT": str(self.root),
            "UNET_LAB_PYTHON": python_for_all() or sys.executable,
            "PYTHONPATH": os.pathsep.join(PACKAGES),
        }
        done = subprocess.run(
            [self.root / "run_autograder"],
            cwd=self.root,
            env=os.environ | own,
            capture_output=True,
            text=True,
            timeout=300,
        )
        place = self.root / "results" / "results.json"
        assert (done.returncode == 0) == place.exists(), done.stdout + done.stderr
        if not place.exists():
            return None, done.stdout
        results = json.loads(place.read_text())
        jsonschema.validate(results, SCHEMA)
        return results, done.stdout


def of_name(results: dict, name: str) -> dict:
    (found,) = [test for test in results["tests"] if test["name"].startswith(name)]
    return found
