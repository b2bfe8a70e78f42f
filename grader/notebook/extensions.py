"""What the walkthrough's cells about the extensions call. Nothing is said of one that is not begun.

This runs in the student's kernel, beside the student's code; the checks run in processes of their own.
"""

import importlib.util
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from grader.lab.extensions import EXTENSION_FILES
from grader.lab.fingerprints import begun
from grader.lab.paths import ASSETS, LAB
from grader.language import _, current
from grader.notebook.check import beside
from grader.notebook.memory import give_back
from grader.notebook.place import is_autograding

FOLDER = Path.cwd()  # when the first cell imports this
_known: dict[tuple[str, bytes], str] = {}  # (extension, its file) -> what its checks said


class NotBegun(Exception):
    """Ends the lines below `extension`, and is never seen."""


def show(name: str, width: int = 900) -> None:
    """A figure of an extension, from assets/figures."""
    from grader.notebook.figures import show_file  # late: a cell without a figure needs no matplotlib

    show_file(ASSETS / "figures" / f"{name}.png", width)


def load(name: str) -> ModuleType | None:
    """Your extensions/<name>.py as it is now, or None while it is as it was released."""
    path = FOLDER / "extensions" / f"{name}.py"
    if not path.is_file() or not begun({f"extensions/{name}.py": path.read_bytes()}):
        return None
    spec = importlib.util.spec_from_file_location(f"extensions.{name}", path)
    if spec is None or spec.loader is None:
        raise ImportError(_("{path} cannot be imported").format(path=path))
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # where dataclasses look for it
    spec.loader.exec_module(module)
    return module


@contextmanager
def skipped_until_begun() -> Iterator[None]:
    """Run the lines below it with `load`ed files; what is missing or wrong is said in one line."""
    try:
        yield
    except NotBegun:
        pass
    except NotImplementedError as hole:
        print(_("{hole}: still to be written").format(hole=hole))
    except Exception as error:
        print(f"{type(error).__name__}: {error}")


def need(name: str) -> ModuleType:
    """`load`, within skipped_until_begun: the lines below it wait until the extension is begun.

    nbgrader runs none of them.
    """
    module = None if is_autograding() else load(name)
    if module is None:
        raise NotBegun
    return module


def check(name: str) -> None:
    """Print the checks of one extension; nothing while it is not begun, or while nbgrader grades."""
    if is_autograding():
        return
    files = {file: (FOLDER / file).read_bytes() for file in EXTENSION_FILES if (FOLDER / file).is_file()}
    keys = {one: (one, files[f"extensions/{one}.py"]) for one in begun(files)}
    if name not in keys:
        return
    if keys[name] not in _known:  # all that are new in one go: a process takes longer to start than to check
        new = [one for one, key in keys.items() if key not in _known]
        command = [sys.executable, "-m", "grader", "extensions", str(FOLDER), *new, "--json"]
        command += ["--lang", current()]
        give_back(what_can_be_had_again=True)
        done = subprocess.run(command, cwd=LAB, capture_output=True, text=True)
        if not done.stdout:
            print(done.stderr.strip())
            return
        texts = json.loads(done.stdout)
        _known.update({keys[one]: texts.get(one, "") for one in new})
    print(beside(_known[keys[name]].strip()))
