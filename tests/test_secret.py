"""Which inputs a submission is graded on: how the secret is given, kept, named and refused."""

import json
import os
import stat
import subprocess
import sys

import pytest

from grader.errors import LabError
from grader.grading import interpreter, secret
from grader.grading.options import Options
from grader.lab.paths import LAB, SOLUTION
from grader.lab.version import VERSION
from grader.outputs.pages.feedback import write_html
from grader.platforms.github.summary import summary
from grader.platforms.gradescope.export import export as export_gradescope
from grader.platforms.gradescope.results import results_of
from grader.platforms.nbgrader.settings import configure
from grader.report.model import PRACTICE, Check, Report, Todo

SECRET = "only the instructor knows"


def grade(*arguments, given: str = "", **environment: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "grader", *map(str, arguments)]
    env = {name: value for name, value in os.environ.items() if name != "UNET_LAB_SECRET"} | environment
    return subprocess.run(command, cwd=LAB, capture_output=True, text=True, input=given, timeout=300, env=env)


def one_todo(tmp_path, *options, **more) -> tuple[dict, subprocess.CompletedProcess]:
    report = tmp_path / "r.json"
    done = grade("grade", "solution", "--todo", "crop_and_concat", "--json", report, *options, **more)
    assert done.returncode == 0, done.stderr
    return json.loads(report.read_text()), done


def test_a_fresh_secret_is_drawn_and_kept_beside_the_results(tmp_path):
    report, done = one_todo(tmp_path)
    kept = tmp_path / "r.secret.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    held = json.loads(kept.read_text())
    assert held["lab"] == report["lab"] == VERSION
    assert report["inputs"] == {"kind": "hidden", "fingerprint": secret.fingerprint(held["secret"])}
    assert report["time"].endswith("+00:00")
    assert held["secret"] not in done.stdout + done.stderr + (tmp_path / "r.json").read_text()
    assert report["inputs"]["fingerprint"] in done.stdout
    assert PRACTICE not in done.stdout

    again, done = one_todo(tmp_path, "--hidden-file", kept)
    assert again["inputs"] == report["inputs"]
    assert done.stderr == ""
    another, _ = one_todo(tmp_path)
    assert another["inputs"] != report["inputs"]


def test_public_inputs_are_labelled_and_need_no_secret(tmp_path):
    report, done = one_todo(tmp_path, "--public", UNET_LAB_SECRET=SECRET)
    assert report["inputs"] == {"kind": "public", "fingerprint": None}
    assert PRACTICE in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["r.json"]


@pytest.mark.parametrize("way", ["stdin", "file", "kept file", "environment", "command line"])
def test_the_ways_to_give_a_secret(way, tmp_path):
    bare, kept = tmp_path / "bare", tmp_path / "kept"
    bare.write_text(f"{SECRET}\n")
    secret.write(kept, SECRET)
    options, more = {
        "stdin": (("--hidden", "-"), {"given": f"{SECRET}\n"}),
        "file": (("--hidden-file", bare), {}),
        "kept file": (("--hidden-file", kept), {}),
        "environment": ((), {"UNET_LAB_SECRET": SECRET}),
        "command line": (("--hidden", SECRET), {}),
    }[way]
    report, done = one_todo(tmp_path, *options, **more)
    assert report["inputs"]["fingerprint"] == secret.fingerprint(SECRET)
    assert not (tmp_path / "r.secret.json").exists(), "who gave it has it"
    warned = "warning: other users of this machine can read the secret on this command line"
    assert done.stderr.startswith(warned) if way == "command line" else done.stderr == ""


