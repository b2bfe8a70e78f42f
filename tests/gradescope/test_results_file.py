"""What comes out for Gradescope: one file in its own form, whatever a student wrote."""

import jsonschema
from container import of_name
from specification import SCHEMA

from grader.platforms.gradescope.results import results_of
from grader.report.model import FAILED, PASSED, WAITING, Check, Report, Todo


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
