"""The pool's processes may die: the task is tried once more, in a new one, and no other task is lost."""

import os
from pathlib import Path

import pytest

from grader.batch.pool import Died, Pool
from grader.errors import LabError


def begin(folder: str) -> None:
    Path(folder, f"began-{os.getpid()}").touch()


def work(task: str, folder: str) -> str:
    if task == "fails":
        raise LabError("not with me")
    seen = Path(folder, task)
    if task == "deadly" or (task == "deadly once" and not seen.exists()):
        seen.touch()
        os._exit(9)
    return f"{task} done"


@pytest.fixture
def pool(tmp_path):
    pool = Pool(2, begin, (str(tmp_path),))
    yield pool
    pool.close()


def results(pool: Pool, tasks: list[str], folder: Path) -> dict[str, object]:
    given = [(task, (task, str(folder))) for task in tasks]
    return dict(found for found in pool.each(work, given) if found is not None)


def test_who_dies_twice_is_named_and_the_others_are_done(pool, tmp_path):
    found = results(pool, ["one", "deadly once", "deadly", "two", "three"], tmp_path)
    assert found == {
        "one": "one done",
        "two": "two done",
        "three": "three done",
        "deadly once": "deadly once done",
        "deadly": Died(),
    }
    assert len(list(tmp_path.glob("began-*"))) >= 4  # two, and one for each death but the last


def test_what_a_task_raises_is_raised(pool, tmp_path):
    with pytest.raises(LabError, match="not with me"):
        results(pool, ["one", "fails"], tmp_path)
