"""The GitHub workflows: linted, harmless, and every command in them run as GitHub would run it."""

import csv
import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from workflow_commands import commands_in

from grader.errors import LabError
from grader.intake.submission import read_submission
from grader.lab.paths import LAB
from grader.lab.plan import CORE
from grader.platforms.github import classroom, instructor

OURS = LAB / ".github" / "workflows" / "ci.yml"
SEED = "a secret that no student may see"


@pytest.fixture(scope="module")
def texts(tmp_path_factory) -> dict[str, str]:
    out = tmp_path_factory.mktemp("workflows")
    (hidden,) = instructor.export(out / "instructor", "uni/lab")
    return {
        "ci": OURS.read_text(encoding="utf-8"),
        "grade": classroom.workflow().decode(),
        "reporter": classroom.workflow(reporter=True).decode(),
        "hidden": (out / "instructor" / hidden).read_text(encoding="utf-8"),
    }


@pytest.fixture(scope="module")
def workflows(texts) -> dict[str, dict]:
    return {name: yaml.load(text, yaml.BaseLoader) for name, text in texts.items()}


def steps_of(workflow: dict) -> list[dict]:
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


def lint(text: str, folder: Path) -> str:
    """What actionlint says, with shellcheck at its side."""
    path = folder / "workflow.yml"
    path.write_text(text, encoding="utf-8")
    programs = Path(sys.executable).parent
    command = [programs / "actionlint", "-shellcheck", programs / "shellcheck", "-no-color", path]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


@pytest.mark.parametrize("name", ["ci", "grade", "reporter", "hidden"])
def test_the_linter_finds_nothing(name, texts, tmp_path):
    assert lint(texts[name], tmp_path) == ""


def test_the_linter_looks_at_keys_expressions_and_shell(texts, tmp_path):
    text = texts["reporter"]
    assert "unexpected key" in lint(text.replace("timeout-minutes", "timeout"), tmp_path)
    assert "is not defined" in lint(text.replace("steps.grade.", "steps.grad."), tmp_path)
    assert "SC2086" in lint(text.replace("run: uv", "run: echo $HOME; uv"), tmp_path)


@pytest.mark.parametrize("name", ["ci", "grade", "reporter", "hidden"])
def test_no_workflow_has_more_rights_than_it_needs(name, texts, workflows):
    workflow = workflows[name]
    assert workflow["permissions"] in ({"contents": "read"}, {})
    assert "pull_request_target" not in texts[name].replace("pull_request_target-", "")
    assert all(int(job["timeout-minutes"]) <= 60 for job in workflow["jobs"].values())
    assert "group" in workflow["concurrency"]
    for step in steps_of(workflow):
        assert "${{" not in step.get("run", ""), "what an expression holds would be run"
        if "actions/checkout" in step.get("uses", ""):
            assert step["with"]["persist-credentials"] == "false"
        if "uses" in step and "grading-reporter" not in step["uses"]:
            assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", step["uses"]), "an action is pinned to a commit"


def test_secrets_reach_only_the_steps_that_need_them(workflows):
    assert "secrets" not in json.dumps([workflows["grade"], workflows["reporter"], workflows["ci"]])
    assert list(workflows["hidden"]["on"]) == ["workflow_dispatch"]
    holders = [step["name"] for step in steps_of(workflows["hidden"]) if "secrets." in json.dumps(step)]
    assert holders == ["Fetch the lab", "Fetch the submission", "Lay out the seed"]
    # what a student's code could write to must not come back on another student's machine
    assert '"enable-cache": "true"' not in json.dumps(workflows["hidden"])
    assert "actions/cache" not in json.dumps(workflows["hidden"])


def test_the_reporter_is_given_every_todo(workflows):
    step = steps_of(workflows["reporter"])[-1]
    assert step["with"]["runners"].split(",") == list(CORE)
    assert step["env"] == {f"{id.upper()}_RESULTS": f"${{{{ steps.grade.outputs.{id} }}}}" for id in CORE}
    assert steps_of(workflows["reporter"])[:-1] == steps_of(workflows["grade"])
    assert workflows["reporter"]["name"] == "Autograding Tests"
    assert list(workflows["reporter"]["jobs"]) == ["run-autograding-tests"]


