"""The attacks that were found first, each tried again: `python -m benchmarks.attacks`.

Prints what each of them gets now beside what it may get at most; exit status 1 where it gets more. Those
that are graded go through the command line, as an instructor's submissions do. Some minutes, mostly sleep.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table

from grader.explain.forward import questions
from grader.explain.graph import Graph
from grader.implementations import Implementation, InWorker, SubmissionFault
from grader.intake.refusal import NotGradable
from grader.intake.submission import read_submission
from grader.lab.extensions import EXTENSION_FILES
from grader.lab.paths import LAB, MODEL
from grader.sandbox.trusted import Sandbox, WorkerFailed

sys.path += [str(LAB / "tests"), str(LAB / "tests/trust")]
from attacks import marks, processes, protocol, reads, writes
from attacks.attack import SCENE, Attack, attacks_in
from attacks.scene import SECRET, Scene
from claimed import GRAPHS
from corpus.build import solution
from trust.hand_ins import bzip2_bomb, pax_bomb, tarred

Row = tuple[str, bool]  # what happened, whether that is good
ROWS: list[tuple[str, str, Callable[[Path], Row]]] = []
MEASURE = """
import resource, sys
from pathlib import Path
from grader.intake.submission import read_submission
try:
    read_submission(Path(sys.argv[1]))
