"""solution/ -> student/: every file, and whether student/ is current."""

from pathlib import Path

from grader.errors import LabError
from grader.lab.files import write_text
from grader.language import _
from grader.release.holes import answers_in, student_version
from grader.release.notebook import released_notebook, sources_of
from grader.release.templates import Translate, in_notebook, in_python


def student_files(solution: Path, speaks: Translate | None = None) -> dict[str, str]:
    """{path below student/: text} of every Python file and notebook of solution/. Raises LabError.

    speaks: translates what students read; without it they read English.
    """
    files, sources = {}, _sources(solution)
    for name, path in sources.items():
        if path.suffix == ".ipynb":
            files[name] = released_notebook(path)
        else:
            files[name] = student_version(path.read_text(encoding="utf-8"), f"{solution.name}/{name}")
    notebooks = {name for name in files if name.endswith(".ipynb")}
    for name in sorted(files.keys() - notebooks):
        answered = sources[name].read_text(encoding="utf-8")
        for other in sorted({name} | notebooks):
            text = sources_of(files[other]) if other in notebooks else files[other]
            given_away = answers_in(text, answered, name)
            if given_away:
                raise LabError(
                    _("{name}/{other}: a line of an answer also stands outside it: {given_away!r}").format(
                        name=solution.name, other=other, given_away=given_away[0]
                    )
                )
    if speaks is None:
        return files
    return {
        name: (in_notebook if name in notebooks else in_python)(text, speaks) for name, text in files.items()
    }


def _sources(folder: Path) -> dict[str, Path]:
    """{path below folder: path} of what release makes, or made."""
    paths = sorted(path for pattern in ("*.py", "*.ipynb") for path in folder.rglob(pattern))
    names = {path.relative_to(folder).as_posix(): path for path in paths}
    return {name: path for name, path in names.items() if ".ipynb_checkpoints" not in path.parts}


def stale_files(solution: Path, student: Path) -> list[str]:
    """Paths below student/ that are not what release would write: changed, missing or left over."""
    return _stale(student_files(solution), student)


def _stale(expected: dict[str, str], student: Path) -> list[str]:
    found = _sources(student)
    return sorted(
        name
        for name in expected.keys() | found.keys()
        if name not in expected
        or name not in found
        or found[name].read_text(encoding="utf-8") != expected[name]
    )


def release(solution: Path, student: Path, speaks: Translate | None = None) -> list[str]:
    """Write student/ and return the paths written. Nothing is written if any file is refused."""
    files = student_files(solution, speaks)
    for name, text in files.items():
        write_text(student / name, text)
    for name in set(_stale(files, student)) - files.keys():
        (student / name).unlink()
    return sorted(files)
