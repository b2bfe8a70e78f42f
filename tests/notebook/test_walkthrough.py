"""The walkthrough itself: what is in it, and that it runs from the first cell to the last."""

import json

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell

from grader.errors import LabError
from grader.grading.scoring import total_points
from grader.lab.paths import SOLUTION, STUDENT
from grader.lab.plan import CORE
from grader.release.holes import answers_in
from grader.release.notebook import refuse_unless_clean, sources_of
from grader.release.student_files import student_files

# Four cars take four forward passes; one shows that the cell works.
FEWER_CARS = 'lab.__dict__["cars"] = ["pickup_blue"]'
SECTIONS = [
    "segmentation",
    "u",
    "todo-1",
    "todo-2",
    "todo-3",
    "todo-4",
    "errs",
    "own",
    "question-1",
    "closing",
]


@pytest.fixture
def source():
    return nbformat.read(SOLUTION / "walkthrough.ipynb", as_version=4)


def executed(folder, extensions: bool) -> dict[str, str]:
    """{cell: what it shows}, pictures as [picture]; without the checks, which the nbgrader course runs."""
    notebook = nbformat.read(folder / "walkthrough.ipynb", as_version=4)
    notebook.cells = [cell for cell in notebook.cells if cell.id not in CORE]
    if not extensions:
        notebook.cells = [cell for cell in notebook.cells if not cell.id.startswith("ext-")]
    after = next(at for at, cell in enumerate(notebook.cells) if cell.id == "setup") + 1
    notebook.cells.insert(after, new_code_cell(FEWER_CARS, id="fewer"))
    # allow_errors is off: a cell that raises fails the test
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(folder)}}).execute()
    shown = {}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert all(one.output_type in ("stream", "display_data") for one in cell.outputs), cell.id
            shown[cell.id] = "".join(one.get("text", "[picture]") for one in cell.outputs)
    return shown


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_the_untouched_template_runs_and_names_what_is_missing():
    shown = executed(STUDENT, extensions=True)
    for name in [name for name in shown if name.startswith("ext-")]:
        assert shown.pop(name) in ("", "[picture]"), f"{name} is not silent before it is begun"
    missing = {name: text for name, text in shown.items() if "still to be written" in text}
    assert shown["todo-1-features"].startswith("TODO 1 is still to be written.\nOnce everything is written")
    assert missing["todo-1-features"].endswith("[picture]")
    assert missing["todo-2-4x4"] == "[picture]TODO 2 is still to be written.\n"
    assert missing["todo-3-sizes"] == "TODO 1 is still to be written.\n"
    assert missing["todo-4-preprocess"] == "TODO 4 is still to be written.\n"
    assert shown.pop("own-picture") == "There is no my_car.jpg beside this notebook: put a picture there.\n"
    assert shown.keys() - missing.keys() == {
        "setup", "fewer", "segmentation-mask", "u-sizes", "todo-1-by-hand", "own-gallery"
    }  # fmt: skip


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_a_finished_network_is_shown_everywhere():
    shown = executed(SOLUTION, extensions=False)  # those have tests of their own
    assert shown.pop("setup").startswith("Edit ")
    assert shown.pop("fewer") == ""
    assert "final_conv        1 channels of 560 x 560" in shown.pop("todo-3-sizes")
    assert "became (1, 3, 572, 572), torch.float32" in shown.pop("todo-4-preprocess")
    assert "Your CropAndConcat gives (1, 2, 4, 4)" in shown["todo-2-4x4"]
    assert "pickup_blue   IoU 0." in shown["errs-cars"]
    assert shown.pop("own-picture").startswith("There is no my_car.jpg")
    for name, text in shown.items():
        assert "[picture]" in text, name
        assert "Once everything is written" not in text, (name, text)


