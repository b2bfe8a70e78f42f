"""Writes a class's points into an nbgrader gradebook, by nbgrader's own API: SQLite or PostgreSQL.

What is there already stays: other assignments, written answers, comments, points that a person gave.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from grader.collection.hand_in import Student
from grader.collection.layouts.nbgrader import ASSIGNMENT
from grader.errors import LabError
from grader.grading.scoring import total_points
from grader.language import _
from grader.outputs.grade import Grade
from grader.platforms.nbgrader.settings import find_alembic
from grader.text import one_line

NOTEBOOK = "walkthrough"
POSTGRESQL = ("postgresql://", "postgres://")


def write_gradebook(grades: Sequence[Grade], url: str, assignment: str = ASSIGNMENT) -> int:
    """Write every grade with a score; -> how many students have one now. Writing again changes nothing.

    url: sqlite:///gradebook.db, or postgresql://USER@HOST/DATABASE.

    Raises LabError where the gradebook cannot be used, or its points differ from the rubric's.
    """
    try:
        import sqlalchemy
        from nbgrader.api import Gradebook, InvalidEntry, MissingEntry
    except ImportError:
        raise LabError(_("this needs nbgrader: python -m pip install -r requirements.txt")) from None
    find_alembic()
    address = _address(url)
    try:
        with Gradebook(address.render_as_string(hide_password=False)) as gradebook:
            try:
                with gradebook.db.no_autoflush:  # nbgrader adds a submission before it is in the session
                    return _write(gradebook, grades, assignment)
            except MissingEntry as error:
                raise LabError(
                    _("{address} lacks something: {error}").format(
                        address=_shown(address), error=one_line(str(error))
                    )
                ) from None
    except InvalidEntry as error:
        raise LabError(
            _("{address} does not take the grades: {error}").format(
                address=_shown(address), error=one_line(str(error))[:200]
            )
        ) from None
    except (sqlalchemy.exc.SQLAlchemyError, ImportError, OSError) as error:
        reason = one_line(str(getattr(error, "orig", None) or error))[:200]
        raise LabError(
            _("{address} cannot be used, {reason}").format(address=_shown(address), reason=reason)
        ) from None


def _write(gradebook: Any, grades: Sequence[Grade], assignment: str) -> int:
    gradebook.update_or_create_assignment(assignment)
    gradebook.update_or_create_notebook(NOTEBOOK, assignment)
    points = total_points()
    _refuse_other_points(gradebook, assignment, points)
    for todo, most in points.items():
        gradebook.update_or_create_grade_cell(todo, NOTEBOOK, assignment, max_score=most, cell_type="code")
    count = 0
    for grade in grades:
        if grade.score is None:
            continue
        for student in grade.students:
            _write_student(gradebook, _id(grade, student), student, grade, assignment, points)
            count += 1
    gradebook.db.commit()
    return count


def _refuse_other_points(gradebook: Any, assignment: str, points: Mapping[str, int]) -> None:
    for cell in gradebook.find_notebook(NOTEBOOK, assignment).grade_cells:
        if cell.name in points and cell.max_score != points[cell.name]:
            raise LabError(
                _(
                    "the gradebook has {max_score:g} points for {name}, and the rubric has {points}: run "
                    "`nbgrader generate_assignment {assignment}` first"
                ).format(
                    max_score=cell.max_score, name=cell.name, points=points[cell.name], assignment=assignment
                )
            )


def _write_student(
    gradebook: Any, id: str, student: Student, grade: Grade, assignment: str, points: Mapping[str, int]
) -> None:
    last, _, first = student.name.partition(", ")  # as Canvas writes it; else all of it is the last name
    known = {"last_name": last, "first_name": first, "email": student.email}
    gradebook.update_or_create_student(id, **{what: text for what, text in known.items() if text})
    when = grade.hand_in.submitted if grade.hand_in else None
    told = {"timestamp": when.isoformat()} if when else {}
    submission = gradebook.update_or_create_submission(assignment, id, **told)
    penalty = (grade.raw_score or grade.score or Decimal(0)) - (grade.score or Decimal(0))
    for notebook in submission.notebooks:
        if notebook.name != NOTEBOOK:
            continue
        if penalty > 0 or notebook.late_submission_penalty:
            notebook.late_submission_penalty = float(penalty)
        for cell in notebook.grades:
            if cell.name in points:
                cell.auto_score = float(grade.todos.get(cell.name, 0))
                cell.needs_manual_grade = False


def _id(grade: Grade, student: Student) -> str:
    """What nbgrader calls the student: as it did when it collected, else by login, number or email."""
    known = (student.ids.get("nbgrader"), student.ids.get("login"), student.number, student.email)
    return next(filter(None, known), None) or (grade.hand_in.key if grade.hand_in else student.shown)


def _address(url: str) -> Any:
    import sqlalchemy

    for start in POSTGRESQL:
        if url.startswith(start):
            url = f"postgresql+psycopg://{url[len(start) :]}"
    try:
        address = sqlalchemy.engine.make_url(url)
    except sqlalchemy.exc.ArgumentError:
        raise LabError(
            _(
                "the gradebook's address cannot be read: sqlite:///gradebook.db or postgresql://USER@HOST/DATABASE"
            )
        ) from None
    if (
        address.get_backend_name() == "sqlite"
        and address.database
        and not Path(address.database).parent.is_dir()
    ):
        raise LabError(
            _("there is no folder {parent} for the gradebook").format(parent=Path(address.database).parent)
        )
    return address


def _shown(address: Any) -> str:
    return str(address.render_as_string(hide_password=True))
