"""One policy for names, whichever door a submission comes in by."""

import unicodedata

import pytest
from trust.hand_ins import FILES, folder, rarred, raw_zip, seven_zipped, tarred, zipped

from grader.errors import LabError
from grader.intake.decoding import decode_names, unicode_name
from grader.intake.refusal import NotGradable
from grader.intake.submission import Submission, read_submission

DOORS = ("folder", "zip", "tar.gz", "tar")


def handed_in(files: dict[str, bytes], door: str, place) -> Submission:
    if door == "folder":
        return read_submission(folder(place / "ada", files))
    path = place / f"ada.{door}"
    packed = zipped(files) if door == "zip" else tarred(files, "w:gz" if door == "tar.gz" else "w")
    path.write_bytes(packed)
    return read_submission(path)


@pytest.mark.parametrize("door", [*DOORS, "lone file"])
@pytest.mark.parametrize(
    "name",
    [
        "unet(1).py",
        "unet (1).py",
        "unet-1.py",
        "Unet.py",
        "UNET.PY",
        "unet .py",
        "unet.py ",
        "unet（2）.py",
        "实验四 unet.py",
        "unet_final.py",
        "unet - Copy.py",
        "my_U-Net.py",
        "doejane_LATE_12345_67890_unet-1.py",
        "doejane_12345_67890_unet.py",
        "anon_x7Kq2_998881_unet.py",
        "LATE_anon_b3Zt9_998882_unet.py",
        "Jane Doe_88231_assignsubmission_file_unet.py",
        "Homework 1_jdoe7_attempt_2026-11-25-21-02-33_unet.py",
    ],
)
def test_the_only_candidate_is_taken_and_that_is_said(name, door, tmp_path):
    if door == "lone file":
        found = read_submission(folder(tmp_path, {name: b"x = 1\n"}) / name)
        expected = {"unet.py": b"x = 1\n"}
    else:
        found, expected = (
            handed_in({name: FILES["unet.py"], "infer.py": FILES["infer.py"]}, door, tmp_path),
            FILES,
        )
    assert found.files == expected
    assert found.notes == (f"{' '.join(name.split())} is taken as unet.py",)


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["unet.py", "unet (1).py"], ["unet.py", "unet (1).py", "2 files that could be unet.py"]),
        (["unet.py", "Unet.py"], ["Unet.py", "unet.py"]),
        (["unet_v1.py", "unet_v2.py"], ["unet_v1.py", "unet_v2.py"]),
        (["a/unet.py", "a_old/unet.py"], ["a/unet.py", "a_old/unet.py", "batch"]),
        (["unet.py", "infer.py", "infer-1.py"], ["infer.py", "infer-1.py", "2 files that could be infer.py"]),
        (["model/unet.py", "model/infer.py", "infer.py"], ["model/infer.py", "infer.py"]),
        (["unet.py", "a/infer.py", "b/infer.py"], ["a/infer.py", "b/infer.py"]),
        (["ada/unet.py", "bob/unet.py", "cleo/unet.py"], ["3 files", "`python -m grader batch`"]),
        (["a_11_12_unet.py", "b_13_14_unet.py", "c_15_16_unet.py"], ["3 files", "batch"]),
    ],
)
def test_between_two_candidates_nothing_is_guessed(names, said, door, tmp_path):
    with pytest.raises(NotGradable) as refused:
        handed_in(dict.fromkeys(names, b"x = 1"), door, tmp_path)
    for word in said:
        assert word in str(refused.value)


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    ("names", "unet", "infer", "notes"),
    [
        (
            ["model/unet.py", "infer.py"],
            "model/unet.py",
            "infer.py",
            ["infer.py is read, though it does not lie beside unet.py"],
        ),
        (["unet.py", "lib/infer.py"], "unet.py", "lib/infer.py", ["lib/infer.py is read, though"]),
        (["unet.py", "infer.py", ".ipynb_checkpoints/unet.py"], "unet.py", "infer.py", []),
        (["a/unet.py", "__MACOSX/unet.py", "__pycache__/unet.py"], "a/unet.py", None, []),
        (["a/unet.py", "venv/unet.py", ".b/unet.py"], "a/unet.py", None, []),
        (["a/unet.py", "mine/pyvenv.cfg", "mine/unet.py", "mine/lib/infer.py"], "a/unet.py", None, []),
        (
            ["unet.py", "._unet.py", "unet_infer.py"],
            "unet.py",
            "unet_infer.py",
            ["unet_infer.py is taken as infer.py"],
        ),
        (["unet.py", "test_infer.py", "try.py"], "unet.py", None, ["test_infer.py was handed in too"]),
        (
            ["unet.py", "infer.py", "unet_blocks.py"],
            "unet.py",
            "infer.py",
            ["unet_blocks.py was handed in too"],
        ),
        (
            ["unet.py", "a.py", "b.py"],
            "unet.py",
            None,
            ["a.py and b.py were handed in too; only unet.py and infer.py"],
        ),
        (
            ["unet.py", "old/unet.py", "old/infer.py"],
            "unet.py",
            "old/infer.py",
            ["old/infer.py is", "old/unet.py was"],
        ),
        (["unet.py", "notes.zip"], "unet.py", None, []),
        (["unet_3.py", "extensions/paper_unet.py"], "unet_3.py", None, ["unet_3.py is taken"]),
    ],
)
def test_what_belongs_together_is_found(names, unet, infer, notes, door, tmp_path):
    found = handed_in({name: name.encode() for name in names}, door, tmp_path)
    assert found.files["unet.py"] == unet.encode()
    assert found.files.get("infer.py") == (infer.encode() if infer else None)
    assert len(found.notes) == len(notes)
    for note, expected in zip(found.notes, notes):
        assert expected in note


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["infer.py"], "only infer.py was handed in, and unet.py has to come with it"),
        (["deep/inner.zip"], "deep/inner.zip inside is not opened"),
        (["readme.txt"], "readme.txt"),
        (["lab4.py"], "rename the file with your UNet to unet.py"),
        (["a.zip", "b.zip", "c.7z"], "batch"),
        (["1/2/3/4/5/unet.py"], "hand in the folder that holds it"),
    ],
)
def test_where_there_is_no_unet_the_message_says_what_was_found(names, said, door, tmp_path):
    with pytest.raises(NotGradable, match=r"there is no unet.py in") as refused:
        handed_in(dict.fromkeys(names, b"junk") | {"x.csv": b""}, door, tmp_path)
    assert said in str(refused.value)


