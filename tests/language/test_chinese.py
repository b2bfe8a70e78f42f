"""A report in Chinese: every mistake is explained in it, and its tables line up at 40 and 80 columns."""

import io

import pytest
from chinese import english_in, spoken, widest
from corpus import MISTAKES, build
from rich.cells import cell_len
from rich.console import Console

from grader.explain import Explain
from grader.grading.options import Options
from grader.grading.scoring import run_rubric
from grader.implementations import Implementation, InWorker
from grader.lab.paths import MODEL
from grader.outputs.pages.feedback import feedback_page
from grader.outputs.report_lines import print_report
from grader.report.model import FAILED, Report
from grader.sandbox.trusted import Sandbox
from grader.trying.sizes import table

# One of each TODO, of a file that cannot be imported, and of one that is still to be written
SHOWN = (
    "conv_blocks.padding",
    "crop_and_concat.order",
    "forward.wrong_level",
    "inference.threshold_side",
    "submission.syntax_error",
    "crop_and_concat.unfilled",
)


def mistake_of(cause: str):
    return next(mistake for mistake in MISTAKES if mistake.cause == cause)


@pytest.fixture(scope="module")
def grade(frozen):
    """Grade {file: text} in Chinese, in a sandbox that speaks it -> the report."""
    with spoken():
        sandbox = Sandbox(MODEL)

    def graded(files: dict[str, str]) -> Report:
        student = InWorker(sandbox, {name: text.encode() for name, text in files.items()})
        try:
            network = Implementation(student)
            with spoken():
                todos = run_rubric(network, frozen, Explain(network, frozen), Options())
        finally:
            student.close()
        return Report("ada", {}, todos, inputs={"kind": "public"})

    yield graded
    sandbox.close()


def printed(report: Report, width: int, in_full: bool) -> str:
    lines = io.StringIO()
    console = Console(file=lines, width=width, color_system=None, force_terminal=False, highlight=False)
    with spoken():
        print_report(report, console, short=not in_full, in_full=in_full)
    return lines.getvalue()


@pytest.mark.parametrize("cause", SHOWN)
def test_a_report_has_no_english_sentence_and_lines_up(cause, grade):
    mistake = mistake_of(cause)
    report = grade(build(mistake))
    checks = [check for todo in report.todos for check in todo.checks]
    assert cause in {check.cause for check in checks if check.status == FAILED}
    for check in checks:
        for text in (check.title, check.message, check.hint or ""):
            assert english_in(text) == [], text
    for width in (40, 80):
        for in_full in (False, True):
            text = printed(report, width, in_full)
            assert widest(text) <= width
            assert any("\u4e00" <= sign <= "\u9fff" for sign in text)
            # The points stand in one column at the right, whatever is in front of them.
            ends = {
                cell_len(line) for line in text.splitlines() if line.rstrip().endswith(("/4", "/5", "/6"))
            }
            assert ends <= {width}
    with spoken():
        page = feedback_page(report, MODEL.parent / "ada.html")
    assert '<html lang="zh-Hans">' in page
    assert "反馈" in page


@pytest.mark.parametrize("cause", SHOWN[:4])
def test_a_hint_is_shown_whole_where_the_terminal_is_narrow(cause, grade):
    report = grade(build(mistake_of(cause)))
    hint = next(check.hint for todo in report.todos for check in todo.checks if check.cause == cause)
    assert hint is not None
    assert "".join(hint.split()) in "".join(printed(report, 40, True).split())


def test_in_english_the_same_report_is_english(grade_files):
    todos = grade_files(build(mistake_of("crop_and_concat.order")))
    assert any(english_in(check.title) for todo in todos for check in todo.checks)


def test_the_sizes_of_feature_maps_line_up():
    seen = [
        ("down_conv1", [[1, 3, 572, 572]], [1, 64, 570, 570]),
        ("down_sample1", [[1, 64, 570, 570]], None),
    ]
    with spoken():
        lines = table(seen, None)
    assert english_in("\n".join(lines)) == []
    assert widest("\n".join(lines)) <= 40
    head, first = lines[1], lines[2]
    assert cell_len(head[: head.index("应为")]) == cell_len(first[: first.rindex("64x572")])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("正确", []),
        ("expected another shape", ["expected another shape"]),
        ("`python -m grader release`", []),
        ("unet.py 第 3 行: NameError: name 'F' is not defined", []),
        ("nn.Sequential 里只能放层", []),
        ("self.up_conv1 和 concat1", []),
    ],
)
def test_what_counts_as_an_english_sentence(text, found):
    assert english_in(text) == found
