"""A students' copy as it is exported, and one that is small."""

import shutil

import pytest

from grader.lab.paths import LAB
from grader.platforms.github import classroom
from grader.release import student_copy


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    out = tmp_path_factory.mktemp("exports") / "lab"
    classroom.export(out)
    return out


@pytest.fixture(scope="module")
def unsolved(tmp_path_factory):
    """The lab as it is but for solution/, as somebody may have copied it: the grader and the template."""
    out = tmp_path_factory.mktemp("unsolved") / "lab"
    for name in ("grader", "student"):
        shutil.copytree(LAB / name, out / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "requirements.txt", "README.md"):
        shutil.copy(LAB / name, out / name)
    return out


@pytest.fixture
def small(monkeypatch):
    """Exports a few small files instead of 62 MB."""
    files = {"a.txt": b"a", "deep/b.txt": b"b", "deep/c/d.txt": b"d"}
    monkeypatch.setattr(student_copy, "files", lambda: dict(files))
    return files
