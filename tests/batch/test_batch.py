"""A class at once: every hand-in is a result, nothing that is graded is lost, and nothing is graded twice."""

import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import psutil
import pytest
from made_class import command, forms, grade, write_class

from grader.grading import secret
from grader.lab.paths import LAB
from grader.report.file import read_report

SECRET = "an old secret of ours"
QUICK = ("--inference", "never")  # no network is run for its picture


@pytest.fixture(scope="module")
def download(tmp_path_factory):
    return write_class(tmp_path_factory.mktemp("downloads") / "class")


@pytest.fixture(scope="module")
def secret_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("secrets") / "term.secret.json"
    secret.write(path, SECRET)
    return path


@pytest.fixture(scope="module")
def run(download, secret_file, tmp_path_factory):
    """(RESULTS, what the command said) of an undisturbed run."""
    out = tmp_path_factory.mktemp("results") / "undisturbed"
    return out, grade(download, out, "--hidden-file", secret_file, *QUICK)


@pytest.fixture
def table(run):
    return json.loads((run[0] / "results.json").read_text(encoding="utf-8"))


def test_every_hand_in_is_a_result(run, table):
    out, done = run
    assert done.returncode == 3, done.stderr
    found = {one["key"]: (one["status"], one["score"]) for one in table["hand_ins"]}
    assert found == {
        "ada": ("graded", "100"),
        "bob": ("graded", "93"),
        "cyd": ("graded", "100"),
        "dan": ("not gradable", None),
        "eve": ("graded", "0"),
        "fay": ("graded", "100"),
    }
    page = (out / "index.html").read_text(encoding="utf-8")
    for key in found:
        assert read_report(out / "students" / key / "report.json").name == key
        assert (out / "students" / key / "feedback.html").is_file()
        assert f"students/{key}/feedback.html" in page
    assert "notes.txt" in done.stdout
    assert "notes.txt" in page


def test_the_same_files_are_named_and_nothing_more(table):
    assert table["identical"] == [["ada", "cyd"]]


def test_the_secret_is_kept_for_the_owner_and_stands_nowhere_else(run):
    out, done = run
    kept = out / "class.secret.json"
    assert secret.read(kept)[0] == SECRET
    assert kept.stat().st_mode & 0o077 == 0
    for path in out.rglob("*"):
        if path.is_file() and path != kept:
            assert SECRET.encode() not in path.read_bytes()
            assert path.name.startswith(".expected-") <= (path.stat().st_mode & 0o077 == 0)
    assert SECRET not in done.stdout + done.stderr


def test_results_are_not_mixed_with_others(run, download, tmp_path):
    out, _ = run
    done = grade(download, out)
    assert done.returncode == 2
    assert "--resume" in done.stderr
    (tmp_path / "thesis.txt").write_text("mine")
    done = grade(download, tmp_path, "--resume")
    assert done.returncode == 2
    assert "no results" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.trust
def test_after_a_kill_the_rest_is_graded_and_the_end_is_the_same(run, download, secret_file, tmp_path):
    out = tmp_path / "killed"
    process = subprocess.Popen(
        command(download, out, "--hidden-file", secret_file, *QUICK), cwd=LAB, stderr=subprocess.DEVNULL
    )
    first = _first_report(out, process)
    children = psutil.Process(process.pid).children(recursive=True)
    spelled = [" ".join(child.cmdline()) + str(child.environ()) for child in children]
    process.kill()
    process.wait()
    assert len(spelled) >= 4, "two processes of the pool, each with a sandbox"
    assert not any(SECRET in text for text in spelled)
    _, alive = psutil.wait_procs(children, timeout=20)
    assert not alive, "a process outlives the run"
    written = first.stat().st_mtime_ns
    done = grade(download, out, "--resume", *QUICK)  # the secret is the one that was kept
    assert done.returncode == 3, done.stderr
    assert first.stat().st_mtime_ns == written
    assert forms(out) == forms(run[0])


def _first_report(out: Path, process: subprocess.Popen) -> Path:
    for _ in range(1200):
        if found := list(out.glob("students/*/report.json")):
            return found[0]
        assert process.poll() is None
        time.sleep(0.1)
    raise AssertionError("no report within two minutes")


def test_only_what_is_no_longer_right_is_graded_anew_and_named(run, download, tmp_path):
    out, ours = tmp_path / "anew", tmp_path / "class"
    shutil.copytree(run[0], out)
    shutil.copytree(download, ours)
    for name in ("unet.py", "infer.py"):
        shutil.copy(download / "ada" / name, ours / "bob" / name)
    os.remove(out / "students" / "eve" / "report.json")
    before = {path: path.stat().st_mtime_ns for path in out.glob("students/*/report.json")}
    done = grade(ours, out, "--resume", *QUICK)
    assert done.returncode == 3, done.stderr
    anew = {path.parent.name for path, mtime in before.items() if path.stat().st_mtime_ns != mtime}
    assert anew == {"bob"}
    assert "bob: files" in done.stdout
    table = json.loads((out / "results.json").read_text(encoding="utf-8"))
    assert table["changed"] == [{"key": "bob", "before": "93", "now": "100", "why": ["files"]}]
    assert read_report(out / "students" / "eve" / "report.json").score == 0


@pytest.mark.trust
def test_ctrl_c_leaves_what_is_done_and_no_process(download, secret_file, tmp_path):
    out = tmp_path / "stopped"
    process = subprocess.Popen(
        command(download, out, "--public", "--jobs", "1", *QUICK), cwd=LAB, stderr=subprocess.PIPE, text=True
    )
    _first_report(out, process)
    children = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=60)[1]
    assert process.returncode == 130
    assert "--resume" in said
    assert "Traceback" not in said
    assert not psutil.wait_procs(children, timeout=20)[1]
