"""Every command in the GitHub workflows, run as GitHub would run it."""

import csv
import json
import stat

from runner import runs
from workflow_commands import commands_in

from grader.lab.paths import LAB
from grader.platforms.github import classroom

SEED = "a secret that no student may see"
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
