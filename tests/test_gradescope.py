"""The zip for Gradescope, laid out and run as its documentation says, and what comes out of it."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import jsonschema
import pytest
from corpus import MISTAKES, build
from corpus.build import solution

from grader.errors import LabError
from grader.lab.paths import LAB
from grader.platforms import gradescope
from grader.platforms.gradescope import autograder
from grader.platforms.gradescope.export import NEEDED, export, requirements, sources
from grader.platforms.gradescope.results import results_of
from grader.report.model import FAILED, PASSED, WAITING, Check, Report, Todo

VISIBILITY = {"enum": ["hidden", "after_due_date", "after_published", "visible"]}
FORMAT = {"enum": ["text", "simple_format", "html", "md", "ansi"]}
TEST = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "score": {"type": "number"},
        "max_score": {"type": "number"},
        "status": {"enum": ["passed", "failed"]},
        "name": {"type": "string"},
        "name_format": FORMAT,
        "number": {"type": "string"},
        "output": {"type": "string"},
        "output_format": FORMAT,
        "tags": {"type": "array", "items": {"type": "string"}},
        "visibility": VISIBILITY,
        "extra_data": {"type": "object"},
    },
}
# "Autograder Specifications" of Gradescope's documentation, as a schema.
SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "anyOf": [
        {"required": ["score"]},
        {"required": ["tests"], "properties": {"tests": {"items": {"required": ["score"]}}}},
    ],
    "properties": {
        "score": {"type": "number"},
        "execution_time": {"type": "number"},
        "output": {"type": "string"},
        "output_format": FORMAT,
        "test_output_format": FORMAT,
        "test_name_format": FORMAT,
        "visibility": VISIBILITY,
        "stdout_visibility": VISIBILITY,
        "extra_data": {"type": "object"},
        "tests": {"type": "array", "items": TEST},
        "leaderboard": {"type": "array"},
    },
}
SEED = "only the instructor knows"
# What a student may try: each line prints what came of it. Written at the end of a right unet.py.
HOSTILE = """
import os, signal
def attempt(name, act):
    try:
        act()
        print(name, "done")
    except OSError:
        print(name, "refused")
