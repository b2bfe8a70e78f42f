"""A small class, written as folders and archives, and what comes of grading it, without the times."""

import re
import subprocess
import sys
import zipfile
from pathlib import Path

from corpus import ANSWERS, MISTAKES, build

from grader.lab.paths import LAB

RIGHT, OTHER_RIGHT, WRONG = ANSWERS[0], ANSWERS[5], next(one for one in MISTAKES if one.id == "cat-order")
TIMES = (
    re.compile(r"\d{4}-\d\d-\d\dT[\d:]+\+00:00"),
    re.compile(r'"(wall|cpu)": [\d.]+'),
    re.compile(r"(wall|cpu) time</dt><dd>[\d.]+ s"),
)


def write_class(folder: Path) -> Path:
    """ada and cyd have handed in the same files; what dan handed in is no submission."""
    for name, made in (("ada", RIGHT), ("bob", WRONG), ("cyd", RIGHT)):
        (folder / name).mkdir(parents=True)
        for file, text in build(made).items():
            (folder / name / file).write_text(text, encoding="utf-8", newline="")
    (folder / "dan").mkdir()
    (folder / "dan" / "notes.txt").write_text("I was ill")
    (folder / "eve").mkdir()
    (folder / "eve" / "unet.py").write_text("import nothing_like_that\n")
    (folder / "fay").mkdir()
    with zipfile.ZipFile(folder / "fay" / "work.zip", "w") as archive:
        for file, text in build(OTHER_RIGHT).items():
            archive.writestr(f"work/{file}", text)
    return folder


def command(download: Path, out: Path, *more: object) -> list[str]:
    words = [sys.executable, "-m", "grader", "batch", download, "--out", out, "--jobs", 2, *more]
    return [str(word) for word in words]


def grade(download: Path, out: Path, *more: object) -> subprocess.CompletedProcess:
    return subprocess.run(command(download, out, *more), cwd=LAB, capture_output=True, text=True, timeout=600)


def forms(out: Path) -> dict[str, str]:
    """{file: text} of all that a run leaves for people and platforms, without the times."""
    found = {}
    for path in sorted(out.rglob("*")):
        name = path.relative_to(out).as_posix()
        if path.is_file() and not name.startswith("."):
            text = path.read_text(encoding="utf-8-sig").replace(out.name, "RESULTS")
            for pattern in TIMES:
                text = pattern.sub("TIME", text)
            found[name] = text
    return found
