"""Whatever is handed in is read, or refused in one short line; nothing else happens, and it costs little."""

import io
import json
import os
import random
import subprocess
import sys
import unicodedata
from collections import Counter
from pathlib import Path

import pytest
from trust.hand_ins import FILES, zipped

from grader.errors import LabError
from grader.intake.submission import read_submission
from grader.lab.paths import LAB

HERE = Path(__file__).parent
COUNT = 3_000
THROUGH_THE_PROCESS = 25


def is_one_plain_line(text: str) -> bool:
    acting = {char for char in text if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")}
    return len(text) < 500 and acting <= set("\u200c\u200d")  # joiners: some scripts cannot do without


def what_was_said(path: Path) -> str:
    try:
        return "".join(read_submission(path).notes)
    except LabError as error:
        return str(error)


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory) -> list:
    command = [sys.executable, HERE / "malformed.py", "15", str(COUNT), tmp_path_factory.mktemp("malformed")]
    environment = os.environ | {"PYTHONPATH": str(LAB)}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.trust
def test_every_one_ends_in_a_submission_or_a_refusal(outcomes):
    assert [one for one in outcomes if one[2] not in ("read", "refused")] == []
    assert len(outcomes) == COUNT
    kinds = Counter((maker, kind) for _, maker, kind, *_ in outcomes)
    assert {maker for maker, kind in kinds if kind == "refused"} == {maker for maker, _ in kinds}
    assert (
        sum(count for (_, kind), count in kinds.items() if kind == "read") > 100
    )  # not all of it is nonsense


@pytest.mark.trust
def test_every_message_is_one_short_plain_line(outcomes):
    assert [
        said for *_, kind, said, _, _ in outcomes if kind == "refused" and not is_one_plain_line(said)
    ] == []
    notes = [note for *_, kind, said, _, _ in outcomes if kind == "read" for note in said.split("\t")]
    assert [note for note in notes if not is_one_plain_line(note)] == []


@pytest.mark.trust
def test_none_costs_more_than_two_seconds_or_100_mb(outcomes):
    assert [one for one in outcomes if one[4] > 2 or one[5] > 100] == []


def test_the_same_through_the_process_that_reads_archives(tmp_path):
    sys.path.insert(0, str(HERE))
    import malformed

    rng = random.Random(16)
    for number in range(THROUGH_THE_PROCESS):
        path = tmp_path / f"{number}.zip"
        path.write_bytes(rng.choice(malformed.MAKERS)[0](rng))
        assert is_one_plain_line(what_was_said(path))


@pytest.mark.parametrize("name", ["\udcff\udc80.zip", "a\x1b[2J\u202e.zip", "x" * 240 + ".zip"])
def test_the_archives_own_name_may_be_anything(name, tmp_path):
    path = tmp_path / os.fsdecode(name.encode("utf-8", "surrogateescape"))
    path.write_bytes(zipped(FILES))
    assert read_submission(path).files == FILES
    path.write_bytes(io.BytesIO(b"junk").getvalue())
    with pytest.raises(LabError) as refused:
        read_submission(path)
    assert is_one_plain_line(str(refused.value))
