"""What `nbgrader autograde` does for the lab: no kernel, no cell of a student's, one run of the rubric.

nbgrader grades by executing the student's notebook as the instructor: any cell in it may patch the grader
or write into gradebook.db. `GradeInSandbox` stands in nbgrader's list in place of `Execute`. It grades the
submitted unet.py and infer.py in a process of its own, where their code runs in the sandbox's worker, and
writes what came out into the graded cells, as if they had been run. The rest of nbgrader goes on as ever.
"""

from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader import utils
from nbgrader.preprocessors import Execute, OverwriteCells
from traitlets import List, Unicode

from grader.errors import LabError
from grader.grading.interpreter import Graded, grade_afresh, nothing_handed_in
from grader.grading.scoring import total_points


class GradeInSandbox(Execute):
    """Grades the lab without executing it; other assignments of the course are executed as before."""

    assignments = List(Unicode(), help="The assignments that are this lab.").tag(config=True)
    hidden = Unicode(None, allow_none=True, help="The secret of `grade --hidden`, if wanted.").tag(
        config=True
    )

    def preprocess(self, nb: NotebookNode, resources: dict, km=None):
        about = resources["nbgrader"]
        if about["assignment"] not in self.assignments:
            return super().preprocess(nb, resources, km)
        cells = {cell.metadata.nbgrader.grade_id: cell for cell in nb.cells if utils.is_grade(cell)}
        if missing := total_points().keys() - cells.keys():
            raise LabError(
                f"the notebook of {about['student']} lacks the cell {min(missing)}: see RestoreCells"
            )
        graded = self._grade(self._submitted(about["student"], about["assignment"]))
        for count, (id, one) in enumerate(graded.items(), start=1):
            self._write(cells[id], one, count)
        return nb, resources

    def _submitted(self, student: str, assignment: str) -> Path:
        """What was handed in, not the copy in autograded/: there the instructor's files lie over it."""
        course = self.parent.parent.coursedir
        return Path(course.format_path(course.submitted_directory, student, assignment)).resolve()

    def _grade(self, folder: Path) -> dict[str, Graded]:
        if message := nothing_handed_in(folder):
            return dict.fromkeys(total_points(), Graded(0, message))
        return {
            id: one for id, one in grade_afresh(folder, hidden=self.hidden).items() if id in total_points()
        }

    def _write(self, cell: NotebookNode, graded: Graded, count: int) -> None:
        cell.execution_count = count
        cell.outputs = [
            new_output("stream", name="stdout", text=graded.text + "\n"),
            new_output("execute_result", data={"text/plain": str(graded.points)}, execution_count=count),
        ]


class RestoreCells(OverwriteCells):
    """Puts deleted graded cells back. nbgrader's own way fails where a locked cell without points, such as
    the set-up, stands before them."""

    def __init__(self, **options):
        super().__init__(**options)
        self.add_missing_cells = True

    def add_missing_grade_cells(self, nb: NotebookNode, resources: dict):
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
    return cell.metadata.get("nbgrader", {}).get("grade_id")