def test_the_sections_are_there_in_order(source):
    ids = [cell.id for cell in source.cells]
    assert [id for id in ids if id in SECTIONS] == SECTIONS
    assert ids.index("setup") == 1
    extensions = [id for id in ids if id.startswith("ext-")]
    assert ids[len(ids) - 1 - len(extensions) :] == [*extensions, "closing"]
    places = {todo: ids.index(todo) for todo in CORE}
    assert all(ids.index(f"todo-{n}") < places[todo] for n, todo in enumerate(CORE, start=1))


def test_graded_cells_are_locked_and_nothing_else_is_but_the_set_up():
    released = nbformat.read(STUDENT / "walkthrough.ipynb", as_version=4)
    locked = {cell.id for cell in released.cells if cell.metadata.get("editable") is False}
    assert locked == {*CORE, "setup"}
    written = [cell for cell in released.cells if cell.id.startswith("answer-")]
    assert [cell.source for cell in written] == ["YOUR ANSWER HERE"] * 2
    assert sum(cell.metadata.nbgrader.points for cell in written) == 10


def test_no_answer_is_anywhere_in_the_students_notebook():
    text = sources_of((STUDENT / "walkthrough.ipynb").read_text(encoding="utf-8"))
    for name in ("unet.py", "infer.py"):
        assert answers_in(text, (SOLUTION / name).read_text(encoding="utf-8"), name) == []
    assert "divided" not in text.partition("Question 1")[2]


def test_an_answer_in_a_notebook_is_refused(tmp_path, source):
    for name in ("unet.py", "infer.py"):
        (tmp_path / name).write_bytes((SOLUTION / name).read_bytes())
    cell = next(cell for cell in source.cells if cell.id == "todo-2-4x4")
    cell.source += "\n    return torch.cat([x, contracting_x], dim=1)\n"
    nbformat.write(source, tmp_path / "walkthrough.ipynb")
    with pytest.raises(LabError, match=r"walkthrough.ipynb: a line of an answer also stands outside it"):
        student_files(tmp_path)


def spoil_output(cell):
    cell.outputs = [nbformat.v4.new_output("stream", text="seen")]


def spoil_metadata(cell):
    cell.metadata["collapsed"] = True


def spoil_points(cell):
    cell.metadata.nbgrader.points = 31


def spoil_name(cell):
    cell.metadata.nbgrader.grade_id = "conv_block"


@pytest.mark.parametrize(
    ("spoil", "what"),
    [
        (spoil_output, "cell conv_blocks holds outputs"),
        (spoil_metadata, "holds metadata of an editor: collapsed"),
        (spoil_points, "worth 31 points, but the rubric gives 30"),
        (spoil_name, "worth 30 points, but the rubric gives no such TODO"),
    ],
)
def test_an_unclean_source_is_refused(source, spoil, what):
    refuse_unless_clean(source, "walkthrough.ipynb")
    spoil(next(cell for cell in source.cells if cell.id == "conv_blocks"))
    with pytest.raises(LabError, match=what):
        refuse_unless_clean(source, "walkthrough.ipynb")


def test_a_missing_graded_cell_is_refused(source):
    source.cells = [cell for cell in source.cells if cell.id != "forward"]
    with pytest.raises(LabError, match="no graded cell for forward"):
        refuse_unless_clean(source, "walkthrough.ipynb")


def test_the_rubric_is_worth_a_hundred():
    assert total_points() == {"conv_blocks": 30, "crop_and_concat": 20, "forward": 30, "inference": 20}


def test_a_solution_region_outside_a_solution_cell_is_refused_by_nbgrader(tmp_path, source):
    cell = next(cell for cell in source.cells if cell.id == "todo-1-by-hand")
    cell.source = "### BEGIN SOLUTION\n1\n### END SOLUTION"
    nbformat.write(source, tmp_path / "walkthrough.ipynb")
    with pytest.raises(LabError, match=r"nbgrader refuses the notebook: .*non-solution cell"):
        student_files(tmp_path)


def test_the_source_is_small_and_differs_by_lines():
    text = (SOLUTION / "walkthrough.ipynb").read_text(encoding="utf-8")
    assert len(text) < 40_000
    assert all(isinstance(cell["source"], list) for cell in json.loads(text)["cells"])
