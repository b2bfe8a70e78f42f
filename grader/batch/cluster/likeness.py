"""Whether another machine would give the same marks and pages: the same lab, packages and Python."""

import hashlib
import platform
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version

from grader.lab.digests import graded_by
from grader.lab.paths import LAB, MODEL
from grader.lab.version import VERSION
from grader.language import _

PACKAGES = ("torch", "torchvision", "numpy", "pillow", "safetensors", "pytest", "jinja2", "distributed")
KINDS = (
    ".py",
    ".html",
    ".css",
    ".js",
    ".svg",
    ".json",
    ".ini",
    ".po",
    ".otf",
)  # files of grader/ that make a result


def likeness() -> dict[str, str]:
    """{what has to be the same: its version or digest} of this machine. Raises LabError."""
    python = ".".join(platform.python_version_tuple()[:2])
    return dict(_packages()) | graded_by(MODEL) | {"lab": VERSION, "grader": _grader(), "python": python}


def differences(ours: Mapping[str, str], theirs: Mapping[str, str]) -> list[str]:
    """In words, each with both sides."""
    return [
        _("{name} is {get} and not {value}").format(name=name, get=theirs.get(name, "missing"), value=value)
        for name, value in sorted(ours.items())
        if theirs.get(name) != value
    ]


def _packages() -> Iterator[tuple[str, str]]:
    for name in PACKAGES:
        try:
            yield name, version(name)
        except PackageNotFoundError:
            yield name, "missing"


def _grader() -> str:
    digest = hashlib.sha256()
    for path in sorted((LAB / "grader").rglob("*")):
        if path.suffix in KINDS:
            digest.update(f"{path.relative_to(LAB).as_posix()}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:12]
