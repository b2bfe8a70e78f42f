"""A real nbgrader course, with its SQLite gradebook: from the export to the feedback and the CSV.

`ada` is right. `bob` has a swapped concatenation and no TODO 4, and a notebook with everything in it that
nbgrader is known to stumble over. The marks are those of `python -m grader grade`, with and without a kernel.
"""

import csv
import os
import shutil

import nbformat
import pytest
from corpus import MISTAKES, build, solution
from nbformat.v4 import new_code_cell
from nbgrader.apps import NbGraderAPI
from nbgrader.plugins import CsvExportPlugin
from traitlets.config import Config

from grader.collection.layouts.nbgrader import ASSIGNMENT
from grader.errors import LabError
from grader.lab.paths import SOLUTION, STUDENT
from grader.lab.plan import CORE
from grader.platforms.nbgrader import grading
from grader.platforms.nbgrader.export import export
from grader.platforms.nbgrader.settings import configure

pytestmark = pytest.mark.filterwarnings("ignore")  # nbgrader's own, and SQLAlchemy's about nbgrader

NOISY = """
import warnings
print("30 of 30 points")
warnings.warn("a warning that costs nothing")
"""
STUMBLING_STONES = [
    "1 / 0",
    "import sys, warnings; warnings.warn('on stderr'); print('100', file=sys.stderr)",
    "import os; os.chdir('..'); open('a-cell-was-run', 'w').close()",
    "get_ipython().events.register('pre_run_cell', lambda info: sys.stderr.write('before every cell'))",
    "print = None",
]


def api(root, kernel: bool) -> NbGraderAPI:
    config = Config()
    config.CourseDirectory.root = str(root)
    config.Exchange.root = str(root / "exchange")  # else nbgrader looks for one on this machine
    configure(config, kernel=kernel)
    return NbGraderAPI(config=config)


def submit(root, student: str, files: dict[str, str]):
    """Hand in what was released, with these files; -> the path of the notebook."""
    folder = root / "submitted" / student / ASSIGNMENT
    shutil.copytree(root / "release" / ASSIGNMENT, folder)
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder / "walkthrough.ipynb"


def spoil(path) -> None:
    """What students' notebooks come back with."""
    notebook = nbformat.read(path, as_version=4)
    cells = {cell.id: cell for cell in notebook.cells}
    notebook.cells.remove(cells["conv_blocks"])
    cells["crop_and_concat"].metadata.nbgrader.points = 2000
    cells["forward"].source = "30"
    cells["inference"].source += "\n'a stray text'"
    cells["answer-1"].source = "576, because 16 divides it."
    at = notebook.cells.index(cells["segmentation"])
    notebook.cells[at:at] = [new_code_cell(source) for source in STUMBLING_STONES]
    nbformat.write(notebook, path)


@pytest.fixture(scope="module")
def students():
    """{student: files}."""
    swapped = build(next(one for one in MISTAKES if one.id == "cat-order"))
    return {
        "ada": solution(),
        "bob": {
            "unet.py": NOISY + swapped["unet.py"],
            "infer.py": (STUDENT / "infer.py").read_text(encoding="utf-8"),
            "grader/__init__.py": "def check(todo):\n    return 100\n",
        },
    }


@pytest.fixture(scope="module")
def course(tmp_path_factory, students):
    """A course in which two have handed in."""
    root = tmp_path_factory.mktemp("course")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("PATH", "UNET_LAB"):  # configure changes them
            patch.setenv(name, os.environ.get(name, ""))
        patch.setenv("NBGRADER_EXECUTION", "")  # nbgrader leaves it behind where autograding ends in an error
        export(root)
        assert api(root, kernel=False).generate_assignment(ASSIGNMENT)["success"]
        for student, files in students.items():
            notebook = submit(root, student, files)
            if student == "bob":
                spoil(notebook)
        yield root


def marks(root, student: str) -> list[float]:
    """What the gradebook holds for the four TODOs."""
    with api(root, kernel=False).gradebook as book:
        grades = book.find_submission_notebook("walkthrough", ASSIGNMENT, student).grades
        return [{grade.name: grade.auto_score for grade in grades}[id] for id in CORE]


def expected(grade_files, files: dict[str, str]) -> list[int]:
    return [todo.score for todo in grade_files({name: files[name] for name in ("unet.py", "infer.py")})]


def test_the_release_is_the_students_notebook_and_template(course):
    for path in (course / "release" / ASSIGNMENT).rglob("*.*"):
        name = path.relative_to(course / "release" / ASSIGNMENT)
        assert path.read_bytes() == (STUDENT / name).read_bytes(), name


