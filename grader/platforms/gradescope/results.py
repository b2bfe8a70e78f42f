"""The report as Gradescope's results.json: one test for each check.

With a hidden report the public checks are shown at once, without points; the hidden ones carry the points
and are shown after the due date. Whatever a student wrote stands in code blocks or is escaped. There is no
leaderboard: the one number that could be ranked is the mask's IoU, and it is not proof against a lie (see
grader/grading/mask.py).
Source: Gradescope's autograder documentation, "Autograder Specifications".
"""

import base64
import html
import re
from collections.abc import Iterator
from typing import Any

from grader.language import _
from grader.report.model import PASSED, PRACTICE, Check, Report, Todo, first_wrong, next_untouched
from grader.text import clean, one_line

AT_ONCE, LATER = "visible", "after_due_date"
PRINTED_CAP = 4000  # characters of what the student's code printed
PICTURE_CAP = 200_000  # bytes of the picture, before base64; a larger one is left out
MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+!|~-])")


def results_of(
    report: Report, hidden: Report | None = None, picture: bytes | None = None, seconds: float = 0.0
) -> dict[str, Any]:
    """results.json. report: of the public checks; hidden: of the hidden ones, which then make the score.

    picture: JPEG.
    """
    graded = hidden or report
    tests = [*_tests(report, AT_ONCE, with_points=hidden is None)]
    if hidden:
        tests += _tests(hidden, LATER, with_points=True)
    if report.mask:
        tests.append(_mask_test(report.mask, picture))
    elif report.why_no_mask:
        why_not = _("No picture, and no points lost by that: {why_no_mask}.").format(
            why_no_mask=report.why_no_mask
        )
        name = _("The car that your network cuts out of a picture")
        tests.append({"name": name, "output": why_not, "output_format": "text"})
    if report.output.strip():
        printed = clean(report.output)
        more = (
            _("\n[{count} more characters]").format(count=len(printed) - PRINTED_CAP)
            if len(printed) > PRINTED_CAP
            else ""
        )
        text = printed[:PRINTED_CAP] + more
        tests.append({"name": _("What your code printed"), "output": text, "output_format": "text"})
    return {
        "score": _total(graded),
        "execution_time": round(seconds, 1),
        "output": _summary(report, hidden is not None),
        "output_format": "md",
        "visibility": AT_ONCE,
        "stdout_visibility": "hidden",
        "tests": tests,
        "extra_data": _for_the_record(graded),
    }


def refusal(why: str) -> dict[str, Any]:
    """For what cannot be graded because of what was handed in: no points, and how to mend it."""
    failed = {"name": _("Your files"), "status": "failed", "output": _fenced(why), "output_format": "md"}
    return {
        "score": 0,
        "output": _("Nothing could be graded: see below what is missing, and submit again."),
        "output_format": "text",
        "stdout_visibility": "hidden",
        "tests": [failed],
    }


def _total(report: Report) -> int:
    return report.score + report.bonus


def _tests(report: Report, visibility: str, with_points: bool) -> Iterator[dict[str, Any]]:
    for number, todo in enumerate(report.todos, start=1):
        for index, check in enumerate(todo.checks, start=1):
            name = f"{todo.title} - {check.title}"
            test: dict[str, Any] = {
                "number": f"{number}.{index}",
                "visibility": visibility,
                "tags": [todo.id],
            }
            if visibility == LATER:
                test["number"], name = (
                    f"H{number}.{index}",
                    _("{name} (inputs you had not seen)").format(name=name),
                )
            test |= {"name": name, "status": "passed" if check.status == PASSED else "failed"}
            if with_points and check.max_score:
                test |= {"score": check.score, "max_score": check.max_score}
            if check.status != PASSED:
                test |= {"output": _explained(check, todo), "output_format": "md"}
            yield test


def _explained(check: Check, todo: Todo) -> str:
    if todo.is_untouched:
        return _("Still to be written.")
    if not check.is_wrong:
        return _escaped(check.message)
    return "\n\n".join([_fenced(check.message), *([_escaped(check.hint)] if check.hint else [])])


def _summary(report: Report, has_hidden: bool) -> str:
    """What a student reads first."""
    parts = []
    if has_hidden:
        parts.append(
            _(
                "These are the public checks. The points come from the same checks on inputs that you "
                "have not seen, and are shown after the due date."
            )
        )
    else:
        parts.append(
            "**"
            + _("{score} of {max_score} points").format(score=report.score, max_score=report.max_score)
            + "**"
        )
        if report.is_practice:
            parts.append(f"({_(PRACTICE)})")
    if all(todo.is_untouched for todo in report.todos):
        parts.append(_("Nothing is wrong yet: every TODO is still to be written."))
    else:
        wrong, untouched = first_wrong(report.todos), next_untouched(report.todos)
        if wrong:
            where = _escaped(f"{wrong[0].title} - {wrong[1].title}")
            parts.append(_("Look first at: {where}").format(where=where))
        elif untouched:
            parts.append(
                _("What is written is right. Go on with: {title}").format(title=_escaped(untouched.title))
            )
    return "\n\n".join(parts)


def _mask_test(mask: dict[str, Any], picture: bytes | None) -> dict[str, Any]:
    text = _("It agrees with the expected mask, IoU {iou:.3f}. No points depend on it.").format(
        iou=mask["iou"]
    )
    if picture is not None and len(picture) <= PICTURE_CAP:
        text += f"\n\n![{_('the mask')}](data:image/jpeg;base64,{base64.b64encode(picture).decode()})"
    name = _("The car that your network cuts out of {image}").format(image=mask["image"])
    return {"name": name, "output": text, "output_format": "md", "visibility": AT_ONCE}


def _for_the_record(report: Report) -> dict[str, Any]:
    """For the instructor's own statistics; no message, since those of hidden checks tell numbers."""
    facts = report.as_dict()
    names = [name for name in facts if name not in ("todos", "bonus")]
    causes = {check.cause for todo in report.todos for check in todo.checks if check.cause}
    return {name: facts[name] for name in names} | {"causes": sorted(causes)}


def _fenced(text: str) -> str:
    """Text of anyone's as a code block that it cannot leave."""
    text = clean(text)
    ticks = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, ticks + 1)
    return f"{fence}text\n{text}\n{fence}"


def _escaped(text: str) -> str:
    """Text of anyone's as one paragraph without markup."""
    return MARKDOWN.sub(r"\\\1", html.escape(one_line(text), quote=False))