def test_a_lone_infer_is_not_graded_as_unet(tmp_path):
    with pytest.raises(NotGradable, match=r"only infer.py was handed in, and unet.py has to come with it"):
        read_submission(folder(tmp_path, FILES) / "infer.py")


@pytest.mark.parametrize("name", ["lab4.py", "paper_unet.py", "test_unet.py"])
def test_a_lone_file_of_another_name_is_not_guessed_to_be_unet(name, tmp_path):
    with pytest.raises(NotGradable, match=r"there is no unet.py"):
        read_submission(folder(tmp_path, {name: b"x = 1"}) / name)


def test_the_one_archive_in_a_folder_is_opened(tmp_path):
    folder(tmp_path, {"ada.tar.gz": tarred(FILES), "notes.txt": b""})
    found = read_submission(tmp_path)
    assert (found.name, found.files, found.notes) == ("ada", FILES, ("ada.tar.gz was opened",))


@pytest.mark.parametrize("name", ["ada.zip", "ada.tar.gz", "ada.tgz", "ada.TAR.GZ", "ada.tar"])
def test_an_archive_is_called_by_its_stem(name, tmp_path):
    packed = zipped(FILES) if name.endswith("zip") else tarred(FILES, "w" if name.endswith("tar") else "w:gz")
    assert read_submission_of(tmp_path / name, packed).name == "ada"


def read_submission_of(path, packed: bytes) -> Submission:
    path.write_bytes(packed)
    return read_submission(path)


