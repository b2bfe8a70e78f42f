"""Texts of two words and more that nothing marks for translation, and those for which that is right."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from grader.lab.paths import LAB

WORDS = re.compile(r"[A-Za-z]{2,} [A-Za-z]{2,}")
MARKS = ("_", "N_", "ngettext")
PATTERNS = ("compile", "search", "match", "fullmatch", "sub")  # of re: their texts are read, not said

# {file: {its beginning: why it stays English}}; "" stands for every text of the file.
STAY_ENGLISH: dict[str, dict[str, str]] = {
    "batch/cluster/post.py": {"deserialization": "a word in Dask's own error"},
    "collection/collect.py": {"`python -m": "a command"},
    "collection/layouts/canvas.py": {"canvas anonymous": "a key"},
    "collection/roster.py": {"points possible": "in a file of Canvas's"},
    "commands/export.py": {"gh secret": "a command"},
    "commands/release.py": {"assets/": "names of files"},
    "doctor/machine.py": {"set PYTHON": "a command", "export PYTHON": "a command"},
    "doctor/packages.py": {"python -m": "a command", "import ": "a program"},
    "explain/__init__.py": {"": "words of Python's and of the sandbox's exceptions"},
    "explain/extensions/batchnorm_unet.py": {"": "words of torch's exceptions"},
    "explain/inference.py": {"requires grad": "words of torch's exceptions"},
    "explain/raised.py": {"": "patterns of Python's and torch's exceptions"},
    "intake/budgets.py": {"": "of exceptions that are caught: only their type is said"},
    "intake/tars.py": {"": "of exceptions that are caught"},
    "intake/zips.py": {"the member": "of an exception that is caught"},
    "lab/readings.py": {"": "keys"},
    "outputs/junit.py": {"<?xml": "XML"},
    "outputs/pages/page.py": {"default-src": "a policy for browsers"},
    "outputs/pages/strips.py": {"Mx": "a path of SVG"},
    "outputs/pages/wiring.py": {"more nodes": "of an exception that is caught"},
    "outputs/report_lines.py": {"bold": "a style"},
    "outputs/terminal.py": {"bold": "a style"},
    "pictures/panel.py": {"expected x of shape": "for who calls it wrongly"},
    "platforms/canvas/gradebook.py": {"": "in a file of Canvas's"},
    "platforms/github/classroom.py": {"\n## When": "a part of the English README"},
    "platforms/github/places.py": {"": "patterns"},
    "platforms/github/workflow.py": {"Autograding": "a word that GitHub Classroom reads"},
    "platforms/moodle/worksheet.py": {"": "in a file of Moodle's"},
    "platforms/nbgrader/export.py": {"import sys": "a program"},
    "platforms/nbgrader/grading.py": {"The cell": "for nbgrader's log"},
    "release/holes.py": {"": "markers, and what is written into student/"},
    "release/marked.py": {"": "for who writes the lab"},
    "release/student_copy.py": {"with torch": "lines of code"},
    "release/translations.py": {"": "for who writes the lab"},
    "report/file.py": {"x is not JSON": "of an exception that is caught"},
    "sandbox/calls/canonical.py": {"": "of an exception that is caught"},
    "sandbox/calls/construction.py": {"": "a program"},
    "sandbox/calls/readings.py": {"": "keys"},
    "sandbox/calls/served.py": {"": "an exception in a student's code, beside torch's own in English"},
    "sandbox/calls/table.py": {"the submission has no": "an exception in a student's code"},
    "sandbox/calls/trace.py": {"": "of exceptions that are caught"},
    "sandbox/protocol/frames.py": {"": "of exceptions that are caught"},
    "sandbox/trusted/answers.py": {"": "of exceptions that are caught"},
    "sandbox/trusted/exchange.py": {"bytes": "of an exception that is caught"},
    "sandbox/untrusted/confine.py": {"": "for who mends the sandbox"},
    "sandbox/untrusted/failure.py": {"": "words of Python's and torch's exceptions"},
    "sandbox/untrusted/model_file.py": {"code of its own": "of a pickle", "magic": "torch's words"},
    "sandbox/untrusted/probe.py": {"not root": "a finding, for programs"},
    "sandbox/untrusted/seccomp.py": {"": "for who mends the sandbox"},
    "sandbox/untrusted/serve.py": {"the submission has no": "an exception in a student's code"},
    "sandbox/untrusted/start.py": {"": "why there is no fork, for programs"},
    "sandbox/untrusted/zygote.py": {"": "why there is no fork, for programs"},
    "trying/hand_in.py": {"bold": "a style"},
    "trying/said.py": {"bold": "a style"},
    "trying/watch.py": {"bold": "a style"},
}


def unmarked(source: str) -> Iterator[tuple[int, str]]:
    """(line, text) of each; docstrings, annotations, patterns and the help of options are none."""
    tree = ast.parse(source)
    passed = {id(inner) for node in ast.walk(tree) for quiet in _quiet(node) for inner in ast.walk(quiet)}
    for node in ast.walk(tree):
        if id(node) in passed:
            continue
        if isinstance(node, ast.JoinedStr):
            passed |= {id(inner) for inner in ast.walk(node)}
            text = "".join(str(part.value) if isinstance(part, ast.Constant) else "x" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        else:
            continue
        if WORDS.search(text):
            yield node.lineno, text


def _quiet(node: ast.AST) -> Iterator[ast.AST]:
    """What is below this node and no text for people, or marked."""
    if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        if ast.get_docstring(node) is not None:
            yield node.body[0]
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.returns is not None:
            yield node.returns
    if isinstance(node, ast.AnnAssign | ast.arg) and node.annotation is not None:
        yield node.annotation
    if isinstance(node, ast.Call):
        is_method = isinstance(node.func, ast.Attribute)
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if (name in MARKS and not is_method) or (name in PATTERNS and is_method):
            yield from node.args
        yield from (keyword.value for keyword in node.keywords if keyword.arg == "help")


def stays_english(file: str, text: str) -> bool:
    """Whether there is a reason."""
    return any(text.startswith(beginning) for beginning in STAY_ENGLISH.get(file, {}))


def grader_files() -> dict[str, Path]:
    """{path below grader/: path} of every module."""
    return {path.relative_to(LAB / "grader").as_posix(): path for path in (LAB / "grader").rglob("*.py")}
