"""The report as the markdown of a GitHub job's summary.

What a student may have worded is written as character references: no markup can begin in it.
"""

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
    return f"## Not graded\n\n{inert(message)}\n"


def summary(report: Report) -> str:
    """The score, where to start, and a table for each TODO."""
    todos = [todo for todo in report.todos if todo.checks]
    parts = [f"## {report.score} of {report.max_score} points"]
    if report.is_practice:
        parts.append(f"*{inert(PRACTICE)}*")
    if all(todo.is_untouched for todo in todos):
        parts.append("Nothing is wrong yet: every TODO is still to be written.")
    parts += [_start(todos), *map(_todo, todos)]
    if report.mask:
        agreement = f"IoU {report.mask['iou']:.3f}"
        parts.append(f"The mask of {inert(report.mask['image'])} agrees with the expected one: {agreement}.")
    if report.output.strip():
        printed = inert(report.output[:OUTPUT_CAP]).replace("<br>", "&#10;")
        parts.append(_folded("What your code printed", f"<pre>{printed}</pre>"))
    return "\n\n".join(filter(None, parts)) + "\n"


def _start(todos: list[Todo]) -> str:
    """The first failure, in full, with its hint; else what is to be written next."""
    wrong, untouched = first_wrong(todos), next_untouched(todos)
    if wrong:
        todo, check = wrong
        if check.status == GRADER_ERROR:
            return f"**The grader failed, not you:** {inert(check.title)}<br>{code(check.message)}"
        start = f"**Start here:** {inert(todo.title)}, “{inert(check.title)}”"
        return "<br>".join(filter(None, [start, code(check.message), inert(check.hint or "")]))
    return f"**Start here:** {inert(untouched.title)}" if untouched else ""


def _todo(todo: Todo) -> str:
    head = f"{inert(todo.title)}: {todo.score} of {todo.max_score}"
    if todo.is_untouched:
        return f"### {head}\n\nStill to be written."
    rows = ["| | check | points |", "|---|---|---:|", *map(_row, todo.checks)]
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