@pytest.mark.parametrize("pack", [seven_zipped, rarred])
def test_other_archives_are_opened_too(pack, tmp_path):
    files = {f"李明/é {name}": content for name, content in FILES.items()}
    found = read_submission_of(tmp_path / "ada.zip", pack({"model.pth": bytes(3 << 20), **files}))
    assert found.files == FILES
    assert found.notes[0] == "李明/é unet.py is taken as unet.py"
    assert read_submission_of(tmp_path / f"x.{pack.__name__[:1]}", pack(FILES)).files == FILES


@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "shift_jis", "cp437"])
def test_names_of_any_origin_are_read(encoding, tmp_path):
    names = {"gbk": "学号-李明 unet.py", "shift_jis": "課題テスト unet.py", "cp437": "é résumé unet.py"}
    name = names.get(encoding, "Übung 学 unet.py")
    found = read_submission_of(tmp_path / "a.zip", raw_zip(name.encode(encoding), b"x = 1\n"))
    assert found.notes == (f"{name} is taken as unet.py",)


@pytest.mark.parametrize(
    ("names", "encoding"),
    [
        (["作业1/新建文件夹/hw.py", "作业1/誠.py"], "gbk"),
        (["ソース/ユニット.py", "プログラム.py"], "shift_jis"),
        (["façade.py", "naïve.py"], "cp850"),
        (["実験/README.txt", "うねっと.py"], "shift_jis"),
        (["偘妔妆亝.py"], "gbk"),  # as Shift-JIS it has kana, too, but of half a width
    ],
)
def test_one_encoding_is_chosen_for_a_whole_archive(names, encoding):
    raw = [name.encode(encoding) for name in names]
    expected = names if encoding != "cp850" else [name.decode("cp437") for name in raw]
    assert decode_names(raw) == expected


def test_the_unicode_name_of_a_zip_member_counts_if_it_belongs_to_it():
    import struct
    import zlib

    field = struct.pack("<BL", 1, zlib.crc32(b"?")) + "学.py".encode()
    extra = struct.pack("<HH", 0x7075, len(field)) + field
    assert unicode_name(b"\1\0\0\0" + extra, b"?") == "学.py"
    assert unicode_name(extra, b"other") is None
    assert unicode_name(extra[:-1], b"?") is None


def test_decomposed_accents_are_composed(tmp_path):
    name = unicodedata.normalize("NFD", "é/unet_é.py")
    for door in DOORS:
        (tmp_path / door).mkdir()
        found = handed_in({name: b"x = 1\n"}, door, tmp_path / door)
        assert found.notes == ("é/unet_é.py is taken as unet.py",)


@pytest.mark.parametrize(
    "name", ["../unet.py", "/unet.py", "C:\\ada\\unet.py", "..\\..\\unet.py", "a/./../unet.py"]
)
def test_a_path_leads_nowhere(name, tmp_path):
    found = read_submission_of(tmp_path / "a.zip", raw_zip(name.encode(), b"x = 1\n"))
    assert found.files == {"unet.py": b"x = 1\n"}


def test_a_drive_is_no_folder(tmp_path):
    deepest = raw_zip(b"C:\\a\\b\\c\\d\\unet.py", b"x = 1\n")
    assert read_submission_of(tmp_path / "a.zip", deepest).files == {"unet.py": b"x = 1\n"}


def test_what_is_not_there_is_the_callers_mistake(tmp_path):
    for path in (tmp_path / "nowhere", tmp_path / ("x" * 300), tmp_path / "a\0b"):
        with pytest.raises(LabError, match=r"does not exist") as refused:
            read_submission(path)
        assert not isinstance(refused.value, NotGradable)


def test_pictures_beside_unet_do_not_matter(tmp_path):
    folder(tmp_path, FILES)
    (tmp_path / "pictures").mkdir()
    for number in range(10_100):
        (tmp_path / "pictures" / f"{number}.png").touch()
    assert read_submission(tmp_path).files == FILES
    with pytest.raises(NotGradable, match=r"more than 10000 files"):
        read_submission(tmp_path / "pictures")
