"""The zip for Gradescope: setup.sh, run_autograder, and what they need to grade.

There is no solution in it: expected values are frozen when it is made, also the hidden ones. The seed
of these is in it, so the zip is for the instructor alone.
"""

import ast
import zipfile
from pathlib import Path

from grader.errors import LabError
from grader.grading.mask import KNOWN
from grader.implementations import EXPECTED
from grader.lab.files import replacing
from grader.lab.paths import CARS, LAB, MODEL, SOLUTION
from grader.language import _, current
from grader.language.catalogue import FOLDER, KEY
from grader.language.choice import COPY
from grader.release.expected import record, record_known

HERE = Path(__file__).parent
NEEDED = ("torch", "torchvision", "numpy", "pillow", "pytest", "safetensors", "typer")
# Read by their place, not imported: the checks by pytest, start.py and what it imports by the zygote, and the
# files of the extensions by their names.
BY_PLACE = ("grader/rubric", "grader/sandbox", "grader/explain")
EPOCH = (1980, 1, 1, 0, 0, 0)  # of every file, so that the same lab gives the same zip


def export(out: Path, model: Path = MODEL, hidden: str | None = None) -> int:
    """Write the zip -> its size in bytes. Raises LabError."""
    if out.suffix.lower() != ".zip":
        raise LabError(_("{out} does not end in .zip: call it autograder.zip").format(out=out))
    if not out.resolve().parent.is_dir():
        raise LabError(
            _("the folder of {out} does not exist: make it, or choose another place").format(out=out)
        )
    if not model.is_file():
        raise LabError(_("{model} does not exist: name the file of the trained weights").format(model=model))
    if hidden is not None and not hidden.strip():
        raise LabError(_("the secret of the hidden inputs is empty: give one, or ask for public inputs"))
    own = hidden is not None or model.resolve() != MODEL.resolve()
    if own and not SOLUTION.is_dir():
        raise LabError(_("--hidden and --model need solution/, and this copy of the lab has none"))
    contents = _contents(model, hidden)
    with replacing(out) as part, zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            _add(archive, name, content)
    return out.stat().st_size


def _contents(model: Path, hidden: str | None) -> dict[str, bytes]:
    """{name in the zip: content}."""
    found = {name: (HERE / "container" / name).read_bytes() for name in ("setup.sh", "run_autograder")}
    found["requirements.txt"] = requirements(NEEDED).encode()
    for path in [*sources(), *sorted(CARS.glob("*.jpg")), *sorted(CARS.glob("*_mask.png"))]:
        found[path.relative_to(LAB).as_posix()] = path.read_bytes()
    found["assets/model.pth"] = model.read_bytes()
    if model.resolve() == MODEL.resolve():
        found["assets/expected.npz"] = EXPECTED.read_bytes()
        found["assets/known.npz"] = KNOWN.read_bytes()
    else:
        recorded = record(model)
        found["assets/expected.npz"] = recorded.as_bytes()
        found["assets/known.npz"] = record_known(recorded, model).as_bytes()
    found |= spoken()
    if hidden is not None:
        found["hidden/seed"] = hidden.encode()
        found["hidden/expected.npz"] = record(model, hidden).as_bytes()
    return found


def spoken() -> dict[str, bytes]:
    """What a container needs to speak the language of this process, whatever its own is."""
    if current() == KEY:
        return {}
    catalogues = sorted((Path(FOLDER) / current()).rglob("*.po"))
    found = {path.relative_to(LAB).as_posix(): path.read_bytes() for path in catalogues}
    return found | {Path(COPY).relative_to(LAB).as_posix(): f"{current()}\n".encode()}


def requirements(names: tuple[str, ...]) -> str:
    """The lines of requirements.txt for these packages. Raises LabError if one is not there."""
    lines = [line.split("#")[0].strip() for line in (LAB / "requirements.txt").read_text().splitlines()]
    chosen = [line for line in lines if line and _package(line) in names]
    if len(chosen) != len(names):
        raise LabError(_("requirements.txt has to name each of {names} once").format(names=", ".join(names)))
    return "".join(f"{line}\n" for line in chosen)


def _package(line: str) -> str:
    return line[: next((i for i, char in enumerate(line) if not (char.isalnum() or char in "-_")), None)]


def sources() -> list[Path]:
    """What autograder.py imports of the grader, directly or not, and nothing else."""
    waiting = [HERE / "autograder.py"]
    for folder in BY_PLACE:
        waiting += [path for path in (LAB / folder).rglob("*") if path.suffix in (".py", ".ini")]
    found: set[Path] = set()
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += _imported_by(path) if path.suffix == ".py" else []
    return sorted(found)


def _imported_by(path: Path) -> list[Path]:
    """The grader's own files that a file imports, with the __init__.py above each."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    names.add(".".join(path.relative_to(LAB).with_suffix("").parts))
    places: set[Path] = set()
    for name in (name for name in names if name.split(".")[0] == "grader"):
        parts = name.split(".")
        places |= {LAB.joinpath(*parts[:depth], "__init__.py") for depth in range(1, len(parts) + 1)}
        places.add(LAB.joinpath(*parts).with_suffix(".py"))
    return [place for place in places if place.is_file()]


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    info = zipfile.ZipInfo(name, EPOCH)
    info.create_system = 3  # Unix: only then are the permissions read
    info.external_attr = (0o100755 if name in ("setup.sh", "run_autograder") else 0o100644) << 16
    info.compress_type = (
        zipfile.ZIP_STORED if name.endswith((".pth", ".npz", ".jpg")) else zipfile.ZIP_DEFLATED
    )
    archive.writestr(info, content)
