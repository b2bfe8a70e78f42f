"""The trained weights, the lab's own files, and the student's two."""

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

from grader.doctor.finding import BAD, GOOD, ODD, Finding
from grader.lab.paths import ASSETS, LAB, MODEL, STUDENT
from grader.lab.plan import CORE_FILES
from grader.source import trouble_in

MARKER = ".unet-lab-export.json"  # {"files": {path: SHA-256}}, which every export writes
RECORD = ASSETS / "model.json"
OWN = "student/"  # may be changed
AGAIN = "get the lab's files again; your own are in student/"
SHOWN = 4


def handed_out(lab: Path = LAB) -> dict[str, str]:
    """{path: SHA-256} of the files as they were handed out; empty where nobody has written that down."""
    try:
        return dict(json.loads((lab / MARKER).read_text(encoding="utf-8"))["files"])
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def model(path: Path = MODEL, record: Path = RECORD, lab: Path = LAB) -> Finding:
    """Whether the weights are there, whole, and the lab's own."""
    if not path.is_file():
        return Finding("weights", BAD, f"{path} is missing", AGAIN)
    content = path.read_bytes()
    if content.startswith(b"version https://git-lfs"):
        return Finding("weights", BAD, f"{path} is a Git LFS pointer", "run `git lfs pull`")
    known = handed_out(lab).get("assets/model.pth")
    if known is None and record.is_file():
        known = json.loads(record.read_text(encoding="utf-8")).get("sha256")
    if known is None:
        return Finding("weights", ODD, f"{path.name} is there; nothing says whether it is the lab's own")
    if hashlib.sha256(content).hexdigest() != known:
        return Finding("weights", BAD, f"{path} is not the lab's own: cut short, or replaced", AGAIN)
    return Finding("weights", GOOD, f"{path.name} is whole, {len(content) / 1e6:.0f} MB")


def lab_files(lab: Path = LAB) -> Finding:
    """Whether the lab's files, but the student's, are as they were handed out."""
    known = handed_out(lab)
    if not known:
        return _by_git(lab)
    changed = [
        name
        for name, digest in sorted(known.items())
        if not name.startswith(OWN) and name != "assets/model.pth" and _digest(lab / name) != digest
    ]
    if changed:
        return Finding("files", BAD, f"not as they were handed out: {_listed(changed)}", AGAIN)
    return Finding("files", GOOD, f"{len(known)} files are as they were handed out")


def students_files(folder: Path = STUDENT) -> list[Finding]:
    """Whether the two are there, and whether Python can read them."""
    found = []
    for name in CORE_FILES:
        path = folder / name
        if not path.is_file():
            found.append(Finding(name, BAD, f"{path} is missing", "get it again, or put yours back there"))
        elif trouble := trouble_in(name, path.read_bytes()):
            line = f", line {trouble.line}" if trouble.line else ""
            found.append(Finding(name, BAD, f"Python cannot read it{line}", trouble.message))
        else:
            found.append(Finding(name, GOOD, "Python can read it"))
    return found


def _by_git(lab: Path) -> Finding:
    if not (lab / ".git").exists() or shutil.which("git") is None:
        return Finding("files", ODD, "nothing here says how they were handed out")
    try:
        command = ["git", "status", "--porcelain", "--", "grader", "assets", "try.py", "requirements.txt"]
        said = subprocess.run(command, cwd=lab, capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired) as error:
        return Finding("files", ODD, f"git does not say whether they were changed: {error}")
    if said.returncode:
        return Finding("files", ODD, "git does not say whether they were changed")
    changed = [line[3:] for line in said.stdout.splitlines()]
    if not changed:
        return Finding("files", GOOD, "as they were committed")
    return Finding("files", ODD, f"changed since they were committed: {_listed(changed)}")


def _digest(path: Path) -> str | None:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return None


def _listed(names: list[str]) -> str:
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {more} more" if more > 0 else "")
