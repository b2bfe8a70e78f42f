"""What requirements.txt asks for: torch and torchvision as a pair, and the others."""

import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

from grader.doctor.finding import BAD, GOOD, Finding
from grader.entry import remedy
from grader.lab.paths import LAB

REQUIREMENTS = LAB / "requirements.txt"
LINE = re.compile(r"([\w.-]+)\s*(==|>=)\s*([\w.]+)")
PAIR = ("torch", "torchvision")
IMPORT_LIMIT_S = 180.0
INSTALL = "python -m pip install -r requirements.txt"


def wanted(path: Path = REQUIREMENTS) -> dict[str, tuple[str, str]]:
    """{package: (== or >=, version)}; empty where there is no such file."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    return {found[1]: (found[2], found[3]) for line in lines if (found := LINE.match(line))}


def packages(asked: dict[str, tuple[str, str]]) -> list[Finding]:
    """The pair, whether it can be imported, and the rest."""
    if not asked:
        return [Finding("packages", BAD, f"{REQUIREMENTS} is missing", "get the lab's files again")]
    installed = {name: _version(name) for name in asked}
    found = [_pair(asked, installed)]
    if found[0].status == GOOD:
        found.append(_import())
    missing = [
        name
        for name, (sign, version) in asked.items()
        if name not in PAIR and not _is_enough(installed[name], sign, version)
    ]
    if missing:
        found.append(Finding("packages", BAD, f"missing or too old: {', '.join(missing)}", _install()))
    else:
        found.append(Finding("packages", GOOD, f"{len(asked)} of requirements.txt are here"))
    return found


def _pair(asked: dict[str, tuple[str, str]], installed: dict[str, str | None]) -> Finding:
    said = " and ".join(f"{name} {installed.get(name) or 'missing'}" for name in PAIR)
    need = " and ".join(f"{name} {asked[name][1]}" for name in PAIR if name in asked)
    is_right = all(_base(installed.get(name)) == asked[name][1] for name in PAIR if name in asked)
    if not is_right:
        return Finding("torch", BAD, f"{said}, where the lab needs the pair {need}", _install())
    return Finding("torch", GOOD, f"{said}, a pair")


def _import() -> Finding:
    """In a process of its own: a library that does not fit can end one."""
    try:
        done = subprocess.run(
            [sys.executable, "-c", "import torchvision, torch; print(torch.cuda.is_available())"],
            capture_output=True,
            text=True,
            timeout=IMPORT_LIMIT_S,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return Finding("import", BAD, f"torch cannot be imported: {error}", _install())
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["it ended without a word"])[-1]
        again = f"python -m pip install --force-reinstall {' '.join(PAIR)}, as requirements.txt says"
        return Finding("import", BAD, f"torch cannot be imported: {last}", again)
    return Finding(
        "import", GOOD, f"torch can be imported; a GPU: {'yes' if 'True' in done.stdout else 'no'}"
    )


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _base(version: str | None) -> str | None:
    return None if version is None else version.partition("+")[0]


def _is_enough(version: str | None, sign: str, least: str) -> bool:
    """By their numbers alone: this runs where the package `packaging` may be missing."""
    if version is None:
        return False
    have, need = (tuple(map(int, re.findall(r"\d+", _base(one) or "")[:3])) for one in (version, least))
    return have == need if sign == "==" else have >= need


def _install() -> str:
    return f"run `{INSTALL}` in the lab's folder" if sys.prefix != sys.base_prefix else remedy()
