"""The commands that README and documentation show, as they are written there."""

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

from grader.lab.paths import LAB

PAGES = sorted(
    path
    for path in (LAB / "README.md", LAB / "README.zh-CN.md", LAB / "CONTRIBUTING.md", *LAB.glob("docs/*.md"))
    if path.is_file()
)
FENCE = re.compile(r"^ *```(?P<language>\w*)\n(?P<text>.*?)^ *```", re.MULTILINE | re.DOTALL)
PROGRAMS = ("python", "python3", "make", "pip", "nbgrader", "source", "cd", "py", "uv", "jupyter", "export")


@dataclass(frozen=True)
class Command:
    """One line of a block: the words of it, without what follows a #."""

    page: str
    words: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.page}: {shlex.join(self.words)}"

    @property
    def program(self) -> str:
        """`python` of .venv/bin/python and of .venv\\Scripts\\python."""
        return re.split(r"[\\/]", self.words[0])[-1]


def commands_of(page: Path) -> list[Command]:
    """Those of a page, from top to bottom."""
    found = []
    for fence in FENCE.finditer(page.read_text(encoding="utf-8")):
        lines = [line.strip() for line in fence["text"].splitlines()]
        is_session = any(line.startswith("$ ") for line in lines)  # the other lines are what is printed
        for line in lines:
            if is_session and not line.startswith("$ "):
                continue
            words = line.removeprefix("$ ").partition(" #")[0].replace("\\", "\\\\")
            if fence["language"] in ("", "bash", "sh", "shell") and words.strip():
                found.append(Command(page.relative_to(LAB).as_posix(), tuple(shlex.split(words))))
    return [command for command in found if command.program in PROGRAMS]
