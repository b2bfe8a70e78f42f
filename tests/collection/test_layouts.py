"""Every platform's download gives one hand-in for each student, read whole and named as the student."""

from datetime import datetime, timezone

import pytest
from collection import downloads
from collection.downloads import archive, folder
from trust.hand_ins import FILES, rarred, raw_zip, seven_zipped, tarred, zipped

from grader.collection.collect import LAYOUTS, collect
from grader.collection.hand_in import Collection, HandIn
from grader.errors import LabError
from grader.intake.refusal import NotGradable


@pytest.fixture
def gather(tmp_path):
    """Collects these files, as a folder or as the one archive."""

    def of(files: dict[str, bytes], as_archive: bool = False, **options) -> Collection:
        place = tmp_path / "in"
        place.mkdir()
        download = archive(place / "all.zip", files) if as_archive else folder(place, files)
        return collect(download, scratch=tmp_path / "scratch", **options)

    return of


def by_key(collection: Collection) -> dict[str, HandIn]:
    return {hand_in.key: hand_in for hand_in in collection.hand_ins}


@pytest.mark.parametrize("as_archive", [False, True])
def test_canvas(gather, as_archive):
    found = gather(downloads.CANVAS, as_archive)
    assert found.platform == "canvas"
    hand_ins = by_key(found)
    assert list(hand_ins) == sorted(
        ["doejane_40121", "nguyenan_40122", "李明_40123", "odonovan_40124", "team_4_40125"]
    )
    jane = hand_ins["doejane_40121"]
    assert jane.read().files == {"unet.py": b"jane", "infer.py": b"jane infers"}
    assert (jane.read().name, jane.late, jane.ids["user"]) == ("doejane", False, "40121")
    assert {source.path.name for source in jane.sources} == set(list(downloads.CANVAS)[:2])
    an = hand_ins["nguyenan_40122"]
    assert (an.late, an.read().notes) == (True, ("unet-1.py is taken as unet.py",))
    assert hand_ins["team_4_40125"].read().files == FILES
    with pytest.raises(NotGradable, match=r"only a text entry was handed in"):
        hand_ins["odonovan_40124"].read()


def test_canvas_anonymous(gather):
    hand_ins = by_key(gather(downloads.CANVAS_ANONYMOUS))
    assert {key: one.late for key, one in hand_ins.items()} == {"anon_b3Zt9": True, "anon_x7Kq2": False}
    assert hand_ins["anon_x7Kq2"].read().files == {"unet.py": b"one"}


@pytest.mark.parametrize("pack", [seven_zipped, rarred, tarred])
def test_a_class_in_any_kind_of_archive(pack, tmp_path):
    (tmp_path / "all").write_bytes(pack({**downloads.CANVAS, "__MACOSX/._x": b"", "big.bin": bytes(3 << 20)}))
    found = collect(tmp_path / "all", scratch=tmp_path / "scratch")
    assert found.platform == "canvas"
    hand_ins = by_key(found)
    assert hand_ins["doejane_40121"].read().files == {"unet.py": b"jane", "infer.py": b"jane infers"}
    assert hand_ins["李明_40123"].read().files == FILES
    assert (tmp_path / "scratch" / "download" / "big.bin").stat().st_size == 0


@pytest.mark.parametrize("as_archive", [False, True])
def test_moodle_in_its_three_styles(gather, as_archive):
    found = gather(downloads.MOODLE, as_archive)
    assert found.platform == "moodle"
    hand_ins = by_key(found)
    assert {key: one.ids["participant"] for key, one in hand_ins.items()} == {
        key: key.rpartition("_")[2] for key in hand_ins
    }
    jane = hand_ins["Jane Doe_88231"]
    assert jane.read().files == {"unet.py": b"jane", "infer.py": b"jane infers"}
    assert jane.ids["folder"] == "Jane Doe_88231_assignsubmission_file"
    assert hand_ins["An Nguyen_88232"].read().files == {"unet.py": b"an"}
    assert hand_ins["An Nguyen_88232"].ids["folder"] == "An Nguyen_88232_assignsubmission_file_"
    flat = hand_ins["Li Ming_88233"]
    assert flat.read().files == {"unet.py": b"li", "infer.py": b"li infers"}
    assert flat.read().notes == ()
    assert flat.ids["folder"] == "Li Ming_88233_assignsubmission_file"
    assert hand_ins["Jane Doe_88234"].read().files == FILES
    assert hand_ins["Team 4_512"].read().name == "Team 4"
    with pytest.raises(NotGradable, match=r"only online text"):
        hand_ins["Max Mö_88235"].read()


