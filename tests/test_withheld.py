"""Under hidden inputs nothing that a student receives holds one of them, whatever the submission does.

The submission here knows what it was given, and says it in every way that it has: in exceptions, in names of
classes, in shapes and types, in what it prints, and in its mask.
"""

import ast
import json
import re

import pytest
from corpus import solution

from grader.compare import Mismatch, assert_same
from grader.grading.options import Options
from grader.grading.run import grade_in
from grader.grading.withheld import withheld
from grader.implementations import InWorker, SubmissionFault
from grader.intake.submission import Submission
from grader.lab.paths import CAR, LAB
from grader.outputs.junit import write_junit
from grader.outputs.pages.feedback import write_html
from grader.outputs.report_lines import print_report
from grader.outputs.terminal import make_console
from grader.pictures.opening import open_picture
from grader.platforms.github.summary import summary
from grader.platforms.github.workflow import annotations
from grader.platforms.gradescope.results import results_of
from grader.report.model import PASSED, Report
from grader.sandbox.trusted.answers import KINDS

# Each says its inputs by another way; SAY prints them, so that the test knows them.
SAY = """
import torch as _torch

def _say(x):
    content = x.detach().contiguous().view(_torch.uint8).flatten()[:2000]
    text = bytes(content.tolist()).strip(b"\\0").hex()[:40]
    print(f"INPUT:{text}:")
    return text
"""
RAISES = (
    SAY
    + """
class CropAndConcat(CropAndConcat):
    def forward(self, x, contracting_x):
        raise ValueError("given " + _say(x))
"""
)
NAMES = (
    SAY
    + """
class CropAndConcat(CropAndConcat):
    def forward(self, x, contracting_x):
        raise type("Given" + _say(x), (Exception,), {})("given")
"""
)
HOLE = (
    SAY
    + """
class CropAndConcat(CropAndConcat):
    def forward(self, x, contracting_x):
        raise NotImplementedError("TODO 2: " + _say(x))
"""
)
RETURNS = (
    SAY
    + """
class CropAndConcat(CropAndConcat):
    def forward(self, x, contracting_x):
        return _torch.zeros(1, int(_say(x)[:4], 16) % 4096 + 7)
"""
)
PLACES = (
    SAY
    + """
class CropAndConcat(CropAndConcat):
    def forward(self, x, contracting_x):
        exec(compile("raise ValueError('x')", _say(x), "exec"))
"""
)
LAYERS = (
    SAY
    + """
class UNet(UNet):
    def __init__(self, *channels):
        super().__init__(*channels)
        self.down_conv1[1].register_forward_hook(self._rename)

    def _rename(self, module, inputs, output):
        module.__class__ = type("Given" + _say(inputs[0]), (type(module),), {})
        return output + 1
"""
)
WAYS = {
    "raises": RAISES,
    "names": NAMES,
    "hole": HOLE,
    "returns": RETURNS,
    "places": PLACES,
    "layers": LAYERS,
}


@pytest.fixture
def graded(sandbox):
    """graded(files, **options): the report, and what the submission printed."""

    def grade(files: dict[str, str], **options) -> tuple[Report, str]:
        submission = Submission("ada", {name: text.encode() for name, text in files.items()})
        worker = InWorker(sandbox, submission.files)
        try:
            return grade_in(sandbox, worker, submission, Options(**options)), "".join(worker.output)
        finally:
            worker.close()

    return grade


def every_form(report: Report, files: dict[str, str], tmp_path, capsys) -> dict[str, str]:
    """All that is shown of a report, by its form."""
    write_junit(report, tmp_path / "r.xml")
    write_html(report, tmp_path / "r.html")
    report.write_json(tmp_path / "r.json")
    capsys.readouterr()
    print_report(report, make_console())
    return {
        name: (tmp_path / f"r.{name}").read_text(encoding="utf-8") for name in ("json", "xml", "html")
    } | {
        "terminal": "".join(capsys.readouterr().out.split()),
        "summary": summary(report),
        "annotations": "\n".join(annotations(report, files, tmp_path)),
        "gradescope": json.dumps([results_of(report), results_of(Report("ada", {}, []), report)]),
    }


@pytest.mark.parametrize("way", WAYS)
def test_no_form_of_a_report_holds_a_hidden_input(way, graded, tmp_path, capsys):
    files = solution()
    files["unet.py"] += WAYS[way]
    report, printed = graded(files, hidden="a secret", mask="never")
    inputs = set(re.findall("INPUT:([0-9a-f]{8,}):", printed))
    assert inputs, "the submission saw none, so this shows nothing"
    wrong = [check for todo in report.todos for check in todo.checks if check.is_wrong]
    assert wrong
    for check in wrong:
        assert not re.search(r"\d", re.sub(r"line \d+", "", check.message)), check.message
    for name, text in every_form(report, files, tmp_path, capsys).items():
        assert not [one for one in inputs if one[:8] in text], f"{name} holds an input"
        assert "INPUT:" not in text, f"{name} holds what was printed"


