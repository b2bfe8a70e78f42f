"""The rubric: points, dependencies, and what happens when the grader itself is at fault."""

import shutil
import sys

import pytest
from corpus import build, solution

from grader.checking.inputs import Draw
from grader.errors import LabError
from grader.grading.options import Options
from grader.grading.scoring import RUBRIC, run_rubric
from grader.implementations import EXPECTED, Implementation, StaleAnswers, live_solution
from grader.lab.plan import CORE
from grader.report.model import FAILED, GRADER_ERROR, PASSED, WAITING, Report


def always(value):
    """A backend that gives one answer, or raises it."""

    def ask(call, data, tensors):
        if isinstance(value, Exception):
            raise value
        return value

    return Implementation(ask)


@pytest.fixture
def rubric(tmp_path, monkeypatch):
    """A rubric of one file, made from the text of its checks."""
    monkeypatch.delitem(sys.modules, "made_up", raising=False)  # pytest keeps what it imported by this name

    def write(checks: str):
        folder = tmp_path / "rubric"
        folder.mkdir(exist_ok=True)
        shutil.copy(RUBRIC / "pytest.ini", folder)
        text = '"""TODO 9: made up"""\nimport pytest\nfrom grader.rubric import points\n\n' + checks
        (folder / "made_up.py").write_text(text)
        return folder

    return write


def outcomes(todos) -> dict[str, str]:
    return {check.id: check.status for todo in todos for check in todo.checks}


def test_the_lab_has_100_points_in_four_todos(grade_files):
    todos = grade_files(solution())
    assert [(todo.id, todo.max_score) for todo in todos] == list(zip(CORE, (30, 20, 30, 20)))
    assert sum(len(todo.checks) for todo in todos) >= 20
    assert len({check.id for todo in todos for check in todo.checks}) == sum(
        len(todo.checks) for todo in todos
    )


def test_the_untouched_template_earns_nothing_and_nothing_is_wrong(grade_files):
    from grader.lab.paths import STUDENT

    todos = grade_files(
        {name: (STUDENT / name).read_text(encoding="utf-8") for name in ("unet.py", "infer.py")}
    )
    assert [todo.score for todo in todos] == [0, 0, 0, 0]
    assert all(todo.is_untouched for todo in todos)


def test_hidden_inputs_differ_and_the_solution_passes_them(grade_files, sandbox):
    assert (Draw("x", "a")(3, 4) != Draw("x", "b")(3, 4)).any()
    assert (Draw("x")(3, 4) != Draw("x", "b")(3, 4)).any()
    assert (Draw("x", "a")(3, 4) == Draw("x", "a")(3, 4)).all()
    backend = live_solution(sandbox)
    todos = grade_files(solution(), Implementation(backend), "a secret")
    backend.close()
    assert sum(todo.score for todo in todos) == 100


def test_a_check_that_waits_earns_nothing(rubric):
    checks = '''
def test_first(student):
    """first"""
    assert False, "the fact"

@points(3, needs=test_first)
def test_second(student):
    """second"""
'''
    (todo,) = run_rubric(always(({}, {})), always(({}, {})), rubric=rubric(checks))
    assert outcomes([todo]) == {"made_up.first": FAILED, "made_up.second": WAITING}
    assert todo.score == 0
    assert todo.max_score == 3
    assert todo.checks[0].message == "the fact"


def test_a_check_that_needs_a_parametrised_one_waits_for_all_of_it(rubric):
    checks = '''
@points(1)
@pytest.mark.parametrize("n", [1, 2])
def test_each(n):
    """number {n}"""
    assert n == 1, "not one"

@points(1, needs=test_each)
def test_after():
    """after"""
'''
    (todo,) = run_rubric(always(({}, {})), always(({}, {})), rubric=rubric(checks))
    assert outcomes([todo]) == {"made_up.each_1": PASSED, "made_up.each_2": FAILED, "made_up.after": WAITING}
    assert [check.title for check in todo.checks] == ["number 1", "number 2", "after"]


TWO_TODOS = {
    "conv_blocks": '''
@points(2)
def test_one():
    """one"""
    assert {one}, "one is wrong"

@points(1)
def test_spare():
    """spare"""
''',
    "forward": '''
import conv_blocks

@points(3)
def test_first():
    """first"""
    assert {first}, "first is wrong"

@points(5, needs=(test_first, conv_blocks.test_one))
def test_whole():
    """whole"""
    assert {whole}, "the whole is wrong"
''',
}


