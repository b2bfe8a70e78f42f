"""The trained weights, the lab's own files, and the student's two."""

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

from grader.doctor.finding import BAD, GOOD, ODD, Finding
from grader.lab.paths import ASSETS, LAB, MODEL, STUDENT
from grader.lab.plan import CORE_FILES
from grader.language import N_, _
from grader.source import trouble_in

MARKER = ".unet-lab-export.json"  # {"files": {path: SHA-256}}, which every export writes
RECORD = ASSETS / "model.json"
OWN = "student/"  # may be changed
AGAIN = N_("get the lab's files again; your own are in student/")
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
        return Finding(_("weights"), BAD, _("{path} is missing").format(path=path), _(AGAIN))
    content = path.read_bytes()
    if content.startswith(b"version https://git-lfs"):
        return Finding(
            _("weights"), BAD, _("{path} is a Git LFS pointer").format(path=path), _("run `git lfs pull`")
        )
    known = handed_out(lab).get("assets/model.pth")
    if known is None and record.is_file():
        known = json.loads(record.read_text(encoding="utf-8")).get("sha256")
    if known is None:
        return Finding(
            _("weights"),
            ODD,
            _("{name} is there; nothing says whether it is the lab's own").format(name=path.name),
        )
    if hashlib.sha256(content).hexdigest() != known:
        return Finding(
            _("weights"),
            BAD,
            _("{path} is not the lab's own: cut short, or replaced").format(path=path),
            _(AGAIN),
        )
    return Finding(
        _("weights"),
        GOOD,
        _("{name} is whole, {count:.0f} MB").format(name=path.name, count=len(content) / 1000000.0),
    )


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
        return Finding(
            _("files"),
            BAD,
            _("not as they were handed out: {changed}").format(changed=_listed(changed)),
            _(AGAIN),
        )
    return Finding(_("files"), GOOD, _("{count} files are as they were handed out").format(count=len(known)))


def students_files(folder: Path = STUDENT) -> list[Finding]:
    """Whether the two are there, and whether Python can read them."""
    found = []
    for name in CORE_FILES:
        path = folder / name
        if not path.is_file():
            found.append(
                Finding(
                    name,
                    BAD,
                    _("{path} is missing").format(path=path),
                    _("get it again, or put yours back there"),
                )
            )
        elif trouble := trouble_in(name, path.read_bytes()):
            found.append(Finding(name, BAD, _cannot_be_read(trouble.line), trouble.message))
        else:
            found.append(Finding(name, GOOD, _("Python can read it")))
    return found


def _by_git(lab: Path) -> Finding:
    if not (lab / ".git").exists() or shutil.which("git") is None:
        return Finding(_("files"), ODD, _("nothing here says how they were handed out"))
    try:
        command = ["git", "status", "--porcelain", "--", "grader", "assets", "try.py", "requirements.txt"]
        said = subprocess.run(command, cwd=lab, capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired) as error:
        return Finding(
            _("files"), ODD, _("git does not say whether they were changed: {error}").format(error=error)
        )
    if said.returncode:
        return Finding(_("files"), ODD, _("git does not say whether they were changed"))
    changed = [line[3:] for line in said.stdout.splitlines()]
    if not changed:
        return Finding(_("files"), GOOD, _("as they were committed"))
    return Finding(
        _("files"), ODD, _("changed since they were committed: {changed}").format(changed=_listed(changed))
    )


def _digest(path: Path) -> str | None:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return None


def _listed(names: list[str]) -> str:
    more = len(names) - SHOWN
    some = ", ".join(names[:SHOWN])
    return _("{some} and {count} more").format(some=some, count=more) if more > 0 else some


def _cannot_be_read(line: int | None) -> str:
    if line is None:
        return _("Python cannot read it")
    return _("Python cannot read it, line {line}").format(line=line)
