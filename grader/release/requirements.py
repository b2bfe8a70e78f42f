"""requirements.txt and the students' requirements, written from the extras in pyproject.toml.

pyproject.toml is read as text: a dependency's reason is the comment beside it, and a parser drops comments.
"""

import re
from pathlib import Path

from grader.errors import LabError
from grader.lab.files import write_text
from grader.lab.paths import LAB
from grader.language import _

PROJECT = LAB / "pyproject.toml"
WRITTEN = LAB / "requirements.txt"
STUDENTS, ALL = ("student",), ("student", "staff", "cluster", "development")
EXTRAS = re.compile(r"^\[project\.optional-dependencies\]\n(?P<lines>.*?)(?=^\[)", re.MULTILINE | re.DOTALL)
OPENING = re.compile(r"(?P<extra>[\w-]+) = \[(?:\s+# .*)?")
DEPENDENCY = re.compile(r'\s+"(?P<what>[^"]+)",\s+# (?P<reason>.+)')
COLUMN = 22  # where reasons start


def dependencies(extra: str, project: Path = PROJECT) -> dict[str, str]:
    """{requirement: its reason} of one extra, in order.

    Raises LabError for a line that is not one requirement with its reason beside it.
    """
    section = EXTRAS.search(project.read_text(encoding="utf-8"))
    found: dict[str, dict[str, str]] = {}
    current: dict[str, str] | None = None
    for line in section["lines"].splitlines() if section else ():
        if opening := OPENING.fullmatch(line):
            current = found.setdefault(opening["extra"], {})
        elif line == "]":
            current = None
        elif current is not None:
            one = DEPENDENCY.fullmatch(line)
            if not one:
                raise LabError(
                    _('{name}: expected `"requirement",  # its reason`, not {line!r}').format(
                        name=project.name, line=line.strip()
                    )
                )
            current[one["what"]] = one["reason"]
    if extra not in found:
        raise LabError(_("{name} has no extra {extra!r}").format(name=project.name, extra=extra))
    return found[extra]


def requirements(extras: tuple[str, ...] = ALL, project: Path = PROJECT) -> str:
    """What a requirements.txt of these extras says, the reasons included. Raises LabError."""
    wanted = {what: reason for extra in extras for what, reason in dependencies(extra, project).items()}
    return "".join(f"{what:{COLUMN - 2}}  # {reason}\n" for what, reason in wanted.items())


def write(project: Path = PROJECT, path: Path = WRITTEN) -> None:
    """Write requirements.txt. Raises LabError."""
    write_text(path, requirements(project=project))


def is_current(project: Path = PROJECT, path: Path = WRITTEN) -> bool:
    """Whether requirements.txt is what `write` would write. Raises LabError."""
    return path.is_file() and path.read_text(encoding="utf-8") == requirements(project=project)
