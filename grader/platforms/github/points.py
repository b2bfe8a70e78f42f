"""The points in the form that GitHub Classroom's reporter reads: one result for each TODO.

The reporter, an action of github.com/classroom-resources, takes `<NAME>_RESULTS` from its environment,
base64 of JSON, and prints what is in it. So no message may hold a line that GitHub takes for a command.
"""

import base64
import json
import re
from typing import Any

from grader.platforms.github.places import place_of
from grader.report.model import GRADER_ERROR, PASSED, Check, Report, Todo
from grader.text import one_line


def encoded(report: Report, texts: dict[str, str]) -> dict[str, str]:
    """{id of a TODO: its result}. `texts` are the student's files, to say where a failure belongs."""
    return {
        re.sub(r"\W", "_", todo.id): base64.b64encode(json.dumps(result(todo, texts)).encode()).decode()
        for todo in report.todos
    }


def result(todo: Todo, texts: dict[str, str]) -> dict[str, Any]:
    """One TODO in the reporter's form."""
    errors = any(check.status == GRADER_ERROR for check in todo.checks)
    return {
        "version": 1,
        "status": "pass" if todo.is_done else "error" if errors else "fail",
        "max_score": todo.max_score,
        "tests": [_test(todo, check, texts) for check in todo.checks],
    }


def _test(todo: Todo, check: Check, texts: dict[str, str]) -> dict[str, Any]:
    place = place_of(todo, check, texts) if check.status != PASSED else None
    status = {PASSED: "pass", GRADER_ERROR: "error"}.get(check.status, "fail")
    return {
        "name": _one_line(f"{todo.title}: {check.title}"),
        "status": status,
        "score": check.score,
        "message": _one_line(" ".join(filter(None, [check.message, check.hint]))),
        "test_code": "",
        "filename": place.file if place else "",
        "line_no": place.line if place else 0,
        "execution_time": "",
    }


def _one_line(text: str) -> str:
    """Without a line that begins a command, in either of GitHub's notations."""
    return one_line(text).replace("##[", "# #[").removeprefix("::")
