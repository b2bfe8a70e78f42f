"""Which extensions a submission has begun: those whose code is not what was released.

One that was not handed in has not been begun either: none of its checks runs.
"""

import ast
import hashlib
import json

import numpy as np

from grader.lab.extensions import EXTENSION_FILES, EXTENSIONS
from grader.lab.paths import ASSETS, STUDENT

MOST_BYTES = 64 << 10  # of a file that is parsed; the largest extension has 13 kB
RELEASED = ASSETS / "expected.npz"  # beside the frozen answers: {file: fingerprint}


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

    It is the same for every version of Python. Of a file that Python cannot parse, or that is far larger than
    any that is released, the bytes count: to parse a megabyte may take seconds, and half a gigabyte.
    """
    try:
        said = _said(ast.parse(source)) if len(source) <= MOST_BYTES else repr(source)
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
