"""solution/walkthrough.ipynb -> what students get, made by nbgrader's own `generate_assignment`.

nbgrader makes the same from the same notebook in an instructor's course, so nothing here writes cells.
"""

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from grader.errors import LabError
from grader.language import _

if TYPE_CHECKING:
    from nbformat import NotebookNode

KEPT = {"nbgrader"}  # the only cell metadata that a source notebook may have


def released_notebook(path: Path) -> str:
    """The student's version of a notebook, as text. Raises LabError where nbgrader, or we, refuse it."""
    import nbformat  # late, like nbgrader: `--help` and grading need neither

    try:
        read: Callable[..., NotebookNode] = nbformat.read  # it has no types
        refuse_unless_clean(read(path, as_version=4), path.name)
    except (nbformat.validator.NotebookValidationError, nbformat.reader.NotJSONError) as error:
        raise LabError(
            _("{path} is not a notebook: {splitlines}").format(
                path=path, splitlines=str(error).splitlines()[0]
            )
        ) from None
    with tempfile.TemporaryDirectory(prefix="unet-lab-") as folder:
        course = Path(folder)
        source = course / "source" / "lab" / path.name
        source.parent.mkdir(parents=True)
        source.write_bytes(path.read_bytes())
        generate(course, "lab")
        return (course / "release" / "lab" / path.name).read_text(encoding="utf-8")


def sources_of(text: str) -> str:
    """The cells of a notebook without outputs, as lines to read."""
    return "\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"])


def generate(course: Path, assignment: str) -> None:
    """`nbgrader generate_assignment --no-db`. Raises LabError with nbgrader's last words."""
    from nbgrader.apps import NbGraderAPI
    from traitlets.config import Config

    config = Config()
    config.CourseDirectory.root = str(course)
    config.GenerateAssignment.no_database = True
    config.SaveCells.enabled = False
    done = NbGraderAPI(config=config).generate_assignment(assignment)
    if not done["success"]:
        said = [line for line in (done["log"] or done.get("error") or "").splitlines() if "Error" in line]
        last = said[-1].strip() if said else _("see its log")
        raise LabError(_("nbgrader refuses the notebook: {last}").format(last=last))


def refuse_unless_clean(notebook: "NotebookNode", name: str) -> None:
    """Raises LabError for outputs, stray metadata, or graded cells that do not agree with the rubric."""
    from grader.grading.scoring import total_points

    for cell in notebook.cells:
        where = _("{name}, cell {id}").format(name=name, id=cell.get("id", "?"))
        if cell.get("outputs") or cell.get("execution_count"):
            raise LabError(_("{where} holds outputs: clear all outputs before you save").format(where=where))
        if stray := set(cell.metadata) - KEPT:
            raise LabError(
                _("{where} holds metadata of an editor: {stray}").format(
                    where=where, stray=", ".join(sorted(stray))
                )
            )
    graded = {
        cell.metadata.nbgrader.grade_id: cell.metadata.nbgrader.points
        for cell in notebook.cells
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("grade")
    }
    for id, worth in graded.items():
        expected = total_points().get(id)
        if worth != expected:
            raise LabError(
                _("{name}, cell {id}: worth {worth} points, but the rubric gives {expected}").format(
                    name=name, id=id, worth=worth, expected=expected or _("no such TODO")
                )
            )
    if missing := total_points().keys() - graded.keys():
        raise LabError(
            _("{name} has no graded cell for {missing}").format(name=name, missing=", ".join(sorted(missing)))
        )
