"""What Gradescope's autograder refuses to grade, and what it reads."""

import shutil
from pathlib import Path

import pytest

from grader.errors import LabError
from grader.platforms import gradescope
from grader.platforms.gradescope import autograder
from grader.platforms.gradescope.export import export


def test_bad_targets_are_refused_in_one_line_and_leave_nothing_behind(tmp_path, monkeypatch):
    for out in (tmp_path / "out.tar", tmp_path / "no" / "out.zip"):
        with pytest.raises(LabError) as refused:
            export(out)
        assert "\n" not in str(refused.value)
    with pytest.raises(LabError, match="does not exist"):
        export(tmp_path / "out.zip", model=tmp_path / "none.pth")
    monkeypatch.setattr(gradescope.export, "requirements", lambda names: names / 2)
    with pytest.raises(TypeError):  # a fault of ours, half way through
        export(tmp_path / "out.zip")
    assert list(tmp_path.iterdir()) == []


class Confinement:
    """A sandbox that says what it was told to."""

    def __init__(self, uid):
        self.isolation, self.given = {"layers": {"uid": uid}}, None

    def ready(self):
        return {}

    def limit(self, limits):
        self.given = limits

    def worker(self, files):
        return self

    def close(self):
        pass


def test_what_is_hidden_is_not_graded_beside_a_student_who_could_read_it(monkeypatch, tmp_path):
    monkeypatch.setattr(autograder, "HIDDEN", tmp_path)
    autograder.confined(Confinement(61_000))
    with pytest.raises(LabError, match="nothing was graded"):
        autograder.confined(Confinement(False))


def test_workers_get_what_memory_there_is_and_too_little_is_the_grader_s_fault(monkeypatch):
    for left_mb, budget_mb in ((100_000, 3072), (400, 340)):
        sandbox = Confinement(61_000)
        monkeypatch.setattr(autograder.capacity, "memory_left_mb", lambda left_mb=left_mb: left_mb)
        autograder.confined(sandbox)
        assert sandbox.given.memory_mb == budget_mb
        assert sandbox.given.own_user
    monkeypatch.setattr(autograder.capacity, "memory_left_mb", lambda: 150)
    with pytest.raises(LabError, match="too little memory: 150 MB"):
        autograder.confined(Confinement(61_000))


@pytest.mark.parametrize("name", ["hand in.tar.gz", "hand in.zip"])
def test_an_archive_that_was_not_unpacked_is_opened(tmp_path, name):
    made = tmp_path / "made"
    made.mkdir()
    (made / "unet.py").write_text("x = 1")
    kind = "zip" if name.endswith("zip") else "gztar"
    archive = Path(shutil.make_archive(str(tmp_path / "one"), kind, made))
    folder = tmp_path / "submission"
    folder.mkdir()
    archive.rename(folder / name)
    assert autograder.read(folder).files == {"unet.py": b"x = 1"}
