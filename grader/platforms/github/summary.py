"""The report as the markdown of a GitHub job's summary.

What a student may have worded is written as character references: no markup can begin in it.
"""

from grader.language import _
from grader.report.model import (
    FAILED,
    GRADER_ERROR,
    PASSED,
    PRACTICE,
    WAITING,
    Check,
    Report,
    Todo,
    first_wrong,
    next_untouched,
)
from grader.text import clean

MARKS = {PASSED: "✅", FAILED: "❌", WAITING: "⏳", GRADER_ERROR: "⚠️"}
OUTPUT_CAP = 4000  # characters of what the student's code printed


def inert(text: str) -> str:
    """Text that shows as it is wherever it stands: in a cell, in a heading, between tags."""
    return "".join(
        "<br>" if char == "\n" else char if char.isalnum() or char == " " else f"&#{ord(char)};"
        for char in clean(text).strip()
    )


def code(text: str) -> str:
    """The same, as code."""
    return f"<code>{inert(text)}</code>" if text.strip() else ""


def error_summary(message: str) -> str:
    """What the job's summary says where nothing could be graded."""
    return f"## {_('Not graded')}\n\n{inert(message)}\n"


def summary(report: Report) -> str:
    """The score, where to start, and a table for each TODO."""
    todos = [todo for todo in report.todos if todo.checks]
    parts = [
        "## " + _("{score} of {max_score} points").format(score=report.score, max_score=report.max_score)
    ]
    if report.is_practice:
        parts.append(f"*{inert(_(PRACTICE))}*")
    if all(todo.is_untouched for todo in todos):
        parts.append(_("Nothing is wrong yet: every TODO is still to be written."))
    parts += [_start(todos), *map(_todo, todos)]
    if report.mask:
        agreement = f"IoU {report.mask['iou']:.3f}"
        parts.append(
            _("The mask of {image} agrees with the expected one: {agreement}.").format(
                image=inert(report.mask["image"]), agreement=agreement
            )
        )
    if report.output.strip():
        printed = inert(report.output[:OUTPUT_CAP]).replace("<br>", "&#10;")
        parts.append(_folded(_("What your code printed"), f"<pre>{printed}</pre>"))
    return "\n\n".join(filter(None, parts)) + "\n"


def _start(todos: list[Todo]) -> str:
    """The first failure, in full, with its hint; else what is to be written next."""
    wrong, untouched = first_wrong(todos), next_untouched(todos)
    if wrong:
        todo, check = wrong
        if check.status == GRADER_ERROR:
            return _("**The grader failed, not you:** {title}<br>{message}").format(
                title=inert(check.title), message=code(check.message)
            )
        start = _("**Start here:** {title}, “{check}”").format(
            title=inert(todo.title), check=inert(check.title)
        )
        return "<br>".join(filter(None, [start, code(check.message), inert(check.hint or "")]))
    return _("**Start here:** {title}").format(title=inert(untouched.title)) if untouched else ""


def _todo(todo: Todo) -> str:
    points = _("{score} of {max_score}").format(score=todo.score, max_score=todo.max_score)
    head = f"{inert(todo.title)}: {points}"
    if todo.is_untouched:
        return f"### {head}\n\n{_('Still to be written.')}"
    rows = [f"| | {_('check')} | {_('points')} |", "|---|---|---:|", *map(_row, todo.checks)]
    if todo.is_done:
        return _folded(f"{MARKS[PASSED]} {head}", "\n".join(rows))
    return f"### {head}\n\n" + "\n".join(rows)


def _row(check: Check) -> str:
    what = inert(check.title)
    if check.status != PASSED:
        what = "<br>".join(filter(None, [what, code(check.message), inert(check.hint or "")]))
    points = f"{check.score}/{check.max_score}" if check.max_score else ""
    return f"| {MARKS[check.status]} | {what} | {points} |"


def _folded(head: str, body: str) -> str:
    return f"<details><summary>{head}</summary>\n\n{body}\n\n</details>"
