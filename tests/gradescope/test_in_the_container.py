"""The zip for Gradescope, laid out and run as its documentation says."""

import json
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import pytest
from container import SEED, Container, of_name
from corpus import MISTAKES, build
from corpus.build import solution

from grader.lab.paths import LAB
from grader.platforms.gradescope.export import NEEDED, requirements, sources

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


@pytest.fixture(scope="module")
def container():
    with tempfile.TemporaryDirectory() as folder:
        yield Container(folder)


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
        assert record["isolation"]["layers"]["uid"] is True  # which of our users is chance
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
