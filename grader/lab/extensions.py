"""The extensions: which there are, and which a submission has begun.

An extension that is as it was released, or is not handed in at all, is silence: no check of it runs.
"""

import ast
import hashlib
import json

import numpy as np

from grader.lab.paths import ASSETS, STUDENT

EXTENSIONS = ("paper_unet", "elastic", "weight_map", "batchnorm_unet", "find_the_bugs", "train")
EXTENSION_FILES = tuple(f"extensions/{name}.py" for name in EXTENSIONS)
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
    """Names what the code says: comments, docstrings and layout do not count. Of a file that Python cannot
    read, names its bytes. The same for every version of Python."""
    try:
        said = _said(ast.parse(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        said = repr(source)
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _said(node) -> str:
    """Names and non-empty fields only: versions of Python add empty ones."""
    if isinstance(node, list):
        return f"[{','.join(map(_said, node))}]"
    if not isinstance(node, ast.AST):
        return repr(node)
    fields = {name: value for name, value in ast.iter_fields(node) if value not in (None, [])}
    documented = isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    if documented and ast.get_docstring(node, clean=False) is not None:
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
    """As frozen by `release`; nothing where there is no such file."""
    try:
        with np.load(RELEASED, allow_pickle=False) as file:
            return json.loads(str(file["released"]))
    except (OSError, KeyError, ValueError):
        return {}