@pytest.fixture
def graded(tmp_path, monkeypatch):
    """Two TODOs, of which the second needs a check of the first -> {check: (status, score)}."""
    monkeypatch.syspath_prepend(str(tmp_path))
    shutil.copy(RUBRIC / "pytest.ini", tmp_path)

    def grade(one=True, first=True, whole=True, todos=None):
        for name, text in TWO_TODOS.items():
            monkeypatch.delitem(sys.modules, name, raising=False)
            head = f'"""TODO: {name}"""\nfrom grader.rubric import points\n'
            (tmp_path / f"{name}.py").write_text(head + text.format(one=one, first=first, whole=whole))
        told = []
        options = Options(todos=todos, on_check=lambda check: told.append(check.id))
        nobody = always(({}, {}))
        found = run_rubric(nobody, nobody, options=options, rubric=tmp_path)
        assert told == [check.id for todo in found for check in todo.checks]
        return {check.id: (check.status, check.score) for todo in found for check in todo.checks}

    return grade


def test_a_check_may_need_several_of_several_todos(graded):
    assert set(graded().values()) == {(PASSED, 2), (PASSED, 1), (PASSED, 3), (PASSED, 5)}
    assert graded(whole=False)["forward.whole"] == (FAILED, 0)


def test_what_waits_for_another_todo_alone_is_paid_for_there(graded):
    found = graded(one=False)
    assert found["conv_blocks.one"] == (FAILED, 0)
    assert found["forward.whole"] == (PASSED, 5)


def test_what_waits_for_its_own_todo_earns_nothing(graded):
    assert graded(first=False)["forward.whole"] == (WAITING, 0)
    assert graded(one=False, first=False)["forward.whole"] == (WAITING, 0)


def test_a_todo_alone_brings_what_it_needs_and_shows_it_not(graded):
    assert graded(todos=("forward",)) == {"forward.first": (PASSED, 3), "forward.whole": (PASSED, 5)}
    assert graded(one=False, todos=("forward",))["forward.whole"] == (PASSED, 5)
    assert set(graded(todos=("conv_blocks",))) == {"conv_blocks.one", "conv_blocks.spare"}


def test_a_check_that_was_not_tried_says_so(grade_files):
    from corpus import MISTAKES

    mistake = next(one for one in MISTAKES if one.id == "cat-order")
    whole = next(
        check
        for todo in grade_files(build(mistake))
        for check in todo.checks
        if check.id.endswith(".whole_network")
    )
    assert "not tried" in whole.title
    assert whole.message.startswith("waits for: ")


@pytest.mark.parametrize("body", ["1 / 0", "reference.keys()", "pytest.skip('no')", "pytest.xfail('no')"])
def test_a_fault_of_the_grader_is_never_charged_to_the_student(rubric, body):
    checks = f'''
@points(3)
def test_one(student, reference):
    """one"""
    {body}
'''
    broken = always(RuntimeError("disk on fire"))
    todos = run_rubric(always(({}, {})), broken, rubric=rubric(checks))
    assert outcomes(todos) == {"made_up.one": GRADER_ERROR}
    assert "not your fault" in todos[0].checks[0].message
    assert Report("x", {}, todos).exit_status == 2
    assert todos[0].score == 0


def test_a_rubric_that_cannot_be_read_says_so(rubric):
    with pytest.raises(LabError, match="cannot be run"):
        run_rubric(always(({}, {})), always(({}, {})), rubric=rubric("def broken(:\n"))


def test_a_question_that_was_not_frozen_is_a_fault_of_the_grader(frozen):
    with pytest.raises(StaleAnswers, match="release"):
        frozen.crop_and_concat(Draw("never asked")(1, 1, 2, 2), Draw("nor this")(1, 1, 2, 2))


def test_the_frozen_answers_hold_no_code():
    content = EXPECTED.read_bytes()
    assert len(content) < 2_000_000
    for word in (b"import torch", b"nn.Conv2d", b"def forward"):
        assert word not in content


def test_several_mistakes_cost_each_its_own(grade_files):
    from corpus import MISTAKES

    mistake = next(one for one in MISTAKES if one.id == "several-relu-and-order")
    lost = {todo.id for todo in grade_files(build(mistake)) if todo.score < todo.max_score}
    assert lost == {"conv_blocks", "crop_and_concat"}
