"""What requirements.txt asks for: torch and torchvision as a pair, and the others."""

import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

from grader.doctor.finding import BAD, GOOD, Finding
from grader.entry import remedy
from grader.lab.paths import LAB
from grader.language import _

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
        return [
            Finding(
                _("packages"),
                BAD,
                _("{requirements} is missing").format(requirements=REQUIREMENTS),
                _("get the lab's files again"),
            )
        ]
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
        found.append(
            Finding(
                _("packages"),
                BAD,
                _("missing or too old: {missing}").format(missing=", ".join(missing)),
                _install(),
            )
        )
    else:
        found.append(
            Finding(_("packages"), GOOD, _("{count} of requirements.txt are here").format(count=len(asked)))
        )
    return found


def _pair(asked: dict[str, tuple[str, str]], installed: dict[str, str | None]) -> Finding:
    said = _(" and ").join(f"{name} {installed.get(name) or _('missing')}" for name in PAIR)
    need = _(" and ").join(f"{name} {asked[name][1]}" for name in PAIR if name in asked)
    is_right = all(_base(installed.get(name)) == asked[name][1] for name in PAIR if name in asked)
    if not is_right:
        return Finding(
            "torch",
            BAD,
            _("{said}, where the lab needs the pair {need}").format(said=said, need=need),
            _install(),
        )
    return Finding("torch", GOOD, _("{said}, a pair").format(said=said))


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
        return Finding(
            _("import"), BAD, _("torch cannot be imported: {error}").format(error=error), _install()
        )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [_("it ended without a word")])[-1]
        again = _("python -m pip install --force-reinstall {pair}, as requirements.txt says").format(
            pair=" ".join(PAIR)
        )
        return Finding(_("import"), BAD, _("torch cannot be imported: {last}").format(last=last), again)
    has_gpu = "True" in done.stdout
    said = _("torch can be imported; a GPU: yes") if has_gpu else _("torch can be imported; a GPU: no")
    return Finding(_("import"), GOOD, said)


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
    return (
        _("run `{install}` in the lab's folder").format(install=INSTALL)
        if sys.prefix != sys.base_prefix
        else remedy()
    )