def test_moodle_with_blind_marking_names_nobody_twice(gather):
    found = gather(downloads.MOODLE_BLIND)
    assert [one.name for one in found.hand_ins] == ["Participant 1043", "Participant 1044"]


def test_blackboard_gives_the_newest_attempt_and_names_from_its_own_texts(gather):
    found = gather(downloads.BLACKBOARD)
    assert found.platform == "blackboard"
    an, jane = found.hand_ins
    assert (jane.name, jane.read().files) == ("Jane Doë", {"unet.py": b"jane"})
    assert jane.submitted.replace(tzinfo=None) == datetime(2026, 11, 25, 21, 2, 33)
    with pytest.raises(NotGradable, match=r"no file was handed in"):
        an.read()


def test_gradescope_reads_every_scalar_as_text(gather):
    found = gather(downloads.GRADESCOPE)
    assert found.platform == "gradescope"
    jane, an, li = found.hand_ins
    assert [(one.name, one.number) for one in jane.students] == [("Jane Doe", "00123456"), ("No", "012345")]
    assert jane.read().files == {"unet.py": b"jane"}
    assert jane.read().name == "Jane Doe, No"
    assert jane.submitted == datetime(2026, 11, 26, 20, 31, 7, tzinfo=timezone.utc)
    assert an.students == (an.student,)
    assert an.read().files == {"unet.py": b"an"}
    assert li.submitted is None
    with pytest.raises(NotGradable, match=r"submission_100000003 is not in the export"):
        li.read()
    assert any(note.startswith("1 handed in something newer") for note in found.notes)


@pytest.mark.parametrize("listed", [b"", b"- a\n", b"a: [", b"\xff\xfe\0", b"submission_1: 3\n"])
def test_a_broken_list_of_gradescope_is_said(gather, listed):
    with pytest.raises(LabError, match=r"submission_metadata.yml .*export"):
        gather({"submission_metadata.yml": listed, "submission_1/unet.py": b""})


def test_github_clones_are_called_by_login_and_git_is_not_read(gather):
    found = gather(downloads.GITHUB)
    assert found.platform == "github"
    hand_ins = by_key(found)
    assert set(hand_ins) == {"jdoe7", "jdoe-smith"}
    assert hand_ins["jdoe7"].read().files == {"unet.py": b"jane"}


def test_nbgrader_gives_the_hand_ins_to_this_lab_with_their_times(gather):
    found = gather(downloads.NBGRADER)
    assert found.platform == "nbgrader"
    hand_ins = by_key(found)
    assert set(hand_ins) == {"jdoe7", "nan"}
    assert hand_ins["jdoe7"].read().files == {"unet.py": b"jane"}
    assert hand_ins["jdoe7"].submitted == datetime(2026, 11, 26, 20, 31, tzinfo=timezone.utc)
    assert hand_ins["nan"].submitted is None


@pytest.mark.parametrize("as_archive", [False, True])
def test_names_with_a_number_a_name_and_the_lab(gather, as_archive):
    found = gather(downloads.NAMED, as_archive)
    assert found.platform == "folders"
    said = {(one.student.number, one.student.name) for one in found.hand_ins}
    assert said == {("3230100001", "李明"), ("3230100002", "张三"), ("3230100003", "王芳")}
    assert [one.read().files["unet.py"] for one in found.hand_ins] == [b"x = 1\n", b"zhang", b"x = 1\n"]
    assert "left aside: readme.txt" in found.notes


