"""A class in shards: each hand-in is in one of them, and merged they are the class, or it is said why not."""

import json
import re
import shutil

import pytest
from made_class import forms, grade, write_class
from typer.testing import CliRunner

from grader.batch.shards import Shard
from grader.collection.hand_in import HandIn, Student
from grader.commands.line import app
from grader.errors import LabError

CLASS = [HandIn(f"student-{number}", Student(), ()) for number in range(50)]
QUICK = ("--inference", "never", "--deadline", "2020-01-01T00:00+00:00", "--late-factor", "0.5")


def test_every_hand_in_is_in_one_shard_and_shards_are_of_one_size():
    shards = [Shard(number, 4).part(CLASS) for number in (1, 2, 3, 4)]
    assert sorted(one.key for part in shards for one in part) == sorted(one.key for one in CLASS)
    assert sorted(map(len, shards)) == [12, 12, 13, 13]
    assert [Shard(number, 4).part(CLASS[::-1]) for number in (1, 2, 3, 4)] == shards


@pytest.mark.parametrize("text", ["0/4", "5/4", "1", "1/", "a/b", "1/0", "-1/2"])
def test_what_is_no_shard_is_refused(text):
    with pytest.raises(LabError, match="second of eight"):
        Shard.of(text)


@pytest.fixture(scope="module")
def download(tmp_path_factory):
    """dan and eve are quick: one is no submission, the other cannot be imported. fay stays with them."""
    folder = write_class(tmp_path_factory.mktemp("downloads") / "class")
    for name in ("ada", "bob", "cyd"):
        shutil.rmtree(folder / name)
    return folder


@pytest.fixture(scope="module")
def roster(tmp_path_factory):
    path = tmp_path_factory.mktemp("rosters") / "roster.csv"
    path.write_text("name,number\ndan,1\neve,2\nfay,3\nzoe,4\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def shards(download, roster, tmp_path_factory):
    """The results of two shards, and of the class in one piece; with public inputs, which are quick."""
    folder = tmp_path_factory.mktemp("shards")
    words = ("--roster", roster, "--public", *QUICK)
    for number in (1, 2):
        done = grade(download, folder / str(number), "--shard", f"{number}/2", *words)
        assert done.returncode in (0, 3), done.stderr
    done = grade(download, folder / "in-one-piece", *words)
    assert done.returncode == 3, done.stderr
    return folder


def merge(*words: object):
    """(exit status, what is said) of the command."""
    done = CliRunner().invoke(app, ["merge", *map(str, words)])
    if isinstance(done.exception, LabError):
        return 2, str(done.exception)
    return done.exit_code, done.output


def test_merged_they_are_the_class_that_was_graded_in_one_piece(shards, tmp_path):
    status, said = merge(shards / "2", shards / "1", "--out", tmp_path / "put-together")
    assert status == 3, said
    merged = forms(tmp_path / "put-together")
    assert merged == forms(shards / "in-one-piece")
    assert "zoe" in merged["gradebook.csv"]
    assert len([name for name in merged if name.endswith("report.json")]) == 3


def test_a_second_merge_says_what_has_changed(shards, tmp_path):
    out = tmp_path / "put-together"
    assert merge(shards / "1", shards / "2", "--out", out)[0] == 3
    status, said = merge(shards / "1", shards / "2", "--out", out)
    assert (status, "--resume" in said) == (2, True)
    status, said = merge(shards / "1", shards / "2", "--out", out, "--resume")
    assert (status, "graded anew" in said) == (3, False)


def test_the_grades_of_merged_shards_go_into_canvas(shards, tmp_path):
    header = "Student,ID,SIS User ID,SIS Login ID,Section,U-Net (70012)"
    rows = [f"{name},{place},{place},,A," for place, name in enumerate(("dan", "eve", "fay", "zoe"), 1)]
    fresh = tmp_path / "fresh.csv"
    fresh.write_text("\n".join([header, "    Points Possible,,,,,100.00", *rows]) + "\n", encoding="utf-8")
    out = tmp_path / "put-together"
    status, said = merge(shards / "1", shards / "2", "--out", out, "--fill", fresh)
    assert (status, "2 grades changed" in said) == (3, True), said
    filled = (out / "canvas_upload.csv").read_text(encoding="utf-8").splitlines()
    assert filled[2:] == [rows[0], f"{rows[1]}0.00", f"{rows[2]}100.00", rows[3]]


def changed(shards, tmp_path, *edits: tuple[str, str]):
    """A copy of the second shard in which a text of shard.json is another."""
    copy = tmp_path / "changed"
    shutil.copytree(shards / "2", copy)
    text = (copy / "shard.json").read_text(encoding="utf-8")
    for pattern, new in edits:
        text, count = re.subn(pattern, new, text)
        assert count
    (copy / "shard.json").write_text(text, encoding="utf-8")
    return copy


@pytest.mark.parametrize(
    ("pattern", "new", "said"),
    [
        (r'"fingerprint": null', '"fingerprint": "0123456789ab"', "the secret is 0123456789ab"),
        (r'"rubric": "\w+"', '"rubric": "0123456789ab"', "the digest of rubric is 0123456789ab"),
        (r'"lab": "[\d.]+"', '"lab": "0.0.1"', "the lab's version is 0.0.1"),
        (r'"language": "en"', '"language": "zh"', "the language is zh"),
        (r'"factor": "0.5"', '"factor": "0.9"', "--late-factor is 0.9"),
        (r'"shard": "2/2"', '"shard": "2/3"', "the number of shards is 3"),
        (r'"shard": "2/2"', '"shard": "1/2"', "shard 1/2 is given twice"),
        (r'"keys": "\w+"', '"keys": "0123456789ab"', "the class is 0123456789ab"),
        (r'"troubles"', '"trouble"', "is damaged"),
        (r'"schema": 1', '"schema": 2', "another version of the lab"),
    ],
)
def test_what_does_not_belong_together_is_refused(shards, tmp_path, pattern, new, said):
    status, told = merge(
        shards / "1", changed(shards, tmp_path, (pattern, new)), "--out", tmp_path / "put-together"
    )
    assert (status, said in told) == (2, True), told
    assert not (tmp_path / "put-together").exists()


def test_a_shard_that_is_missing_or_did_not_end_is_named(shards, tmp_path):
    status, said = merge(shards / "1", "--out", tmp_path / "put-together")
    assert (status, "shard 2/2 is missing" in said) == (2, True)
    status, said = merge(shards / "1", shards / "in-one-piece", "--out", tmp_path / "put-together")
    assert (status, "came to its end" in said) == (2, True)


def test_shards_do_not_draw_secrets_of_their_own(download, tmp_path):
    done = grade(download, tmp_path / "out", "--shard", "1/2")
    assert done.returncode == 2
    assert "--hidden-file" in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_trouble_of_a_shard_is_one_of_the_class(shards, tmp_path):
    told = json.loads((shards / "2" / "shard.json").read_text(encoding="utf-8"))
    key = told["hand_ins"][0]["key"]
    copy = changed(shards, tmp_path, (r'"troubles": \{\}', f'"troubles": {{"{key}": ["the disk was full"]}}'))
    status, said = merge(shards / "1", copy, "--out", tmp_path / "put-together")
    assert (status, f"{key}: the disk was full" in said) == (2, True), said
