"""The report as JUnit XML, the form that CI servers read."""

from pathlib import Path
from xml.etree import ElementTree

from grader.lab.files import write_text
from grader.language import _
from grader.report.model import FAILED, GRADER_ERROR, PRACTICE, WAITING, Check, Report
from grader.text import clean


def write_junit(report: Report, path: Path) -> None:
    """One testsuite for each TODO, one testcase for each check.

    A waiting check is a failure, too: a skipped one would look as if nothing was lost.
    """
    label = f" ({_(PRACTICE)})" if report.is_practice else ""
    suites = ElementTree.Element("testsuites", name=clean(report.name) + label)
    if not report.is_gradable:
        suite = ElementTree.SubElement(
            suites, "testsuite", name="submission", tests="1", failures="1", errors="0", skipped="0"
        )
        case = ElementTree.SubElement(suite, "testcase", classname="submission", name=_("It can be graded"))
        reason = clean(report.reason)
        ElementTree.SubElement(case, "failure", message=reason, type=report.status).text = reason
    for todo in report.todos:
        failures = sum(check.status in (FAILED, WAITING) for check in todo.checks)
        errors = sum(check.status == GRADER_ERROR for check in todo.checks)
        suite = ElementTree.SubElement(
            suites,
            "testsuite",
            name=f"extensions.{todo.id}" if todo.is_extension else todo.id,
            tests=str(len(todo.checks)),
            failures=str(failures),
            errors=str(errors),
            skipped="0",
        )
        for check in todo.checks:
            _add(suite, todo.id, check)
    ElementTree.indent(suites)
    write_text(
        path,
        '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(suites, encoding="unicode") + "\n",
    )


def _add(suite: ElementTree.Element, todo: str, check: Check) -> None:
    case = ElementTree.SubElement(suite, "testcase", classname=todo, name=clean(check.title))
    if check.status in (FAILED, WAITING, GRADER_ERROR):
        kind = "error" if check.status == GRADER_ERROR else "failure"
        found = ElementTree.SubElement(
            case, kind, message=clean(check.message), type=check.cause or check.status
        )
        found.text = clean("\n".join(filter(None, [check.message, check.hint])))