root = {root!r}
attempt("list", lambda: os.listdir(root + "/source"))
attempt("seed", lambda: open(root + "/source/hidden/seed").read(1))
attempt("expected", lambda: open(root + "/source/assets/expected.npz", "rb").read(1))
attempt("results", lambda: open(root + "/results/results.json", "w").write('{{"score": 100}}'))
attempt("metadata", lambda: open(root + "/submission_metadata.json").read(1))
attempt("memory", lambda: open("/proc/%d/mem" % os.getppid(), "rb"))
attempt("signal", lambda: os.kill(os.getppid(), signal.SIGCONT))
print("</pre><script>alert(1)</script> ```")
"""


PACKAGES = [path for path in sys.path if path.endswith("-packages")]


def python_for_all() -> str | None:
    """An interpreter of this version that every user may read; None without one, or where this is not root.

    Where python lies in root's own home, the student's process cannot become another user.
    """
    version = f"python3.{sys.version_info[1]}"
    for path in filter(os.path.exists, (sys.executable, f"/usr/bin/{version}", f"/usr/local/bin/{version}")):
        real = [Path(place).resolve() for place in (path, *PACKAGES)]
        needed = {one for place in real for one in (place, *place.parents)}
        if os.geteuid() == 0 and all(one.stat().st_mode & 0o005 == 0o005 for one in needed):
            return path
    return None


class Container:
    """The folders of a container, in a place that every user can reach, and the zip unpacked there."""

    def __init__(self, folder: str):
        self.root, self.confined = Path(folder, "autograder"), python_for_all() is not None
        Path(folder).chmod(0o755)
        for name in ("source", "submission", "results"):
            (self.root / name).mkdir(parents=True)
        # Without a user of its own for the student's process nothing hidden is graded: see below.
        export(Path(folder, "out.zip"), hidden=SEED if self.confined else None)
        subprocess.run(
            [sys.executable, "-m", "zipfile", "-e", f"{folder}/out.zip", self.root / "source"], check=True
        )
        shutil.copy(self.root / "source" / "run_autograder", self.root)
        (self.root / "run_autograder").chmod(0o755)
        (self.root / "submission_metadata.json").write_text('{"id": 123456, "users": [{"name": "Ada"}]}')

    def run(self, files: dict[str, str]) -> tuple[dict | None, str]:
        """(results.json or None, what was printed for the instructor)."""
        folder = self.root / "submission"
        shutil.rmtree(folder)
        folder.mkdir()
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8", newline="")
        own = {
            "AUTOGRADER_ROOT": str(self.root),
            "UNET_LAB_PYTHON": python_for_all() or sys.executable,
            "PYTHONPATH": os.pathsep.join(PACKAGES),
        }
        done = subprocess.run(
            [self.root / "run_autograder"],
            cwd=self.root,
            env=os.environ | own,
            capture_output=True,
            text=True,
            timeout=300,
        )
        place = self.root / "results" / "results.json"
        assert (done.returncode == 0) == place.exists(), done.stdout + done.stderr
        if not place.exists():
            return None, done.stdout
        results = json.loads(place.read_text())
        jsonschema.validate(results, SCHEMA)
        return results, done.stdout


@pytest.fixture(scope="module")
def container():
    with tempfile.TemporaryDirectory() as folder:
        yield Container(folder)


def of_name(results: dict, name: str) -> dict:
    (found,) = [test for test in results["tests"] if test["name"].startswith(name)]
    return found


def test_a_right_answer_that_looks_around_sees_nothing(container):
    files = solution()
    files["unet.py"] += HOSTILE.format(root=str(container.root))
    results, said = container.run(files)
    assert results["score"] == 100
    assert [test["name"] for test in results["tests"] if test.get("status") == "failed"] == []
    assert sum(test.get("max_score", 0) for test in results["tests"]) == 100
    record = results["extra_data"]
    printed = of_name(results, "What your code printed")
    assert printed["output_format"] == "text"
    lines = [line.split() for line in printed["output"].splitlines()]
    came = {line[0]: line[1] for line in lines if line[-1] in ("done", "refused")}
    assert set(came) == {"list", "seed", "expected", "results", "metadata", "memory", "signal"}
    if container.confined:
        assert record["isolation"]["layers"]["uid"] > 60_000
        assert set(came.values()) == {"refused"}
    else:  # then it says so, to the instructor
        assert "uid" in record["isolation"]["missing"]
        assert "note: the student's code does not run as another user" in said
    picture = of_name(results, "The car")["output"]
    assert "IoU 1.000" in picture
    assert "](data:image/jpeg;base64,/9j/" in picture
    assert len(picture) < 100_000


def test_mistakes_are_told_at_once_and_hidden_points_after_the_due_date(container):
    files = build(next(one for one in MISTAKES if one.id == "several-relu-and-order"))
    results, _ = container.run(files)
    public = [test for test in results["tests"] if test.get("visibility") == "visible"]
    failed = [test for test in public if test.get("status") == "failed"]
    assert {"TODO 1", "TODO 2"} == {test["name"][:6] for test in failed}
    assert all("expected" in test["output"] or "waits for" in test["output"] for test in failed)
    assert "Look first at: TODO 1" in results["output"]
    assert 50 < results["score"] < 100
    if container.confined:
        later = [test for test in results["tests"] if test.get("visibility") == "after_due_date"]
        assert not any("score" in test for test in public)
        assert results["score"] == sum(test.get("score", 0) for test in later)
        assert sum(test.get("max_score", 0) for test in later) == 100
        assert "after the due date" in results["output"]
        assert str(results["score"]) not in results["output"]
    assert SEED not in json.dumps(results)


def test_nothing_handed_in_is_a_zero_that_says_why(container):
    (container.root / "results" / "results.json").write_text('{"score": 100}')  # of an earlier run
    results, _ = container.run({"notes.txt": "hello"})
    assert results["score"] == 0
    assert "there is no unet.py in your submission" in results["tests"][0]["output"]
    assert str(container.root) not in json.dumps(results)


def test_a_fault_of_the_grader_records_no_score(container):
    model = container.root / "source" / "assets" / "model.pth"
    kept = model.rename(model.with_name("kept"))
    try:
        results, said = container.run(solution())
    finally:
        kept.rename(model)
    assert results is None
    assert "costs the student nothing" in said
    assert "model.pth" in said
    assert "Traceback" not in said


def test_the_zip_holds_what_grading_needs_and_nothing_more(container):
    names = [
        path.relative_to(container.root / "source").as_posix()
        for path in (container.root / "source").rglob("*.*")
    ]
    assert not [name for name in names if name.startswith(("solution", "student", "tests", "benchmarks"))]
    assert not [name for name in names if name.startswith("grader/release") or "__main__" in name]
    shell = [container.root / "source" / name for name in ("setup.sh", "run_autograder")]
    with zipfile.ZipFile(container.root.parent / "out.zip") as archive:
        assert all(archive.getinfo(path.name).external_attr >> 16 & 0o111 for path in shell)
    shellcheck = Path(sys.executable).with_name("shellcheck")
    assert subprocess.run([shellcheck, *shell], capture_output=True, text=True).stdout == ""
    needed = requirements(NEEDED).splitlines()
    assert (container.root / "source" / "requirements.txt").read_text().splitlines() == needed
    assert sorted(re.split("[=>]", line)[0] for line in needed) == sorted(NEEDED)
    assert all("==" in line for line in needed if line.startswith("torch"))
    assert LAB / "grader" / "rubric" / "forward.py" in sources()


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


def report_of(*checks: Check) -> Report:
    return Report("ada", {}, [Todo("forward", "TODO 3: forward", list(checks))])


def test_what_a_student_wrote_cannot_leave_its_place():
    nasty = "```\n# x ![i](http://e) <script>alert(1)</script> \x1b[31m"
    hint = "you wrote *`[a](http://e)`* <b>"
    failed = Check("forward.a", "runs", 5, FAILED, nasty, hint, "forward.x")
    waiting = Check("forward.b", "is right", 5, WAITING, "waits for: runs")
    results = results_of(report_of(failed, waiting, Check("forward.c", "c", 3, PASSED, "")))
    jsonschema.validate(results, SCHEMA)
    first, second, third = results["tests"]
    fence, *inside, end, _, said = first["output"].split("\n")
    assert (fence, end) == ("````text", "````")
    assert "\n".join(inside) == nasty.removesuffix("\x1b[31m")
    assert said == r"you wrote \*\`\[a\]\(http://e\)\`\* &lt;b&gt;"
    assert second["output"] == r"waits for: runs"
    assert [test["score"] for test in (first, second, third)] == [0, 0, 3]
    assert results["score"] == 3
    assert results["output"].startswith("**3 of 13 points**")


def test_what_is_printed_is_cut_and_a_large_picture_left_out():
    report = report_of(Check("forward.a", "runs", 5, PASSED, ""))
    report.output, report.mask = "x" * 50_000, {"image": "car.jpg", "iou": 0.5}
    results = results_of(report, picture=b"x" * 300_000)
    assert len(of_name(results, "What your code printed")["output"]) < 4100
    assert "data:" not in of_name(results, "The car")["output"]
    assert "data:" in of_name(results_of(report, picture=b"x" * 100), "The car")["output"]