class Machine:
    """Runs steps like GitHub's: bash, its files for output and summary, and uv answered by pip, which finds
    that everything is there."""

    def __init__(self, folder: Path):
        self.root, self.home = folder / "work", folder / "home"
        for path in (self.root, self.home / "bin"):
            path.mkdir(parents=True)
        self._program("python", f'exec "{sys.executable}" "$@"')
        self._program(
            "uv",
            '[ "$1 $2 $3 $4 $5" = "pip install --torch-backend cpu -r" ] || exit 64\n'
            f'exec "{sys.executable}" -m pip install --quiet --no-index --disable-pip-version-check -r "$6"',
        )
        self.files = {name: self.home / name.lower() for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        for path in self.files.values():
            path.touch()

    def _program(self, name: str, script: str) -> None:
        path = self.home / "bin" / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    def run(self, step: dict, **values: str) -> subprocess.CompletedProcess:
        """One step, with values for the variables of its `env`."""
        assert set(step.get("env", {})) == set(values)
        environment = {
            "PATH": f"{self.home / 'bin'}:{os.defpath}",
            "HOME": str(self.home),
            "OMP_NUM_THREADS": os.environ["OMP_NUM_THREADS"],
            "GITHUB_ACTIONS": "true",
            "GITHUB_WORKSPACE": str(self.root),
            "RUNNER_TEMP": str(self.home),
            **{name: str(path) for name, path in self.files.items()},
            **values,
        }
        script = self.home / "step.sh"
        script.write_text(step["run"])
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", script],
            cwd=self.root,
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
        )

    def outputs(self) -> dict[str, str]:
        return dict(line.split("=", 1) for line in self.files["GITHUB_OUTPUT"].read_text().splitlines())

    def summary(self) -> str:
        return self.files["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8")


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path)


def runs(workflow: dict, job: str) -> dict[str, dict]:
    """The steps with commands, by name."""
    return {step["name"]: step for step in workflow["jobs"][job]["steps"] if "run" in step}


HOSTILE = """
import sys
print("::error::printed")
print("::add-mask::o\\r::error::printed\\u2028::error::printed")
print("##[error]printed", file=sys.stderr)
raise ValueError("a " * 30 + "::error::raised ##[error]raised </code><script>\\n::error::raised")
"""


def test_what_a_student_pushes_is_graded(workflows, machine):
    lab = machine.root
    lab.rmdir()
    classroom.export(lab)
    (lab / "student" / "unet.py").write_text(HOSTILE)
    steps = runs(workflows["grade"], "run-autograding-tests")
    assert list(steps) == ["Install the lab", "Grade"]
    done = machine.run(steps["Install the lab"])
    assert (done.returncode, done.stderr) == (0, "")
    done = machine.run(steps["Grade"])
    assert (done.returncode, done.stderr) == (1, "")
    assert "0 of 100 points" in done.stdout
    commands = commands_in(done.stdout)
    assert {name for name, _, _ in commands} == {"error", "notice"}
    assert {properties["file"] for name, properties, _ in commands if name == "error"} == {"student/unet.py"}
    assert "raised" in commands[0][2]
    assert commands[0][1]["line"] == "6"
    assert commands[-1] == ("notice", {"title": "Autograding report"}, '{"totalPoints":0,"maxPoints":100}')
    report = json.loads((lab / "report" / "report.json").read_text())
    assert report["submission"]["name"] == "student"
    assert "<testsuites" in (lab / "report" / "report.xml").read_text()
    assert list(machine.outputs()) == list(CORE)
    assert "## 0 of 100 points" in machine.summary()
    assert "<script>" not in machine.summary()


SPY = """
import glob, os
seed = {backwards!r}[::-1]
places = glob.glob("/proc/[0-9]*/environ") + glob.glob("/proc/[0-9]*/cmdline") + [{laid_out!r}]
places += glob.glob("/proc/[0-9]*/fd/0")
found = []
for place in places:
    try:
        fd = os.open(place, os.O_RDONLY | os.O_NONBLOCK)
        content = os.read(fd, 1 << 20)
    except OSError:
        continue
    if seed.encode() in content:
        found.append(place)
if seed not in str(os.environ) and not found:  # its type is all that is told of an exception
    raise ValueError
raise TypeError
"""


