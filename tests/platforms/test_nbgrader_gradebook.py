"""Points reach an nbgrader gradebook, by its own API, in SQLite and in PostgreSQL."""

import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from grader.collection.hand_in import HandIn, Student
from grader.errors import LabError
from grader.grading.scoring import total_points
from grader.outputs.grade import Grade
from grader.platforms.nbgrader.gradebook import write_gradebook
from grader.platforms.nbgrader.settings import find_alembic

WHEN = datetime(2026, 11, 26, 20, 31, tzinfo=timezone.utc)


def grade(student: Student, points: dict[str, int], penalty: int = 0, **about) -> Grade:
    score = Decimal(sum(points.values()))
    hand_in = HandIn(student.name, student, (), "nbgrader", submitted=WHEN, **about)
    todos = {todo: Decimal(value) for todo, value in points.items()}
    return Grade(hand_in, score - penalty, Decimal(100), raw_score=score, todos=todos)


def a_class() -> list[Grade]:
    full = total_points()
    half = {**full, "forward": 12, "elastic": 5}
    team = (Student("Bob", number="00124"), Student("Cleo", ids={"login": "cleo"}))
    return [
        grade(Student("Doe, Jane", "jane@x.edu", "00123", {"nbgrader": "jdoe7"}), full),
        grade(team[0], half, penalty=16, team=team),
        Grade(None, None, Decimal(100), absent=Student("Nobody")),
    ]


def scores(url: str) -> dict[str, tuple[float, dict[str, float]]]:
    """{student: (score, points by TODO)}, as nbgrader itself reads them."""
    with Gradebook(url) as gradebook:
        return {
            one.student.id: (one.score, {cell.name: cell.auto_score for cell in one.notebooks[0].grades})
            for one in gradebook.assignment_submissions("unet_lab")
        }


def expected() -> dict[str, tuple[float, dict[str, float]]]:
    full = {todo: float(points) for todo, points in total_points().items()}
    less = {**full, "forward": 12.0}
    return {"jdoe7": (100.0, full), "00124": (82.0, less), "cleo": (82.0, less)}


@pytest.fixture(scope="module")
def empty(tmp_path_factory) -> Path:
    """A gradebook without anything in it, which nbgrader takes seconds to make."""
    path = tmp_path_factory.mktemp("nbgrader") / "gradebook.db"
    find_alembic()
    with Gradebook(f"sqlite:///{path}"):
        return path


@pytest.fixture
def url(empty, tmp_path) -> str:
    return f"sqlite:///{shutil.copy(empty, tmp_path)}"


def test_points_of_each_todo_are_there_and_again_the_same(url):
    assert [write_gradebook(a_class(), url) for _ in range(2)] == [3, 3]
    assert scores(url) == expected()
    with Gradebook(url) as gradebook:
        jane = gradebook.find_student("jdoe7")
        assert (jane.last_name, jane.first_name, jane.email) == ("Doe", "Jane", "jane@x.edu")
        bob = gradebook.find_submission("unet_lab", "00124")
        assert bob.notebooks[0].late_submission_penalty == 16
        assert bob.timestamp == WHEN.replace(tzinfo=None)
        assert not bob.needs_manual_grade


def test_what_a_person_gave_stays(url):
    write_gradebook(a_class(), url)
    with Gradebook(url) as gradebook:
        gradebook.find_grade("forward", "walkthrough", "unet_lab", "00124").manual_score = 25.0
        gradebook.db.commit()
    write_gradebook(a_class(), url)
    assert scores(url)["00124"][0] == 82.0 + 13


def test_other_points_in_the_gradebook_are_refused(url):
    with Gradebook(url) as gradebook:
        gradebook.add_assignment("unet_lab")
        gradebook.add_notebook("walkthrough", "unet_lab")
        gradebook.add_grade_cell("forward", "walkthrough", "unet_lab", max_score=40, cell_type="code")
    with pytest.raises(
        LabError, match=r"40 points for forward, and the rubric has 30: run `nbgrader generate"
    ):
        write_gradebook(a_class(), url)
    assert scores(url) == {}


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("nonsense", "address cannot be read"),
        ("sqlite:////no/such/folder/gradebook.db", "there is no folder /no/such/folder"),
        (
            "postgresql://ada:secret@127.0.0.1:1/x",
            r"postgresql\+psycopg://ada:\*\*\*@127.0.0.1:1/x cannot be used",
        ),
        ("oracle://x/y", "cannot be used"),
    ],
)
def test_a_gradebook_that_cannot_be_used_is_said_without_its_password(url, said):
    with pytest.raises(LabError, match=said) as refused:
        write_gradebook(a_class(), url)
    assert "secret" not in str(refused.value)


@contextmanager
def postgresql(place: Path):
    """A server of our own, on a socket in a folder that is its own; it refuses to run as root."""
    programs = Path(os.path.realpath(shutil.which("initdb") or _newest())).parent
    nobody = {"user": 65534, "group": 65534, "extra_groups": []} if os.getuid() == 0 else {}
    if nobody:
        os.chown(place, 65534, 65534)

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [programs / program, *arguments], check=True, stdout=subprocess.DEVNULL, cwd=place, **nobody
        )

    data = str(place / "data")
    run("initdb", "-D", data, "-U", "grader", "--auth=trust", "--no-sync")
    options = f"-c listen_addresses='' -c unix_socket_directories={place} -c fsync=off"
    run("pg_ctl", "-D", data, "-o", options, "-l", str(place / "log"), "-w", "start")
    try:
        yield f"postgresql://grader@/postgres?host={place}"
    finally:
        run("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")


def _newest() -> str:
    """Debian keeps the programs out of the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    assert found, "this test needs PostgreSQL: apt-get install postgresql"
    return str(found[-1])


@pytest.mark.trust  # needs PostgreSQL's programs, which .ci/run installs
def test_a_real_postgresql_server_has_the_same():
    # Not pytest's folders: they are root's alone, and too long for the name of a socket.
    with tempfile.TemporaryDirectory(prefix="pg-") as place, postgresql(Path(place)) as url:
        assert [write_gradebook(a_class(), url) for _ in range(2)] == [3, 3]
        assert scores(url.replace("postgresql:", "postgresql+psycopg:")) == expected()
