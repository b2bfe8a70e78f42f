"""Every dependency is named once, with its reason, in pyproject.toml; both requirements follow from there."""

import re
import sys

import pytest
from packaging.requirements import Requirement

from grader.errors import LabError
from grader.lab.paths import LAB
from grader.lab.version import VERSION
from grader.release import requirements
from grader.release.requirements import ALL, PROJECT, STUDENTS, dependencies

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # pytest's own, there

FOR_STAFF = {
    "nbgrader",
    "nbformat",
    "playwright",
    "axe-playwright-python",
    "ruff",
    "mypy",
    "grimp",
    "pre-commit",
}


def names(text: str) -> list[str]:
    """The distributions that a requirements.txt names, in order."""
    return [Requirement(line.partition("#")[0]).name for line in text.splitlines()]


@pytest.fixture
def project(tmp_path):
    """Writes a pyproject.toml with these lines in its extra `student`."""

    def write(*lines: str):
        path = tmp_path / "pyproject.toml"
        path.write_text(
            "[project]\nname = 'x'\n\n[project.optional-dependencies]\nstudent = [  # whom it is for\n"
            + "".join(f"    {line}\n" for line in lines)
            + "]\nstaff = [\n]\ncluster = [\n]\ndevelopment = [\n]\n\n[tool.x]\n"
        )
        return path

    return write


def test_requirements_txt_is_what_release_writes():
    assert requirements.is_current()


def test_our_reading_of_the_extras_is_tomls():
    extras = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    assert {extra: list(dependencies(extra)) for extra in ALL} == extras


def test_a_stale_requirements_txt_is_noticed_and_mended(project, tmp_path):
    source, path = project('"torch==2.14.1",  # the network'), tmp_path / "requirements.txt"
    assert not requirements.is_current(source, path)
    requirements.write(source, path)
    assert path.read_text() == "torch==2.14.1         # the network\n"
    assert requirements.is_current(source, path)
    project('"torch==2.14.1",  # the network', '"rich>=14",  # tables')
    assert not requirements.is_current(source, path)


@pytest.mark.parametrize(
    "line", ['"torch==2.14.1",', '"torch",  #', '"torch", "rich",  # two at once', "# a thought"]
)
def test_a_dependency_without_a_reason_is_refused(project, line):
    with pytest.raises(LabError, match=r"pyproject\.toml: expected `\"requirement\",  # its reason`, not"):
        requirements.requirements(STUDENTS, project(line))


def test_an_extra_that_is_not_there_is_refused(project):
    with pytest.raises(LabError, match="has no extra 'guests'"):
        dependencies("guests", project('"rich>=14",  # tables'))


def test_no_distribution_is_named_twice():
    everything = names(requirements.requirements())
    assert len(everything) == len(set(everything))
    assert set(names(requirements.requirements(STUDENTS))) < set(everything)


def test_students_are_not_asked_for_what_only_staff_needs():
    assert not set(names(requirements.requirements(STUDENTS))) & FOR_STAFF


def test_no_reason_gives_a_todo_away():
    assert not re.search(r"crop|concat|cat\b|resize|relu|sigmoid", requirements.requirements(STUDENTS), re.I)


def test_torch_and_torchvision_stay_a_pair():
    pins = [what for what in dependencies("student") if what.startswith("torch")]
    assert pins == ["torch==2.14.1", "torchvision==0.29.1"]


def test_the_version_is_written_once():
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))
    assert project["project"]["dynamic"] == ["version"]
    assert project["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "grader.lab.version.VERSION"}
    assert f"## {VERSION} " in (LAB / "CHANGELOG.md").read_text(encoding="utf-8")
    written = [path for path in (LAB / "grader").rglob("*.py") if f'"{VERSION}"' in path.read_text("utf-8")]
    assert written == [LAB / "grader/lab/version.py"]