except Exception as error:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(type(error).__name__, used.ru_utime + used.ru_stime, used.ru_maxrss >> 10)
"""


def row(name: str, must: str) -> Callable[[Callable[[Path], Row]], None]:
    """A line of the table."""
    return lambda function: ROWS.append((name, must, function))


def graded(place: Path, files: dict[str, str], *options: str) -> tuple[int, dict, str]:
    """(exit status, report, all that was shown) of `python -m grader grade`."""
    for name, text in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(text, encoding="utf-8")
    forms = [word for form in ("json", "junit", "html") for word in (f"--{form}", f"{place}/out/r.{form}")]
    command = [sys.executable, "-m", "grader", "grade", str(place), *forms, *options]
    ran = subprocess.run(command, cwd=LAB, input=SECRET, capture_output=True, text=True)
    shown = [path.read_text(encoding="utf-8") for path in sorted((place / "out").glob("r.[hj]*"))]
    report = json.loads((place / "out/r.json").read_text(encoding="utf-8"))
    return ran.returncode, report, "\n".join([ran.stdout, ran.stderr, *shown])


def text_of(one: Attack) -> dict[str, str]:
    """The files of an attack that needs no scene."""
    known = dict.fromkeys(SCENE, "") | {"LAB": str(LAB), "GRADER": os.getpid()}
    return {name: text.decode() for name, text in one.files(known).items()}


def scores_of(place: Path, *tried: Attack) -> list[int]:
    """What these attacks get; that they harm nothing is asserted. Then the next one still scores 100."""
    with closing(Scene((), place)) as scene:
        scores = [scene.grade(one).score for one in tried]
        scene.an_honest_one_still_scores_100()
    return scores


@row("reads solution/unet.py and executes it", "what an empty file gets")
def _(place: Path) -> Row:
    _, empty, _ = graded(place / "empty", {"unet.py": ""})
    _, report, _ = graded(place / "it", text_of(reads.the_solution_is_executed_from_the_disk))
    return f"{report['score']} of 100, as an empty file {empty['score']}", report["score"] == empty["score"]


@row("carries expected.npz, looks answers up", "near 0 where an instructor grades")
def _(place: Path) -> Row:
    with closing(Scene((), place)) as scene:
        report = scene.grade(marks.the_public_answers_are_looked_up_under_the_question_s_key)
    return f"{report.score} of 100", report.score <= 5


@row("appends to the grader and its rubric", "nothing of ours can be written")
def _(place: Path) -> Row:
    tried = writes.the_grader_is_appended_to, writes.the_rubric_is_overwritten
    return "nothing written, the next scores 100", scores_of(place, *tried) == [0, 0]


@row("a daemon waits for the report", "nothing outlives a grading by 1 s")
def _(place: Path) -> Row:
    tried = processes.a_daemon_waits_for_the_report, processes.the_zygote_is_killed
    return "no process left, the report untouched", scores_of(place, *tried) == [0, 0]


@row("looks for the secret in memory, arguments, environment", "every probe answers no")
def _(place: Path) -> Row:
    tried = [one for one in attacks_in(reads) if "secret" in one.name]
    with closing(Scene((), place)) as scene:
        said = [scene.grade(one) for one in tried]
        opened = [way for way, how in scene.sandbox.isolation["probe"].items() if how != "blocked"]
    found = [one for one in said if "nothing was found" not in json.dumps(one.as_dict())]
    return f"found by {len(found)} of {len(tried)} searches; open: {opened or 'nothing'}", not found + opened


@row("claims graphs of 9,000 nodes, 24,000 edges", "ends within the submission's total")
def _(place: Path) -> Row:
    started, refused = time.process_time(), 0
    for nodes in GRAPHS.values():
        facts = {"nodes": nodes, "output": len(nodes) - 1, "random": False, "input_changed": False}
        try:
            Graph(Implementation(lambda *_, facts=facts: (facts, {})).wiring(*questions()))
        except SubmissionFault:
            refused += 1
    spent = time.process_time() - started
    return f"{spent:.1f} s for {len(GRAPHS)} such graphs, {refused} of them no graph", spent < 10


@row("sleeps 57 s in each of 63 calls", "one total per submission")
def _(place: Path) -> Row:
    started, said = time.monotonic(), ""
    with (
        Sandbox(MODEL) as sandbox,
        closing(InWorker(sandbox, {"unet.py": b"import time\ntime.sleep(57)"})) as it,
    ):
        for number in range(63):
            try:
                it("import_file", {"name": "unet", "number": number}, {})
            except WorkerFailed as failed:
                said = failed.message
    spent = time.monotonic() - started
    return f"{spent:.0f} s in all: {said}", spent < 200


@row("sends 20 MB of extra tensors with each answer", "dropped on arrival")
def _(place: Path) -> Row:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    scores_of(place, protocol.twenty_megabytes_are_sent_with_each_answer)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) >> 10
    return f"the grader grew by {grown} MB", grown < 250


@row("sends constants for the extensions", "0 bonus points")
def _(place: Path) -> Row:
    constants = text_of(marks.constants_are_sent_for_everything)["unet.py"]
    _, report, _ = graded(place, dict.fromkeys(("unet.py", *EXTENSION_FILES), constants))
    return f"{report['bonus']} bonus points", report["bonus"] == 0


@row(".squeeze() in CropAndConcat, a beginner's", "loses points, exit 1")
def _(place: Path) -> Row:
    squeezed = "\n_cat = torch.cat\ntorch.cat = lambda *a, **k: _cat(*a, **k).squeeze()\n"
    files = solution()
    status, report, _ = graded(place, files | {"unet.py": files["unet.py"] + squeezed})
    return f"{report['score']} of 100, exit {status}", status == 1 and 0 < report["score"] < 100


@row("zip with bzip2, tar.bz2, pax header of 300 MB", "each refused within 2 s and 100 MB")
def _(place: Path) -> Row:
    said, is_good = [], True
    for name, made in (
        ("zip", bzip2_bomb()),
        ("bz2", tarred({"unet.py": bytes(1 << 26)}, "w:bz2")),
        ("pax", pax_bomb()),
    ):
        (place / name).write_bytes(made)
        command = [sys.executable, "-c", MEASURE, str(place / name)]
        kind, cpu_s, mb = subprocess.run(command, cwd=LAB, capture_output=True, text=True).stdout.split()
        said.append(f"{name} {float(cpu_s):.1f} s {mb} MB")
        is_good &= kind == NotGradable.__name__ and float(cpu_s) < 2.2 and int(mb) < 100
    return ", ".join(said), is_good


@row("is itself a link to solution/", "refused")
def _(place: Path) -> Row:
    (place / "mine").symlink_to(LAB / "solution")
    try:
        read_submission(place / "mine")
    except NotGradable:
        return "refused", True
    return "accepted", False


@row("prints, raises and names its hidden inputs", "no form for students holds one")
def _(place: Path) -> Row:
    tried = [one for one in attacks_in(marks) if "hidden_inputs" in one.name]
    told = ["INPUTS" in graded(place / one.name, text_of(one), "--hidden", "-")[2] for one in tried]
    return f"told by {sum(told)} of {len(tried)}, in report, page and terminal", not any(told)


@row("a type name of 80,000 characters", "one cap; each report below 100 kB")
def _(place: Path) -> Row:
    one = protocol.an_exception_has_a_name_of_eighty_thousand_characters
    _, report, _ = graded(place, text_of(one), "--public")
    longest = max(len(check["message"]) for todo in report["todos"] for check in todo["checks"])
    sizes = [path.stat().st_size >> 10 for path in sorted((place / "out").glob("r.*"))]
    return f"longest message {longest}; reports {sizes} kB", max(sizes) < 100


@row("U+061C, U+200B, U+202E, U+FEFF in texts", "one rule for every output")
def _(place: Path) -> Row:
    text = "raise ValueError('a\\u061cb\\u200bc\\u202ed\\ufeffe')"
    _, _, shown = graded(place, {"unet.py": text}, "--public")
    left = [f"U+{ord(char):04X}" for char in "\u061c\u200b\u202e\ufeff" if char in shown]
    return f"left: {left or 'none'}", not left and "abcde" in shown


def main() -> None:
    """Try them all."""
    console, shown, is_good = Console(width=150), Table("submission", "now", "must", ""), True
    for name, must, function in ROWS:
        with tempfile.TemporaryDirectory() as folder, console.status(name):
            os.chmod(folder, 0o755)
            now, holds = function(Path(folder))
        is_good &= holds
        shown.add_row(name, now, must, "ok" if holds else "NO")
    console.print(shown)
    raise typer.Exit(not is_good)


if __name__ == "__main__":
    typer.run(main)
