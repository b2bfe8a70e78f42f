"""A students' copy as it is exported, and one that is small."""

import pytest

from grader.platforms.github import classroom
from grader.release import student_copy


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    out = tmp_path_factory.mktemp("exports") / "lab"
    classroom.export(out, reporter=True)
    return out


@pytest.fixture
def small(monkeypatch):
    """Exports a few small files instead of 62 MB."""
    files = {"a.txt": b"a", "deep/b.txt": b"b", "deep/c/d.txt": b"d"}
    monkeypatch.setattr(student_copy, "files", lambda: dict(files))
    return files
