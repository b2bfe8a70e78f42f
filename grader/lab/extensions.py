"""The extensions: which there are, and which of them a submission has begun.

One that is as it was released, or was not handed in at all, has not been begun: none of its checks runs.
"""

import ast
import hashlib
import importlib
import json
from types import ModuleType

import numpy as np

from grader.errors import LabError
from grader.lab.paths import ASSETS, STUDENT

EXTENSIONS = ("paper_unet", "elastic", "weight_map", "batchnorm_unet", "find_the_bugs", "train")
EXTENSION_FILES = tuple(f"extensions/{name}.py" for name in EXTENSIONS)
RELEASED = ASSETS / "expected.npz"  # beside the frozen answers: {file: fingerprint}


def modules(room: str) -> dict[str, ModuleType]:
    """{extension: its module in a room of the grader, such as "grader.explain.extensions"}.

    Raises LabError that names the file of an extension which is not there.
    """
    found = {}
    for name in EXTENSIONS:
        try:
            found[name] = importlib.import_module(f"{room}.{name}")
        except ModuleNotFoundError as error:
            if error.name != f"{room}.{name}":
                raise
            raise LabError(f"extension {name!r} needs {room.replace('.', '/')}/{name}.py") from None
    return found


def begun(files: dict[str, bytes]) -> list[str]:
    """The extensions among these files that are not as they were released."""
    handed_in = [name for name, file in zip(EXTENSIONS, EXTENSION_FILES) if file in files]
    if not handed_in:
        return []
    released = _released()
    return [
        name
        for name in handed_in
        if fingerprint(files[f"extensions/{name}.py"]) != released.get(f"extensions/{name}.py")
    ]


def fingerprint(source: bytes) -> str:
    """A digest of what the code says, without comments, docstrings and layout.

    It is the same for every version of Python. Of a file that Python cannot parse, the bytes count.
    """
    try:
        said = _said(ast.parse(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        said = repr(source)
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _said(node: object) -> str:
    """The syntax tree as text, without empty fields: some versions of Python add more of them."""
    if isinstance(node, list):
        return f"[{','.join(map(_said, node))}]"
    if not isinstance(node, ast.AST):
        return repr(node)
    fields = {name: value for name, value in ast.iter_fields(node) if value not in (None, [])}
    if (
        isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and ast.get_docstring(node, clean=False) is not None
    ):
        fields["body"] = fields["body"][1:]
    return f"{type(node).__name__}({','.join(f'{name}={_said(value)}' for name, value in fields.items())})"


def fingerprints() -> dict[str, str]:
    """{file: fingerprint} of the student's files as they are released now."""
    return {
        file: fingerprint((STUDENT / file).read_bytes())
        for file in EXTENSION_FILES
        if (STUDENT / file).is_file()
    }


def _released() -> dict[str, str]:
    """{file: fingerprint} as `release` recorded it; empty where there is no such record."""
    try:
        with np.load(RELEASED, allow_pickle=False) as file:
            released: dict[str, str] = json.loads(str(file["released"]))
            return released
    except (OSError, KeyError, ValueError):
        return {}
