"""What `nbgrader autograde` does for the lab: no kernel, no cell of a student's, one run of the rubric.

nbgrader grades by executing the student's notebook as the instructor: any cell in it may patch the grader
or write into gradebook.db. `GradeInSandbox` takes the place of `Execute` in nbgrader's list. It grades the
submitted unet.py and infer.py in a process of its own, where their code runs in the sandbox's worker, and
writes the result into the graded cells as if they had been run. Everything else in nbgrader stays as it is.

Inputs are hidden unless the course says otherwise. Their secret is kept in the course's folder, so that
grading again gives the same marks.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output as _new_output
from nbgrader import utils
from nbgrader.preprocessors import Execute, OverwriteCells
from traitlets import Bool, List, Unicode

from grader.errors import LabError
from grader.grading import secret
from grader.grading.interpreter import Graded, grade_afresh, nothing_handed_in
from grader.grading.scoring import total_points
from grader.language import _
from grader.report.model import PRACTICE

new_output: Callable[..., NotebookNode] = _new_output  # nbformat gives it no types


class GradeInSandbox(Execute):  # type: ignore[misc]  # nbgrader has no types
    """Grades the lab without executing it; the course's other assignments are executed as before."""

    assignments = List(Unicode(), help="The assignments that are this lab.").tag(config=True)
    hidden = Unicode(None, allow_none=True, help="The secret of hidden inputs, if it is not kept.").tag(
        config=True
    )
    public = Bool(False, help="Grade on public inputs: practice, not marks.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any], km: Any = None) -> Any:
        """Write points and report into the graded cells. Raises LabError where nothing can be graded."""
        about = resources["nbgrader"]
        if about["assignment"] not in self.assignments:
            return super().preprocess(nb, resources, km)
        cells = {cell.metadata.nbgrader.grade_id: cell for cell in nb.cells if utils.is_grade(cell)}
        self._refuse_other_cells(cells, about)
        graded = self._grade(self._submitted(about["student"], about["assignment"]), about["assignment"])
        for count, (id, one) in enumerate(graded.items(), start=1):
            self._write(cells[id], one, count)
        return nb, resources

    def _refuse_other_cells(self, cells: dict[str, NotebookNode], about: dict[str, Any]) -> None:
        """Raise LabError where a TODO's cell is missing, or worth other points than in the rubric."""
        for todo, points in total_points().items():
            if todo not in cells:
                raise LabError(
                    _("the notebook of {student} lacks the cell {todo}").format(
                        student=about["student"], todo=todo
                    )
                )
            there = cells[todo].metadata.nbgrader.points
            if there != points:
                raise LabError(
                    _(
                        "the course's notebook has {there:g} points for {todo}, and the rubric has {points}: "
                        "run `nbgrader generate_assignment {assignment} --force`, then autograde again"
                    ).format(there=there, todo=todo, points=points, assignment=about["assignment"])
                )

    def _submitted(self, student: str, assignment: str) -> Path:
        """What was handed in; in the copy in autograded/ the instructor's files have replaced some."""
        course = self.parent.parent.coursedir
        return Path(course.format_path(course.submitted_directory, student, assignment)).resolve()

    def _grade(self, folder: Path, assignment: str) -> dict[str, Graded]:
        if message := nothing_handed_in(folder):
            return dict.fromkeys(total_points(), Graded(0, message))
        graded = grade_afresh(folder, hidden=self._secret(assignment))
        label = f"\n\n{_(PRACTICE)}" if self.public else ""
        return {
            id: Graded(one.points, one.text + label) for id, one in graded.items() if id in total_points()
        }

    def _secret(self, assignment: str) -> str | None:
        """The secret of hidden inputs; None for public ones. Raises LabError."""
        if self.public:
            return None
        if self.hidden is not None:
            return secret.from_text(self.hidden, "c.GradeInSandbox.hidden")[0]
        course = Path(self.parent.parent.coursedir.root)
        return secret.kept(course / f"{assignment}{secret.SUFFIX}")

    def _write(self, cell: NotebookNode, graded: Graded, count: int) -> None:
        cell.execution_count = count
        cell.outputs = [
            new_output("stream", name="stdout", text=graded.text + "\n"),
            new_output("execute_result", data={"text/plain": str(graded.points)}, execution_count=count),
        ]


class RestoreCells(OverwriteCells):  # type: ignore[misc]  # nbgrader has no types
    """Puts deleted graded cells back.

    nbgrader's own way fails where a locked cell without points, such as the set-up, comes before them.
    """

    def __init__(self, **options: Any):
        super().__init__(**options)
        self.add_missing_cells = True

    def add_missing_grade_cells(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Put each one after the cell that comes before it in the source."""
        source = self.gradebook.find_notebook(self.notebook_id, self.assignment_id)
        order = {cell.name: at for at, cell in enumerate(source.source_cells)}
        texts = {cell.name: cell for cell in source.source_cells}
        solutions = {cell.name for cell in source.solution_cells}
        present = {_grade_id(cell) for cell in nb.cells}
        for grade in sorted(source.grade_cells, key=lambda cell: order[cell.name]):
            if grade.name in present:
                continue
            self.log.warning("The cell %s was deleted; it is put back", grade.name)
            cell = self.missing_cell_transform(texts[grade.name], grade.max_score, grade.name in solutions)
            before = [
                at
                for at, one in enumerate(nb.cells)
                if order.get(_grade_id(one), 1 << 30) < order[grade.name]
            ]
            nb.cells.insert(max(before, default=-1) + 1, cell)
        return nb, resources


def _grade_id(cell: NotebookNode) -> str | None:
    id = cell.metadata.get("nbgrader", {}).get("grade_id")
    return None if id is None else str(id)
