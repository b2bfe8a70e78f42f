"""Whatever lies in a download: hand-ins with keys of their own, or one clear error; none is read oddly."""

import random
import unicodedata

import pytest
from collection.downloads import (
    BLACKBOARD,
    CANVAS,
    GITHUB,
    GRADESCOPE,
    LONE,
    MOODLE,
    NAMED,
    NBGRADER,
    SECTIONS,
    folder,
)
from trust.hand_ins import FILES, zipped

from grader.collection.collect import LAYOUTS, collect
from grader.collection.keys import safe_name
from grader.errors import LabError

ALL = {**CANVAS, **MOODLE, **GRADESCOPE, **GITHUB, **NBGRADER, **NAMED, **LONE, **SECTIONS, **BLACKBOARD}
WORDS = [
    "unet",
    "infer",
    "李明",
    "Ada",
    "4",
    "00123456",
    "LATE",
    "anon",
    "assignsubmission",
    "file",
    "attempt",
    "é",
]
ENDS = ["", ".py", ".zip", ".txt", ".tar.gz", "(1).py", ".PY", ".rar", ".yml"]


def odd_name(rng: random.Random) -> str:
    """A name made of what platforms and people put into names."""
    words = rng.sample(WORDS, rng.randint(1, 5))
    return rng.choice(["_", "-", " ", ""]).join(words) + rng.choice(ENDS)


def odd_download(rng: random.Random) -> dict[str, bytes]:
    """Some of everything, renamed, cut and nested."""
    files: dict[str, bytes] = {}
    for name in rng.sample(sorted(ALL), rng.randint(0, 12)):
        content = ALL[name]
        files[rng.choice(["", "", odd_name(rng) + "/"]) + name] = content[
            : rng.choice([None, len(content) // 2])
        ]
    for _ in range(rng.randint(0, 8)):
        place = "/".join(odd_name(rng) for _ in range(rng.randint(1, 3)))
        files[place] = rng.choice([b"", b"x = 1\n", zipped(FILES), b"PK\3\4broken", b"\xff\0"])
    return {unicodedata.normalize(rng.choice(["NFC", "NFD"]), name): one for name, one in files.items()}


def placed(place, files: dict[str, bytes]) -> None:
    """A file where another one's folder is gives way."""
    place.mkdir()
    for name, content in files.items():
        try:
            folder(place, {name: content})
        except OSError:
            continue


@pytest.mark.parametrize(
    "seed", [*range(40), *(pytest.param(n, marks=pytest.mark.trust) for n in range(40, 400))]
)
def test_any_download_is_a_class_or_a_clear_error(seed, tmp_path):
    rng = random.Random(seed)
    placed(tmp_path / "in", odd_download(rng))
    (tmp_path / "roster.csv").write_text("id,name,login\n00123456,李明,ada\n4,Ada,4\n", encoding="utf-8")
    layout = rng.choice([None, None, None, *LAYOUTS])
    roster = rng.choice([None, tmp_path / "roster.csv"])

    def again():
        return collect(tmp_path / "in", scratch=tmp_path / "scratch", layout=layout, roster=roster)

    found = outcome(again)
    if isinstance(found, str):
        assert found.strip()
        return
    keys = [one.key for one in found.hand_ins]
    assert len({key.casefold() for key in keys}) == len(keys)
    assert all(key and safe_name(key) == key for key in keys)
    assert again() == found
    for hand_in in found.hand_ins:
        assert hand_in.name.strip()
        read = outcome(hand_in.read)
        assert "batch" not in read if isinstance(read, str) else "unet.py" in read.files


def outcome(work):
    """What it gives, or the one error that people are shown."""
    try:
        return work()
    except LabError as error:
        return str(error)
