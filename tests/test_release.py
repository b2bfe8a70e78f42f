"""solution/ -> student/: holes that name their TODO, and nothing of an answer."""

import ast
import re

import pytest

from grader.errors import LabError
from grader.lab.paths import SOLUTION, STUDENT
from grader.release.holes import answers_in, student_version
from grader.release.student_files import release, stale_files, student_files

STATEMENT = '''def f(x):
    # TODO 2: double it. Twice as much.
    ### BEGIN SOLUTION
    y = 2 * x
    return y
    ### END SOLUTION
'''  # fmt: skip

EXPRESSION = '''from torch import nn


class Net(nn.Module):
    def __init__(self):
        self.first = nn.Sequential(  # TODO 1: 3 -> 64
            ### BEGIN SOLUTION
            nn.Conv2d(3, 64, 3),
            ### END SOLUTION
        )
'''  # fmt: skip


def test_statements_become_a_raise_with_the_first_sentence():
    assert student_version(STATEMENT, "f.py").splitlines()[1:] == [
        "    # TODO 2: double it. Twice as much.",
        '    raise NotImplementedError("TODO 2: double it")',
    ]


def test_expressions_become_a_call_that_raises_at_once():
    text = student_version(EXPRESSION, "net.py")
    assert '            todo("TODO 1: first, 3 -> 64"),\n' in text
    names = {}
    exec(text.replace("nn.Module", "object").replace("from torch import nn", ""), names)
    with pytest.raises(NotImplementedError, match="TODO 1: first, 3 -> 64"):
        names["todo"]("TODO 1: first, 3 -> 64")


def test_a_students_block_takes_the_place_of_the_answer():
    text = (
        STATEMENT
        + "    ### BEGIN STUDENT\n    # return x  # wrong\n    #     # deeper\n    ### END STUDENT\n"
    )
    assert student_version(text, "f.py").splitlines()[2:] == ["    return x  # wrong", "        # deeper"]


@pytest.mark.parametrize(
    ("text", "place", "what"),
    [
        ("# TODO 1: a\n### BEGIN SOLUTION\nx = 1\n", "f.py:2", "never closed"),
        ("x = 1\n### END SOLUTION\n", "f.py:2", "without its beginning"),
        ("# TODO 1: a\n### BEGIN SOLUTION\n### BEGIN SOLUTION\n", "f.py:3", "inside the region"),
        ("x = 1\n### BEGIN SOLUTION\nx = 2\n### END SOLUTION\n", "f.py:2", "no TODO number"),
        ("# TODO: a\n### BEGIN SOLUTION\nx = 2\n### END SOLUTION\n", "f.py:2", "no TODO number"),
        ("# TODO 1: a\n\n### BEGIN SOLUTION\nx = 2\n### END SOLUTION\n", "f.py:3", "no TODO number"),
        ("# TODO 1: a\n## BEGIN SOLUTION\nx = 2\n", "f.py:2", "exactly as"),
        ("# TODO 1: a\n###  Begin Solution\nx = 2\n", "f.py:2", "exactly as"),
        ("x = 1\n### BEGIN STUDENT\n# y\n### END STUDENT\n", "f.py:2", "must follow"),
    ],
)
def test_markers_out_of_place_are_refused_with_file_and_line(text, place, what):
    with pytest.raises(LabError, match=what) as refused:
        student_version(text, "f.py")
    assert str(refused.value).startswith(place + ":")


def test_nothing_is_written_if_any_file_is_refused(tmp_path):
    solution, student = tmp_path / "solution", tmp_path / "student"
    solution.mkdir()
    (solution / "a.py").write_text(STATEMENT)
    (solution / "b.py").write_text("### END SOLUTION\n")
    with pytest.raises(LabError, match=r"solution/b.py:1"):
        release(solution, student)
    assert not student.exists()


def test_an_answer_that_also_stands_outside_is_refused(tmp_path):
    (tmp_path / "a.py").write_text("# y = 2 * x\ny = 2 * x\n" + STATEMENT)
    with pytest.raises(LabError, match="outside"):
        student_files(tmp_path)


def test_stale_files_are_named(tmp_path):
    solution, student = tmp_path / "solution", tmp_path / "student"
    solution.mkdir()
    for name in ("a.py", "b.py", "c.py"):
        (solution / name).write_text(STATEMENT)
    release(solution, student)
    assert stale_files(solution, student) == []
    (student / "a.py").write_text("changed")
    (student / "b.py").unlink()
    (student / "d.py").write_text("left over")
    assert stale_files(solution, student) == ["a.py", "b.py", "d.py"]
    release(solution, student)
    assert stale_files(solution, student) == []


def test_student_is_current():
    assert stale_files(SOLUTION, STUDENT) == []


def test_student_holds_no_line_of_an_answer():
    for path in SOLUTION.rglob("*.py"):
        name = path.relative_to(SOLUTION).as_posix()
        student = (STUDENT / name).read_text(encoding="utf-8")
        assert answers_in(student, path.read_text(encoding="utf-8"), name) == []
        assert "SOLUTION" not in student


def test_every_hole_of_the_lab_names_its_todo():
    texts = {name: (STUDENT / name).read_text(encoding="utf-8") for name in ("unet.py", "infer.py")}
    holes = [
        hole
        for text in texts.values()
        for hole in re.findall(r'(?:todo|NotImplementedError)\("(TODO \d): .+"\)', text)
    ]
    assert [holes.count(f"TODO {number}") for number in range(1, 5)] == [10, 1, 1, 2]
    for text in texts.values():
        ast.parse(text)
