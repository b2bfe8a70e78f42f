"""A class on other machines: the same results as here, whoever dies; who may not grade, and what leaks."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from made_class import command, forms, grade, write_class
from made_cluster import Cluster, cluster, copy_lab, free_port

from grader.batch.cluster import sealing
from grader.batch.cluster.connection import Cluster as Connection
from grader.batch.cluster.letter import Introduction, Letter, ReadHandIn, Sealed
from grader.batch.cluster.likeness import differences, likeness
from grader.batch.cluster.members import Reasons, misfit
from grader.batch.cluster.parcel import MAX_PICTURES_BYTES, pack, unpack
from grader.batch.work import Plan
from grader.errors import LabError
from grader.grading import secret
from grader.grading.options import Options
from grader.intake.refusal import NotGradable
from grader.intake.submission import Submission
from grader.lab.paths import LAB, MODEL

SECRET = "a secret that no log may hold"
QUICK = ("--inference", "never")
WEAK = """
from functools import partial
import grader.grading.start as start
start.Sandbox = partial(start.Sandbox, without=("uid", "landlock", "seccomp"))
"""


def test_a_worker_with_another_lab_package_or_python_is_told_what_differs():
    ours = likeness()
    assert {"rubric", "solution", "model", "grader", "torch", "python"} <= set(ours)
    assert differences(ours, dict(ours)) == []
    theirs = ours | {"torch": "1.0.0", "rubric": "0123"}
    del theirs["pillow"]
    assert differences(ours, theirs) == [
        f"pillow is missing and not {ours['pillow']}",
        f"rubric is 0123 and not {ours['rubric']}",
        f"torch is 1.0.0 and not {ours['torch']}",
    ]


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (Introduction(b"", 1, {"lab": "1"}), ""),
        (Introduction(b"", 4, {"lab": "1"}), "--nthreads 1"),
        (Introduction(b"", 1, {"lab": "2"}), "lab is 2 and not 1"),
        (Introduction(b"", 1, {}, "model.pth cannot be read"), "model.pth cannot be read"),
    ],
)
def test_who_may_not_grade_is_told_why(found, said):
    reason = misfit(found, {"lab": "1"})
    assert said in reason
    assert bool(said) == bool(reason)


def test_a_machine_with_many_processes_is_named_once_for_each_reason():
    said = []
    reasons = Reasons(said.append)
    for host in ("a", "a", "b"):
        reasons.add(host, "too old")
    assert said == [f"no work for the workers at {host}: too old" for host in ("a", "b")]
    assert str(reasons) == "a: too old; b: too old"


def test_what_is_sealed_can_be_read_by_that_process_alone():
    sealed = sealing.seal(SECRET.encode(), sealing.address())
    assert SECRET.encode() not in sealed
    assert sealing.unseal(sealed) == SECRET.encode()
    other = (
        "import sys; from grader.batch.cluster import sealing\n"
        "print(sealing.unseal(bytes.fromhex(sys.argv[1])))"
    )
    done = subprocess.run(
        [sys.executable, "-c", other, sealed.hex()], cwd=LAB, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "sealed for another process" in done.stderr


def test_what_dask_shows_of_a_letter_names_nobody():
    hand_in = ReadHandIn("ada", Submission("ada", {"unet.py": b"mine"}))
    shown = repr((Letter("run", ("module", "name"), (hand_in, "ada")), Sealed("run", b"mine"), hand_in))
    assert "ada" not in shown
    assert "mine" not in shown


def test_a_hand_in_that_cannot_be_graded_is_refused_there_as_here():
    assert ReadHandIn("ada", Submission("ada", {})).read().name == "ada"
    with pytest.raises(NotGradable, match="there is no unet"):
        ReadHandIn("ada", None, "there is no unet.py in it").read()


def test_answers_and_pictures_arrive_for_their_owner_alone(tmp_path):
    pictures = tmp_path / "cars"
    (pictures / "images").mkdir(parents=True)
    (pictures / "images" / "one.jpg").write_bytes(b"a car")
    (tmp_path / "expected.npz").write_bytes(b"answers")
    options = Options(tmp_path / "model.pth", SECRET, hidden_pictures=pictures)
    there = tmp_path / "there"
    plan = unpack(pack(Plan(options, (("model", "1"),), tmp_path / "expected.npz")), there)
    assert (plan.options.hidden, plan.options.model, plan.graded_by) == (SECRET, MODEL, (("model", "1"),))
    assert plan.expected.read_bytes() == b"answers"
    assert (plan.options.hidden_pictures / "images" / "one.jpg").read_bytes() == b"a car"
    files = [path for path in there.rglob("*") if path.is_file()]
    assert len(files) == 2
    assert not any(path.stat().st_mode & 0o077 for path in files)
    os.truncate(pictures / "images" / "one.jpg", MAX_PICTURES_BYTES + 1)
    with pytest.raises(LabError, match="64 MB"):
        pack(Plan(options, (), tmp_path / "expected.npz"))


@pytest.mark.trust
def test_a_scheduler_that_is_not_there_is_said_in_one_line(tmp_path):
    (tmp_path / "class" / "ada").mkdir(parents=True)
    (tmp_path / "class" / "ada" / "unet.py").write_text("")
    words = command(
        tmp_path / "class", tmp_path / "out", "--public", "--scheduler", f"tcp://127.0.0.1:{free_port()}"
    )
    done = subprocess.run(without_jobs(words), cwd=LAB, capture_output=True, text=True, timeout=120)
    assert done.returncode == 2
    assert "error: there is no way to a scheduler at tcp://127.0.0.1" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("to", "said"),
    [
        (Connection("carrier pigeon"), "is no address"),
        (Connection("tcp://10.0.0.5"), "is no address"),
        (Connection("tcp://10.0.0.5:1", cert=Path(__file__)), "begins with tls://"),
        (Connection("tls://10.0.0.5:1"), "needs --tls-ca-file"),
        (Connection("tls://10.0.0.5:1", ca_file=Path("x.pem")), "x.pem does not exist"),
        (Connection("tls://10.0.0.5:1", *[Path(__file__)] * 3), "cannot be used"),
    ],
)
def test_an_address_that_cannot_lead_anywhere_is_refused(to, said):
    with pytest.raises(LabError, match=said):
        to.connect()


def without_jobs(words: list[str]) -> list[str]:
    return [word for word in words if word not in ("--jobs", "2")]


@pytest.fixture(scope="module")
def download(tmp_path_factory):
    """Thirteen hand-ins, four of which can be graded."""
    folder = write_class(tmp_path_factory.mktemp("downloads") / "class")
    for number in range(7):
        place = folder / f"student{number}"
        place.mkdir()
        (place / ("unet.py" if number % 2 else "notes.txt")).write_text(f"import nothing_like_{number}")
    return folder


@pytest.fixture(scope="module")
def secret_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("secrets") / "term.secret.json"
    secret.write(path, SECRET)
    return path


def start_all(made: Cluster) -> None:
    """Two that grade, and two that may not."""
    made.start_worker("one")
    made.start_worker("two")
    made.start_worker("threads", None, "--nthreads", "2")
    other = copy_lab(made.folder / "changed")
    text = (other / "grader" / "rubric" / "forward.py").read_text(encoding="utf-8")
    os.remove(other / "grader" / "rubric" / "forward.py")
    (other / "grader" / "rubric" / "forward.py").write_text(text + "# easier\n", encoding="utf-8")
    made.start_worker("other", other)
    made.wait_for(4)  # else the class is over before the last of them is asked


@pytest.mark.trust
def test_a_worker_is_killed_and_the_class_is_the_same_as_here(download, secret_file, tmp_path):
    here = tmp_path / "graded-here"
    assert grade(download, here, "--hidden-file", secret_file, *QUICK).returncode == 3
    out = tmp_path / "graded-there"
    (tmp_path / "machines").mkdir()
    with cluster(tmp_path / "machines") as made:
        start_all(made)
        words = command(download, out, "--hidden-file", secret_file, *QUICK, "--scheduler", made.address)
        run = subprocess.Popen(without_jobs(words), cwd=LAB, stderr=subprocess.PIPE, text=True)
        while not list(out.glob("students/*/report.json")):
            assert run.poll() is None, run.communicate()
            time.sleep(0.1)
        spelled = [spelling(one) for one in psutil.Process(os.getpid()).children(recursive=True)]
        for one in made.graders("one"):
            one.kill()
        said = run.communicate(timeout=500)[1]
        assert run.returncode == 3, said
        assert forms(out) == forms(here)
        _the_rest_is_graded_there_too(out, words)
        logs = made.logs()
    assert forms(out) == forms(here)
    assert "it has 2 threads" in said
    assert "its lab is another one (grader is" in said
    assert "rubric is" in said
    assert "Traceback" not in said
    assert len(spelled) > 10
    assert not any(SECRET in text for text in [*spelled, logs, said])


def _the_rest_is_graded_there_too(out: Path, words: list[str]) -> None:
    reports = {path.parent.name: path for path in out.glob("students/*/report.json")}
    reports["eve"].unlink()
    written = {key: path.stat().st_mtime_ns for key, path in reports.items() if key != "eve"}
    done = subprocess.run([*without_jobs(words), "--resume"], cwd=LAB, capture_output=True, text=True)
    assert done.returncode == 3, done.stderr
    assert {key: reports[key].stat().st_mtime_ns for key in written} == written


def spelling(process: psutil.Process) -> str:
    """What others can see of it."""
    try:
        return " ".join(process.cmdline()) + str(process.environ())
    except psutil.Error:
        return ""


@pytest.mark.trust
def test_where_no_worker_may_grade_the_run_ends_and_says_why(download, secret_file, tmp_path):
    (tmp_path / "machines").mkdir()
    with cluster(tmp_path / "machines") as made:
        made.start_worker("threads", None, "--nthreads", "2")
        empty = tmp_path / "empty"
        empty.mkdir()
        shutil.copy(MODEL, empty)
        made.start_worker("lost", empty)
        weak = made.folder / "weak.py"
        weak.write_text(WEAK)
        made.start_worker("weak", None, "--preload", str(weak))
        made.wait_for(3)
        hidden = ("--hidden-file", secret_file)
        words = command(download, tmp_path / "out", *hidden, *QUICK, "--scheduler", made.address)
        done = subprocess.run(without_jobs(words), cwd=LAB, capture_output=True, text=True, timeout=300)
    assert done.returncode == 2
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("error: no worker of tcp://")
    assert "it has 2 threads" in last
    assert "isolation full was asked for, and this machine gives process-only" in last
    assert "start it in the lab's folder" in last
    assert "Traceback" not in done.stderr


@pytest.mark.trust
def test_without_a_worker_or_with_a_scheduler_that_is_lost_it_is_said(download, tmp_path):
    (tmp_path / "machines").mkdir()
    with cluster(tmp_path / "machines") as made:
        words = command(download, tmp_path / "out", "--public", *QUICK, "--scheduler", made.address)
        run = subprocess.Popen(without_jobs(words), cwd=LAB, stderr=subprocess.PIPE, text=True)
        time.sleep(20)
        made.processes[0].kill()
        said = run.communicate(timeout=200)[1]
    assert run.returncode == 2
    assert "scheduler" in said.strip().splitlines()[-1]
    assert "Traceback" not in said