def test_hidden_grading_by_an_instructor(workflows, machine):
    (machine.root / "lab").symlink_to(LAB)
    student = machine.root / "submission" / "student"
    student.mkdir(parents=True)
    laid_out = machine.home / "seed"
    (student / "unet.py").write_text(SPY.format(backwards=SEED[::-1], laid_out=str(laid_out)))
    steps = runs(workflows["hidden"], "grade")
    assert list(steps) == ["Install the lab", "Lay out the seed", "Grade"]
    assert machine.run(steps["Install the lab"]).returncode == 0

    done = machine.run(steps["Lay out the seed"], HIDDEN_SEED="")
    assert done.returncode == 1
    assert commands_in(done.stdout) == [("error", {}, "this repository has no secret HIDDEN_SEED")]
    assert machine.run(steps["Lay out the seed"], HIDDEN_SEED=SEED).returncode == 0
    assert stat.S_IMODE(laid_out.stat().st_mode) == 0o600

    done = machine.run(steps["Grade"], REPOSITORY="uni/ada")
    assert (done.returncode, done.stderr) == (0, ""), done.stdout  # lost points are no failure here
    assert not laid_out.exists()
    report = json.loads((machine.root / "report" / "report.json").read_text())
    assert report["score"] == 0
    assert "ValueError (its text is not shown" in report["todos"][0]["checks"][0]["message"]
    assert (machine.root / "report" / "repository").read_text() == "uni/ada\n"

    # without the seed there is nothing to grade with, and that is a failure
    laid_out.write_text("")
    done = machine.run(steps["Grade"], REPOSITORY="uni/ada")
    assert done.returncode == 1
    assert "error: --hidden - reads the secret from standard input" in done.stdout


def test_the_list_of_repositories(workflows, machine):
    (step,) = runs(workflows["hidden"], "students").values()
    assert machine.run(step, REPOSITORIES=" uni/lab-ada,uni/lab.bob\n uni/lab-ada ").returncode == 0
    assert json.loads(machine.outputs()["list"]) == ["uni/lab-ada", "uni/lab.bob"]
    for wrong in ("uni", "uni/a b", "uni/a$(id)", "../x/y", ""):
        assert machine.run(step, REPOSITORIES=wrong).returncode == 1
    assert machine.run(step, REPOSITORIES=" ".join(f"uni/{n}" for n in range(257))).returncode == 1


def test_the_marks_of_all(workflows, machine):
    (step,) = runs(workflows["hidden"], "marks").values()
    for number, (repository, score) in enumerate([("uni/ada", 93), ("uni/bob", 0)]):
        folder = machine.root / "reports" / f"report-{number}"
        folder.mkdir(parents=True)
        (folder / "repository").write_text(repository + "\n")
        (folder / "report.json").write_text(json.dumps({"score": score, "max_score": 100, "bonus": 5}))
    done = machine.run(step, STUDENTS=json.dumps(["uni/ada", "uni/bob", "uni/eve"]))
    assert done.returncode == 0, done.stderr
    with (machine.root / "marks.csv").open(newline="") as file:
        assert list(csv.reader(file)) == [
            ["repository", "score", "max_score", "bonus"],
            ["uni/ada", "93", "100", "5"],
            ["uni/bob", "0", "100", "5"],
            ["uni/eve", "not graded", "", ""],
        ]
    assert "| uni/ada | 93 | 100 | 5 |" in machine.summary()


def git(folder: Path, *arguments: object, **variables: str) -> None:
    identity = ["-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "protocol.file.allow=always"]
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), **variables}
    command = ["git", *identity, *map(str, arguments)]
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True, timeout=60)


@pytest.mark.parametrize("link", ["student", "student/deep", "student/unet.py"])
def test_a_link_to_the_solution_is_no_answer(link, workflows, tmp_path):
    """In a student's repository, as the workflow fetches it; and wherever a folder is graded."""
    (fetch,) = [step for step in steps_of(workflows["hidden"]) if step.get("name") == "Fetch the submission"]
    theirs, lab, fetched = tmp_path / "theirs", tmp_path / "lab", tmp_path / "submission"
    (lab / "solution").mkdir(parents=True)
    (lab / "solution" / "unet.py").write_text("right = 1")
    (theirs / link).parent.mkdir(parents=True)
    target = "../lab/solution" + ("/unet.py" if link.endswith(".py") else "")
    (theirs / link).symlink_to("../" * link.count("/") + target)
    assert (theirs / link).exists()
    if link != "student":
        with pytest.raises(LabError):
            read_submission(theirs / "student")
    for command in (["init", "-q", "."], ["add", "-A"], ["commit", "-qm", "x"]):
        git(theirs, *command)
    git(tmp_path, "clone", "-q", theirs, fetched, **fetch["env"])
    assert not [path for path in fetched.rglob("*") if path.is_symlink()]
    assert os.path.lexists(fetched / link)
    try:
        assert b"right" not in read_submission(fetched / "student").files["unet.py"]
    except LabError:
        assert link != "student/unet.py"
