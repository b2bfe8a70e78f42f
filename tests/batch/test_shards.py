"""A class in parts: each hand-in is in one of them, and put together they are the class."""

import pytest

from grader.batch.results import Results
from grader.batch.shards import part, read_shard, take
from grader.batch.work import Outcome
from grader.collection.hand_in import HandIn, Student
from grader.errors import LabError
from grader.grading.options import Options
from grader.grading.run import not_gradable

CLASS = [HandIn(f"student-{number}", Student(), ()) for number in range(50)]


def test_every_hand_in_is_in_one_part_and_stays_there():
    parts = [part(CLASS, (number, 4)) for number in (1, 2, 3, 4)]
    assert sorted(one.key for some in parts for one in some) == sorted(one.key for one in CLASS)
    assert all(len(some) > 4 for some in parts)
    late = HandIn("a newcomer", Student(), ())
    grown = [part([late, *CLASS], (number, 4)) for number in (1, 2, 3, 4)]
    assert [[one for one in some if one is not late] for some in grown] == [list(some) for some in parts]


@pytest.mark.parametrize("text", ["0/4", "5/4", "1", "1/", "a/b", "1/0"])
def test_what_is_no_part_is_refused(text):
    with pytest.raises(LabError, match="second of eight"):
        read_shard(text)


def test_what_is_there_stays_and_what_is_damaged_is_not_taken(tmp_path):
    def written(folder: str, key: str, reason: str) -> None:
        report = not_gradable(key, reason, Options()).as_json()
        Results(tmp_path / folder).write(Outcome(key, "graded", report=report, page=reason))

    written("all", "ada", "ours")
    written("one", "ada", "theirs")
    written("one", "bob", "theirs")
    written("two", "cyd", "theirs")
    (tmp_path / "two" / "students" / "dan").mkdir()
    (tmp_path / "two" / "students" / "dan" / "report.json").write_text("{")
    results = Results(tmp_path / "all")
    take(results, [tmp_path / "one", tmp_path / "two"])
    found = {path.parent.name: path.read_text() for path in tmp_path.glob("all/students/*/feedback.html")}
    assert found == {"ada": "ours", "bob": "theirs", "cyd": "theirs"}
    assert {key: results.read(key).reason for key in found} == found
    with pytest.raises(LabError, match="no results of a class"):
        take(results, [tmp_path / "nowhere"])