def test_lone_files_of_one_student_belong_together(gather):
    hand_ins = by_key(gather(downloads.LONE))
    assert {key: one.read().files for key, one in hand_ins.items()} == {
        "ada": {"unet.py": b"ada", "infer.py": b"ada infers"},
        "bob": {"unet.py": b"bob"},
        "cleo": {"unet.py": b"cleo"},
    }


def test_sections_hold_hand_ins_and_the_same_name_twice(gather):
    found = gather(downloads.SECTIONS)
    assert found.platform == "sections"
    assert len(found.hand_ins) == 4
    assert len({one.key for one in found.hand_ins}) == 4
    adas = [one for one in found.hand_ins if one.student.name == "ada"]
    assert {one.read().files["unet.py"] for one in adas} == {b"x = 1\n", b"another ada"}


def test_a_whole_lab_that_was_handed_in_is_one_hand_in(gather):
    lab = ("student/unet.py", "student/infer.py", "grader/rubric/extensions/paper_unet.py", "README.md")
    found = gather({f"{who}/{file}": file.encode() for who in ("ada", "bob") for file in lab})
    assert found.platform == "folders"
    assert [one.read().files["unet.py"] for one in found.hand_ins] == [b"student/unet.py"] * 2


def test_sections_are_no_sections_where_the_instructor_says_so(gather):
    found = gather(downloads.SECTIONS, layout="folders")
    assert [one.key for one in found.hand_ins] == ["Section A", "Section B"]


def test_a_pattern_says_what_names_mean(gather):
    files = {"2026/hw1__jane@x.edu__LATE.zip": zipped(FILES), "2026/hw1__an@x.edu__ok.zip": zipped(FILES)}
    pattern = r"__(?P<email>[^_]+)__(?P<late>LATE)?"
    found = gather({**files, "2026/notes.zip": zipped(FILES)}, name_pattern=pattern)
    assert [(one.student.email, one.late) for one in found.hand_ins] == [
        ("an@x.edu", False),
        ("jane@x.edu", True),
        ("", None),
    ]
    assert "the name pattern does not fit notes.zip" in found.notes


def test_a_pattern_goes_before_what_is_recognised(gather):
    found = gather(downloads.MOODLE_BLIND, name_pattern=r"Participant_(?P<id>\d+)_")
    assert [one.student.number for one in found.hand_ins] == ["1043", "1044"]


@pytest.mark.parametrize(
    ("pattern", "said"),
    [("(", "cannot be read"), ("(?P<lab>x)", "says nothing about who"), ("(?P<id>1)(?P<x>2)", "group 'x'")],
)
def test_a_pattern_that_says_nothing_is_refused(gather, pattern, said):
    with pytest.raises(LabError, match=said):
        gather(downloads.NAMED, name_pattern=pattern)


def test_a_layout_can_be_overruled(gather):
    found = gather(downloads.MOODLE, layout="folders")
    assert found.platform == "folders"
    assert found.notes[0].startswith("read as a folder of folders")
    with pytest.raises(LabError, match=f"there is no layout 'x': there are {', '.join(LAYOUTS)}"):
        collect(found.hand_ins[0].sources[0].path, scratch=found.hand_ins[0].sources[0].path, layout="x")


def test_a_class_of_gbk_names_in_one_archive(gather, tmp_path):
    packed = raw_zip("3230100001-李明/unet.py".encode("gbk"), b"x = 1\n")
    (tmp_path / "all.zip").write_bytes(packed)
    found = collect(tmp_path / "all.zip", scratch=tmp_path / "scratch")
    assert [(one.student.number, one.student.name) for one in found.hand_ins] == [("3230100001", "李明")]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (FILES, "holds infer.py and unet.py and is one submission: .*grader grade"),
        ({"student/unet.py": b"", "readme.txt": b""}, None),
        ({"notes.txt": b""}, "nothing to grade in .*, but notes.txt"),
        ({}, "nothing to grade in .*: it is empty"),
    ],
)
def test_what_is_no_class_is_said(gather, files, said):
    if said is None:
        assert len(gather(files).hand_ins) == 1
        return
    with pytest.raises(LabError, match=said):
        gather(files)