def test_marks_manual_scores_feedback_and_export_without_a_kernel(course, students, grade_files):
    app = api(course, kernel=False)
    for student, files in students.items():
        done = app.autograde(ASSIGNMENT, student, force=True)
        assert done["success"], done
        assert marks(course, student) == expected(grade_files, files)
    assert not list(course.glob("autograded/**/a-cell-was-run")), "a student's cell was executed"

    with app.gradebook as book:
        answers = {
            (student, id): book.find_grade(id, "walkthrough", ASSIGNMENT, student)
            for student in students
            for id in ("answer-1", "answer-2")
        }
        assert [grade.needs_manual_grade for grade in answers.values()] == [False, False, True, False]
        assert answers["ada", "answer-1"].auto_score == 0  # left as it was: no response
        answers["bob", "answer-1"].manual_score = 4
        answers["bob", "answer-1"].needs_manual_grade = False
        book.db.commit()
        plugin = CsvExportPlugin()
        plugin.to = str(course / "grades.csv")
        plugin.export(book)
    with (course / "grades.csv").open() as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    assert [float(rows[name]["score"]) for name in students] == [100, 73 + 4]
    assert float(rows["ada"]["max_score"]) == 100 + 10

    assert app.generate_feedback(ASSIGNMENT, "bob")["success"]
    page = (course / "feedback" / "bob" / ASSIGNMENT / "walkthrough.html").read_text(encoding="utf-8")
    assert "The features of the expanding path come first" in page
    assert "BEGIN MARK SCHEME" not in page


def test_marks_of_a_real_kernel_are_the_same_whatever_the_notebook_holds(course, students, grade_files):
    done = api(course, kernel=True).autograde(ASSIGNMENT, "bob", force=True)
    assert done["success"], done
    assert list(course.glob("autograded/**/a-cell-was-run")), "the notebook was not executed"
    assert marks(course, "bob") == expected(grade_files, students["bob"]) == [30, 13, 30, 0]


@pytest.mark.parametrize(
    ("lacks", "worth", "said"),
    [
        (
            None,
            10,
            "10 points for forward, and the rubric has 30: run `nbgrader generate_assignment unet_lab",
        ),
        ("forward", 30, "ada lacks the cell forward"),
    ],
)
def test_points_that_are_not_the_rubrics_are_refused(lacks, worth, said):
    notebook = nbformat.read(SOLUTION / "walkthrough.ipynb", as_version=4)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "forward":
            cell.metadata.nbgrader.update(points=worth, grade=lacks is None)
    about = {"nbgrader": {"assignment": ASSIGNMENT, "student": "ada"}}
    with pytest.raises(LabError, match=said):
        grading.GradeInSandbox(assignments=[ASSIGNMENT]).preprocess(notebook, about)


def test_no_unet_is_a_zero_that_says_why(course):
    notebook = submit(course, "cleo", {})
    (notebook.parent / "unet.py").unlink()
    assert api(course, kernel=False).autograde(ASSIGNMENT, "cleo")["success"]
    assert marks(course, "cleo") == [0, 0, 0, 0]
    assert (
        "There is no unet.py" in (course / "autograded/cleo" / ASSIGNMENT / "walkthrough.ipynb").read_text()
    )


@pytest.mark.parametrize("kernel", [False, True])
def test_what_the_grader_cannot_grade_gets_no_mark(course, monkeypatch, kernel):
    student = f"dora{kernel:d}"
    submit(course, student, {"unet.py": "#" * (2 << 20)})  # refused: too large for any unet.py

    def broken(*arguments, **options):
        raise LabError("assets/model.pth is missing")

    monkeypatch.setattr(grading, "grade_afresh", broken)
    done = api(course, kernel).autograde(ASSIGNMENT, student)
    assert not done["success"]
    assert "model.pth is missing" in done["log"] or kernel
    assert marks(course, student) == [None] * 4
    assert not (course / "autograded" / student / ASSIGNMENT).exists()


def test_files_of_the_course_are_not_overwritten(course, tmp_path):
    (course / "nbgrader_config.py").rename(tmp_path / "kept")
    (course / "nbgrader_config.py").write_text("mine = True\n")
    with pytest.raises(LabError, match=r"nbgrader_config.py is there already, and differs"):
        export(course)
    assert (course / "nbgrader_config.py").read_text() == "mine = True\n"
    (tmp_path / "kept").replace(course / "nbgrader_config.py")
    export(course)  # the same again is no conflict
