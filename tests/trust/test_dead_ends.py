"""Where the import of a file never comes back, it is waited for once, and said with its line."""

import pytest
from corpus.build import solution

from grader.explain import Explain
from grader.grading.options import Options
from grader.grading.scoring import run_rubric
from grader.implementations import Implementation, InWorker
from grader.implementations.dead_ends import BUILDS, IMPORT, files_of
from grader.lab.extensions import EXTENSION_FILES, EXTENSIONS
from grader.report.model import FAILED
from grader.sandbox.calls.table import CALLS
from grader.sandbox.trusted import WorkerFailed

LOOP = "\nwhile True: pass\n"
CATCHES = (
    "while True:\n    try:\n        while True:\n            pass\n    except BaseException:\n        pass\n"
)
WAITS = "import time\ntime.sleep(60)\n"
CALLED = "super().__init__()\n"
ABOVE, CLASS, BELOW = solution()["unet.py"].partition("class UNet")
IN_INIT = ABOVE + CLASS + BELOW.replace(CALLED, f"{CALLED}        while True: pass\n", 1)
IMPORT_CAUSE, BUILD_CAUSE = "submission.import_timeout", "submission.building_timeout"


class Hasty(InWorker):
    """A submission whose calls get half a second, and that counts those without an end."""

    def __init__(self, sandbox, files):
        super().__init__(sandbox, {name: text.encode() for name, text in files.items()})
        self.late = 0

    def limit_s(self, call):
        return 0.5

    def _call_worker(self, call, data, tensors):
        try:
            facts, answer = super()._call_worker(call, data, tensors)
        except WorkerFailed as failed:
            self.late += failed.kind == "timeout"
            raise
        self.late += facts.get("fault") == "timeout"
        return facts, answer


@pytest.mark.parametrize(
    ("file", "text", "waits", "line", "cause", "rest"),
    [
        ("unet.py", LOOP, 1, 2, IMPORT_CAUSE, 20),
        ("unet.py", CATCHES, 1, None, IMPORT_CAUSE, 20),
        ("unet.py", WAITS, 1, None, IMPORT_CAUSE, 20),
        ("infer.py", LOOP, 1, 2, IMPORT_CAUSE, 80),
        ("unet.py", IN_INIT, 1, IN_INIT[: IN_INIT.index("while True")].count("\n") + 1, BUILD_CAUSE, 40),
    ],
    ids=["import", "catches-everything", "sleeps", "infer", "construction"],
)
def test_an_import_without_an_end_is_waited_for_once(sandbox, frozen, file, text, waits, line, cause, rest):
    worker = Hasty(sandbox, {**solution(), file: text})
    student = Implementation(worker)
    try:
        todos = run_rubric(student, frozen, Explain(student, frozen), Options())
    finally:
        worker.close()
    wrong = [check for todo in todos for check in todo.checks if check.status == FAILED]
    assert worker.late == waits
    assert {check.cause for check in wrong} == {cause}
    assert len({check.message for check in wrong}) == 1
    assert {check.line for check in wrong} == {line}
    assert sum(todo.score for todo in todos) == rest


def test_an_extension_s_import_is_waited_for_once_too(sandbox, frozen):
    worker = Hasty(sandbox, {**solution(), "extensions/train.py": LOOP})
    student = Implementation(worker)
    try:
        (todo,) = run_rubric(student, frozen, Explain(student, frozen), Options(todos=("train",)))
    finally:
        worker.close()
    assert worker.late == 1
    assert todo.score == 0
    assert todo.checks[0].message.startswith("extensions/train.py, line 2: no end after 0.5 seconds")
    assert todo.checks[0].message.endswith("while extensions/train.py is imported")


def test_one_file_without_an_end_says_nothing_of_the_next(sandbox):
    worker = Hasty(sandbox, dict.fromkeys(("unet.py", *EXTENSION_FILES[:4]), LOOP) | {"infer.py": "x = 1"})
    try:
        for name in ("unet", *(f"extensions.{name}" for name in EXTENSIONS[:4])):
            assert worker(IMPORT, {"name": name}, {})[0]["fault"] == "timeout"
        assert worker(IMPORT, {"name": "infer"}, {}) == ({}, {})
    finally:
        worker.close()


def test_it_is_known_of_each_call_what_it_imports():
    known = {"unet", "infer", *(f"extensions.{name}" for name in EXTENSIONS)}
    assert {file for call in CALLS if call != IMPORT for file in files_of(call, {})} == known
    assert [call for call in CALLS if not files_of(call, {})] == []
    assert files_of(IMPORT, {"name": "infer"}) == ("infer",)
    assert set(BUILDS) <= set(CALLS)