@pytest.mark.parametrize(
    ("command", "options", "more"),
    [
        ("grade", ("--hidden", ""), {}),
        ("grade", ("--hidden", " \n"), {}),
        ("grade", ("--hidden", "-"), {"given": " \n"}),
        ("grade", ("--hidden-file", os.devnull), {}),
        ("grade", ("--hidden-file", "nowhere"), {}),
        ("grade", (), {"UNET_LAB_SECRET": ""}),
        ("grade", ("--hidden", "-", "--public"), {"given": SECRET}),
        ("gradescope", ("--hidden", ""), {}),
        ("gradescope", (), {"UNET_LAB_SECRET": " "}),
    ],
)
def test_an_empty_secret_is_refused_and_nothing_is_graded(command, options, more, tmp_path):
    out = tmp_path / "out.zip"
    what = ("grade", "solution", "--json", out) if command == "grade" else ("export", "gradescope", out)
    done = grade(*what, *options, **more)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("blank", ["", " ", "\n"])
def test_an_empty_secret_is_refused_within_the_grader(blank, tmp_path):
    with pytest.raises(LabError, match="empty"):
        Options(hidden=blank)
    with pytest.raises(LabError, match="empty"):
        export_gradescope(tmp_path / "out.zip", hidden=blank)
    with pytest.raises(LabError, match="holds no secret"):
        configure(None, hidden=blank)
    with pytest.raises(LabError, match="holds no secret"):
        interpreter.grade_afresh(SOLUTION, "crop_and_concat", hidden=blank)


def test_the_secret_is_no_argument_of_a_child(monkeypatch, tmp_path):
    asked = []
    real = subprocess.run
    monkeypatch.setattr(subprocess, "run", lambda *a, **k: asked.append((a, k)) or real(*a, **k))
    graded = interpreter.grade_afresh(SOLUTION, "crop_and_concat", hidden=SECRET)
    assert graded["crop_and_concat"].points == 20
    ((command,), options) = asked[0]
    assert SECRET not in " ".join(command)
    assert SECRET not in options["env"].values()


def test_a_secret_of_another_version_of_the_lab_is_used_with_a_warning(tmp_path):
    (tmp_path / "old").write_text(json.dumps({"secret": SECRET, "lab": "0.0.1"}))
    report, done = one_todo(tmp_path, "--hidden-file", tmp_path / "old")
    assert report["inputs"]["fingerprint"] == secret.fingerprint(SECRET)
    assert "drawn for version 0.0.1 of the lab" in done.stderr


@pytest.mark.parametrize("text", ["{", '{"seed": "x"}', '{"secret": " "}', "{" * 100_000])
def test_a_file_that_keeps_no_secret_is_refused(text, tmp_path):
    (tmp_path / "s").write_text(text)
    with pytest.raises(LabError) as refused:
        secret.read(tmp_path / "s")
    assert "\n" not in str(refused.value)


def test_a_kept_secret_is_drawn_once(tmp_path):
    path = tmp_path / "unet_lab.secret.json"
    first = secret.kept(path)
    assert len(first) >= 32
    assert secret.kept(path) == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("kind", ["public", "hidden", None])
def test_every_form_says_what_is_practice(kind, tmp_path):
    todo = Todo("forward", "TODO 3: forward", [Check("forward.a", "runs", 5, "passed", "")])
    inputs = {"kind": kind, "fingerprint": None if kind == "public" else "0" * 12} if kind else {}
    report = Report("ada", {}, [todo], inputs=inputs)
    write_html(report, tmp_path / "r.html")
    rendered = summary(report).replace("&#58;", ":").replace("&#44;", ",")
    for text in ((tmp_path / "r.html").read_text(), rendered, results_of(report)["output"]):
        assert (PRACTICE in text) == (kind == "public")


def test_the_instructors_export_keeps_a_secret_beside_its_folder(tmp_path):
    out = tmp_path / "ours"
    for _ in range(2):  # the second keeps the first one's
        done = grade("export", "instructor", out, "--lab", "uni/lab")
        assert done.returncode == 0, done.stderr
    kept = tmp_path / "ours.secret.json"
    held = json.loads(kept.read_text())["secret"]
    assert held not in done.stdout
    assert f"gh secret set HIDDEN_SEED < {kept}" in done.stdout
    assert not list(out.rglob("*secret*"))
    report, _ = one_todo(tmp_path, "--hidden", "-", given=kept.read_text())
    assert report["inputs"]["fingerprint"] == secret.fingerprint(held)