def test_what_a_submission_did_is_still_told_where_the_inputs_are_public(graded, tmp_path, capsys):
    files = solution()
    files["unet.py"] += RAISES
    report, printed = graded(files, mask="never")
    inputs = set(re.findall("INPUT:([0-9a-f]{8,}):", printed))
    page = every_form(report, files, tmp_path, capsys)["html"]
    assert "INPUT:" in page
    assert any(f"given {one}" in page for one in inputs)


def test_a_place_in_a_file_is_told_and_the_exceptions_text_is_not(graded):
    files = solution()
    files["unet.py"] += RAISES
    line = files["unet.py"].splitlines().index('        raise ValueError("given " + _say(x))') + 1
    report, _ = graded(files, hidden="a secret", todos=("crop_and_concat",))
    check = next(check for todo in report.todos for check in todo.checks if check.is_wrong)
    assert check.message == f"unet.py, line {line}: ValueError (its text is not shown: the inputs are hidden)"
    assert (check.file, check.line) == ("unet.py", line)


def test_no_mask_is_made_by_a_process_that_has_seen_a_hidden_input(graded):
    files = solution()
    files["infer.py"] += f"""
_seen, _preprocess, _predict_mask = [], preprocess, predict_mask

def preprocess(image):
    if image.size != {open_picture(CAR).size}:
        _seen.append(image)
    return _preprocess(image)

def predict_mask(model, image, threshold=0.5):
    mask = _predict_mask(model, image, threshold)
    return 1 - mask if _seen and image.size == {open_picture(CAR).size} else mask
"""
    report, _ = graded(files, hidden="a secret")
    assert report.mask["iou"] == 1.0
    assert report.wiring["seen"]["nodes"]


def test_the_solution_loses_nothing(graded):
    report, _ = graded(solution(), hidden="a secret", mask="never")
    assert {check.status for todo in report.core for check in todo.checks} == {PASSED}
    assert (report.is_hidden, report.is_practice) == (True, False)


@pytest.mark.parametrize(
    ("kind", "facts", "said"),
    [
        ("timeout", {}, "no answer within the time limit: it computed or waited too long"),
        ("a kind of 3.25", {}, "not as expected (what came is not shown: the inputs are hidden)"),
        ("raised", {"exception": "KeyError"}, "KeyError (its text is not shown: the inputs are hidden)"),
        ("raised", {"exception": "print"}, "an exception (its text is not shown: the inputs are hidden)"),
        ("raised", {"exception": ["x"]}, "an exception (its text is not shown: the inputs are hidden)"),
    ],
)
def test_claims_of_a_failure_are_not_repeated(kind, facts, said):
    assert withheld(SubmissionFault(kind, "3.25", facts)) == said


def kinds_of_faults() -> set[str]:
    """Those in the source of the calls and of what reads their answers, and the sandbox's."""
    files = [*(LAB / "grader/sandbox/calls").rglob("*.py"), *(LAB / "grader/implementations").rglob("*.py")]
    calls = [node for file in files for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))]
    faults = [node for node in calls if isinstance(node, ast.Call) and "Fault" in ast.unparse(node.func)]
    named = [one.args[0].value for one in faults if one.args and isinstance(one.args[0], ast.Constant)]
    return {*named, *KINDS} - {"raised", "machine"}  # with a place of its own; never the submission's


@pytest.mark.parametrize("kind", sorted(kinds_of_faults()))
def test_every_kind_of_fault_is_named_also_where_its_text_is_not_shown(kind):
    said = withheld(SubmissionFault(kind, "3.25"))
    assert said != withheld(SubmissionFault("a kind of 3.25", "3.25"))
    assert not re.search(r"\d", said)


def test_a_comparison_tells_its_kind_alone():
    import numpy as np

    zeros = np.zeros((2, 3), np.float32)
    for seen, said in (
        (zeros + 3.25, "expected other values"),
        (np.zeros((2, 325)), "expected another shape"),
        (zeros.astype(np.float64), "expected another type of number"),
    ):
        with pytest.raises(Mismatch) as differs:
            assert_same(seen, zeros, "the scores")
        assert withheld(differs.value).startswith(said)
        assert not re.search(r"\d", withheld(differs.value))
