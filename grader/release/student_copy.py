"""What a student gets: the holes, the grader, the weights and the cars; never an answer."""

import re
from pathlib import Path

from grader.errors import LabError
from grader.lab.paths import ASSETS, LAB, SOLUTION, STUDENT
from grader.language import _, current
from grader.language.catalogue import KEY
from grader.language.choice import COPY
from grader.release.folder import Files, place
from grader.release.holes import answer_lines
from grader.release.notebook import sources_of
from grader.release.requirements import STUDENTS, requirements
from grader.release.student_files import stale_files, student_files

FOLDERS = ("grader", "student", "assets/cars", "assets/figures")
SINGLE = ("assets/model.pth", "try.py", "LICENSE", ".gitignore")
PASSING = re.compile(r"(^|/)(__pycache__|\.ipynb_checkpoints)/|\.pyc$|\.part(\.\w+)?$")
# Rooms and commands for those who teach; of the platforms, only what a workflow on GitHub runs is left.
FOR_STAFF = re.compile(
    r"grader/(batch|collection|release)/"
    r"|grader/platforms/(?!__init__\.py$|github/(__init__|workflow|summary|places|points)\.py$)"
    r"|grader/commands/(back|batch|export|merge|overview|release|staff)\.py$"
    r"|grader/language/\w+/LC_MESSAGES/(batch|collection|release)\.po$"
    r"|grader/outputs/(cells|grade|gradebook|packing|upload)\.py$"
    r"|grader/outputs/pages/(class_facts|overview|strips)\.py$|grader/outputs/pages/templates/overview\."
)
# Lines of an answer that give nothing away are too short, a signature, or in any program.
SHORT = 12
LONG = 30  # a longer one must not even be part of a line
SAID_ANYWHERE = {
    "super().__init__()",
    "with torch.inference_mode():",
    "with torch.no_grad():",
    "optimizer.zero_grad()",
    "loss.backward()",
    "optimizer.step()",
}
GUIDE = "student/extensions/README.md"
GUIDES = {"zh": "student/extensions/README.zh-CN.md"}  # the same in other languages
README = Path(__file__).with_name("student_readme.md")


def export(out: Path) -> list[str]:
    """Write the students' folder, and return the paths in it. Raises LabError."""
    return place(files(), out, "student")


def files() -> Files:
    """{path: what it holds, or the file to copy}. Raises LabError where the lab is not fit for students."""
    if not SOLUTION.is_dir():
        raise LabError(
            _("this copy of the lab has no solution/ and cannot be handed on: export from your own")
        )
    stale = stale_files(SOLUTION, STUDENT)
    if stale:
        raise LabError(
            _("student/{stale} is not current: run `python -m grader release` first").format(stale=stale[0])
        )
    frozen = [path.relative_to(LAB).as_posix() for path in sorted(ASSETS.glob("*.npz"))]  # values, no code
    found: Files = {name: LAB / name for name in (*SINGLE, *frozen)}
    for folder in FOLDERS:
        for path in sorted((LAB / folder).rglob("*")):
            name = path.relative_to(LAB).as_posix()
            if path.is_file() and not PASSING.search(name) and not FOR_STAFF.match(name):
                found[name] = path
    missing = [name for name, path in found.items() if isinstance(path, Path) and not path.is_file()]
    if missing:
        raise LabError(_("{missing} is missing: get the lab's files again").format(missing=missing[0]))
    guides = {language: found.pop(name) for language, name in GUIDES.items()}
    if current() != KEY:
        found[GUIDE] = guides[current()]
        found[Path(COPY).relative_to(LAB).as_posix()] = f"{current()}\n".encode()
        found |= {f"student/{name}": text.encode() for name, text in student_files(SOLUTION, _).items()}
    found["requirements.txt"] = requirements(STUDENTS).encode()
    found["README.md"] = readme()
    leaks = given_away(found)
    if leaks:
        raise LabError(
            _("{leaks} holds a line of an answer, {leaks_2!r}: take it out there").format(
                leaks=leaks[0][0], leaks_2=leaks[0][1]
            )
        )
    return found


def readme() -> bytes:
    """What a student reads first, in the language that was chosen."""
    return (README if current() == KEY else README.with_name(f"student_readme.{current()}.md")).read_bytes()


def given_away(files: Files) -> list[tuple[str, str]]:
    """(path, line) of each line of an answer that one of these files holds."""
    found, secrets = [], answers(SOLUTION)
    for name, source in files.items():
        content = source if isinstance(source, bytes) else source.read_bytes()
        if b"\0" in content[:8000]:  # no text: pictures, weights, arrays
            continue
        text = content.decode("utf-8", "replace")
        if name.endswith(".ipynb"):
            text = sources_of(text)
        lines = {line.strip() for line in text.splitlines()}
        found += [(name, one) for one in sorted(secrets) if one in lines or (len(one) > LONG and one in text)]
    return found


def answers(solution: Path) -> set[str]:
    """Every line of an answer in solution/ that is more than trivial."""
    lines = set()
    for path in sorted([*solution.rglob("*.py"), *solution.rglob("*.ipynb")]):
        text = path.read_text(encoding="utf-8")
        lines |= answer_lines(sources_of(text) if path.suffix == ".ipynb" else text, path.name)
    lines = {line for line in lines if len(line) > SHORT and not line.startswith(("def ", "class ", '"""'))}
    return lines - SAID_ANYWHERE
