"""Who may know whom: the rooms of the grader, from the bottom to the top, and the wall through the sandbox.

Imports are read, late ones within functions too, and nothing is run.
"""

import ast
import graphlib
import re
from pathlib import Path

import grimp
import pytest

from grader.lab.paths import LAB

# A room imports from rooms that stand above it in this list, never from one below: the bottom of the house
# comes first. Rooms on one line know nothing of each other.
LAYERS = (
    {"language"},
    {"errors", "text", "compare", "source", "entry"},
    {"lab"},
    {"pictures", "report", "sandbox", "intake"},
    {"implementations", "collection"},
    {"checking"},
    {"explain", "rubric"},
    {"outputs"},
    {"grading"},
    {"notebook", "release", "trying", "doctor"},
    {"platforms"},
    {"batch"},
    {"commands"},
    {"__main__"},
)
FLOOR = {room: number for number, rooms in enumerate(LAYERS) for room in rooms}
FOLDERS = sorted(path.parent for path in (LAB / "grader").rglob("__init__.py"))
TRUSTED, UNTRUSTED = "grader.sandbox.trusted", "grader.sandbox.untrusted"
PROTOCOL, CALLS = "grader.sandbox.protocol", "grader.sandbox.calls"
# what every room may know
GROUND = ("grader.language", "grader.errors", "grader.text", "grader.source", "grader.lab")


@pytest.fixture(scope="module")
def imports() -> dict[str, set[str]]:
    """{module of the grader: the modules of the grader that it imports}; for types alone is no import."""
    graph = grimp.build_graph("grader", cache_dir=None, exclude_type_checking_imports=True)
    return {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}


def room(module: str) -> str:
    """`grading` of grader.grading.run."""
    return module.split(".")[1]


def between_rooms(imports: dict[str, set[str]]) -> list[tuple[str, str]]:
    """(module, module) of every import that leaves a room. `grader` itself, a notebook's door, is no room."""
    return sorted(
        (one, other)
        for one, others in imports.items()
        for other in others
        if "." in one and "." in other and room(one) != room(other)
    )


def is_within(module: str, *packages: str) -> bool:
    """Whether the module is one of these packages, or lies in one."""
    return any(module == package or module.startswith(package + ".") for package in packages)


def test_the_graph_is_the_graders(imports):
    files = list((LAB / "grader").rglob("*.py"))
    assert len(imports) == len(files)
    assert sum(map(len, imports.values())) > 300


def test_no_modules_import_each_other_in_a_circle(imports):
    graphlib.TopologicalSorter(imports).prepare()


def test_no_rooms_import_each_other_in_a_circle(imports):
    rooms: dict[str, set[str]] = {}
    for one, other in between_rooms(imports):
        rooms.setdefault(room(one), set()).add(room(other))
    graphlib.TopologicalSorter(rooms).prepare()


def test_every_room_has_its_floor(imports):
    assert {room(module) for module in imports if "." in module} == set(FLOOR)
    assert sum(map(len, LAYERS)) == len(FLOOR)


def test_contributing_lists_the_rooms_in_this_order():
    text = (LAB / "CONTRIBUTING.md").read_text(encoding="utf-8")
    table = text.partition("| room | what it is for |\n|---|---|\n")[2].partition("\n\n")[0]
    listed = [set(re.findall(r"`(\w+)`", line.split("|")[1])) for line in table.splitlines()]
    assert listed == [rooms - {"__main__"} for rooms in LAYERS[:-1]]


def test_no_room_imports_upward(imports):
    upward = [
        f"{one} imports {other}"
        for one, other in between_rooms(imports)
        if FLOOR[room(other)] >= FLOOR[room(one)]
    ]
    assert not upward


@pytest.mark.parametrize(
    ("side", "may_know"),
    [
        (TRUSTED, (PROTOCOL, *GROUND)),
        (UNTRUSTED, (PROTOCOL, *GROUND)),
        (PROTOCOL, GROUND),
        (CALLS, (PROTOCOL, *GROUND)),
    ],
)
def test_each_side_of_the_sandbox_knows_only_the_protocol(imports, side, may_know):
    within = {module: others for module, others in imports.items() if is_within(module, side)}
    assert len(within) > 1
    strangers = [
        f"{module} imports {other}"
        for module, others in within.items()
        for other in others
        if not is_within(other, side, *may_know)
    ]
    assert not strangers


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.relative_to(LAB).as_posix())
def test_every_room_says_what_it_is_for_and_what_is_not_in_it(folder: Path):
    said = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))) or ""
    assert said.splitlines()[0].endswith((".", ":")), "a room says in a sentence what it is for"
    assert "Not in here: " in said


def test_every_folder_with_code_is_a_package():
    with_code = {path.parent for path in (LAB / "grader").rglob("*.py")}
    assert with_code == set(FOLDERS)
