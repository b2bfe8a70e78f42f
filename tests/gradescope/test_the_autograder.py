"""What Gradescope's autograder refuses to grade, and what it reads."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from corpus.build import solution

from grader.errors import LabError
from grader.intake.submission import Submission
from grader.lab.paths import LAB
from grader.platforms import gradescope
from grader.platforms.gradescope import autograder
from grader.platforms.gradescope.export import export
from grader.sandbox.trusted import Budget


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


@pytest.mark.trust
def test_an_endless_loop_costs_its_own_processor_time_and_gets_a_score():
    files = solution()
    files["infer.py"] = files["infer.py"].replace("    model.eval()\n", "    while True:\n        pass\n")
    budget = Budget(cpu_s=6.0)
    public, _ = autograder.grade(
        Submission("ada", {name: text.encode() for name, text in files.items()}), budget
    )
    assert 6 <= budget.spent_cpu_s < 12
    assert public.grader_errors == []
    assert 0 < public.score < 100
    said = [check.message for todo in public.todos for check in todo.checks]
    assert "its 6 seconds of processor time for all calls are used up" in said


def test_a_container_that_is_too_slow_records_no_score(tmp_path):
    (tmp_path / "source").mkdir()
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "results.json").write_text('{"score": 100}')  # of an earlier run
    (tmp_path / "submission").mkdir()
    (tmp_path / "submission" / "unet.py").write_text(solution()["unet.py"])
    program = "import sys; from grader.platforms.gradescope.autograder import main; sys.exit(main(0.1))"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=LAB,
        env=os.environ | {"AUTOGRADER_ROOT": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert "the machine was too slow" in done.stdout
    assert "costs the student nothing" in done.stdout
    assert not (tmp_path / "results" / "results.json").exists()
