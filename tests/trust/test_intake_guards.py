"""Each guard of the intake by itself: what it refuses, and that it is asked at all."""

import gzip
import io
import os
import struct
import zlib

import pytest
from trust.hand_ins import FILES, folder, rarred, raw_zip, seven_zipped, zipped

from grader.errors import LabError
from grader.intake import archive, zips
from grader.intake import folder as folders
from grader.intake.archive import is_solid, read_archive
from grader.intake.budgets import CHUNK_BYTES, MAX_LISTING_BYTES, Forward, InPieces
from grader.intake.choice import FILE, LINK, OTHER, Entry, choose, lone_archive
from grader.intake.folder import open_plain
from grader.intake.refusal import MESSAGE_CHARS, NotGradable, shown
from grader.intake.sources import Sources
from grader.intake.submission import read_submission

DEEP = "a/b/c/d"  # the deepest folder that is looked at


def refusal(files: dict[str, bytes], place) -> str:
    with pytest.raises(NotGradable) as refused:
        read_submission(folder(place, files))
    return str(refused.value)


def read(packed: bytes) -> archive.Found:
    return read_archive(io.BytesIO(packed), "it", [], "it")


def test_an_empty_zip_is_a_zip():
    with pytest.raises(NotGradable, match=r"there is no unet\.py in it"):
        read(zipped({}))


def test_a_large_zip_says_in_another_place_how_many_members_it_has():
    end64 = zips._END64.pack(b"PK\6\6", 44, 45, 45, 0, 0, 0, 1_000_000, 0, 0)
    locator = zips._LOCATOR.pack(b"PK\6\7", 0, 4, 1)
    end = zips._END.pack(b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0, 0, 0)
    assert zips.count(io.BytesIO(b"PK\3\4" + end64 + locator + end)) == 1_000_000


def test_the_unicode_name_of_a_zip_member_is_the_one_that_counts():
    field = struct.pack("<BL", 1, zlib.crc32(b"x.py")) + b"unet.py"
    extra = struct.pack("<HH", 0x7075, len(field)) + field
    assert read(raw_zip(b"x.py", extra=extra)).files == {"unet.py": b"x = 1"}


def test_too_little_memory_is_said_as_that(monkeypatch):
    def no_memory(*_):
        raise MemoryError

    monkeypatch.setattr(archive, "choose", no_memory)
    with pytest.raises(NotGradable, match="takes too much memory to open"):
        read(zipped(FILES))


@pytest.mark.parametrize(
    ("packed", "solid"), [(seven_zipped(FILES), True), (rarred(FILES), True), (zipped(FILES), False)]
)
def test_what_unpacks_all_before_a_file_is_known_and_left_at_its_start(packed, solid):
    file = io.BytesIO(packed)
    assert is_solid(file) is solid
    assert file.tell() == 0


def test_no_more_is_read_at_once_than_a_list_of_files_has():
    pieces = InPieces(io.BytesIO(bytes(MAX_LISTING_BYTES + 5)), "it")
    assert len(pieces.read()) == MAX_LISTING_BYTES
    with pytest.raises(NotGradable, match="a list of files of"):
        pieces.read(MAX_LISTING_BYTES + 1)


def test_a_tar_is_unpacked_in_small_pieces():
    stream = Forward(io.BytesIO(gzip.compress(bytes(8 << 20))), True, "it")
    assert stream.take(1) == b"\0"
    assert len(stream._ready) <= CHUNK_BYTES
    with pytest.raises(ValueError, match="leads back to its own beginning"):
        stream.seek(0)


@pytest.mark.parametrize("door", ["folder", "zip"])
def test_what_lies_too_deep_is_not_looked_at(door, tmp_path):
    def found(place):
        files = {f"{place}/unet.py": b"x = 1"}
        return (
            read_submission(folder(tmp_path / place[-1], files)) if door == "folder" else read(zipped(files))
        )

    assert found(DEEP).files == {"unet.py": b"x = 1"}
    with pytest.raises(NotGradable, match="there is no unet"):
        found(f"{DEEP}/e")


@pytest.mark.parametrize("door", ["folder", "zip"])
def test_a_virtual_environment_of_any_name_is_passed_over_but_not_the_hand_in_itself(door, tmp_path):
    files = {"unet.py": b"x = 1", "pyvenv.cfg": b"", "mine/pyvenv.cfg": b"", "mine/lib/infer.py": b"y = 1"}
    found = read_submission(folder(tmp_path, files)) if door == "folder" else read(zipped(files))
    assert found.files == {"unet.py": b"x = 1"}


def test_a_folder_of_extensions_that_is_a_link_is_refused(tmp_path):
    theirs = folder(tmp_path / "theirs", {"train.py": b"z = 1"})
    mine = folder(tmp_path / "mine", FILES)
    (mine / "extensions").symlink_to(theirs)
    with pytest.raises(NotGradable, match=r"extensions in .* is a link"):
        read_submission(mine)


def test_archives_in_folders_and_links_to_archives_are_not_opened(tmp_path):
    assert "hand in" in refusal({"x/ada.zip": zipped(FILES)}, tmp_path / "nested")
    real = folder(tmp_path / "real", {"ada.zip": zipped(FILES)}) / "ada.zip"
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked/ada.zip").symlink_to(real)
    assert "link" in refusal({}, tmp_path / "linked")


@pytest.mark.parametrize(("kind", "said"), [(LINK, "is a link"), (OTHER, "is not a plain file")])
def test_what_is_no_file_is_refused_before_it_is_opened(kind, said):
    with pytest.raises(NotGradable, match=said):
        choose([Entry(("unet.py",), kind)], [], "it")
    assert lone_archive([Entry(("ada.zip",), kind)], []) is None


def test_a_folder_without_end_is_not_listed_to_its_end(tmp_path, monkeypatch):
    monkeypatch.setattr(folders, "MAX_ENTRIES", 5)
    files = {"unet.py": b""} | {f"{name}/{number}": b"" for name in "abc" for number in range(4)}
    found = folders.Folder(folder(tmp_path, files), "it")
    assert [entry.path for entry in found.entries] == ["unet.py"]
    assert len(found._places) == 1 + 5 + 1  # one more than there may be, and no other


def test_of_what_came_apart_links_and_folders_are_known(tmp_path):
    one, other = (folder(tmp_path / name, {"unet.py": b""}) for name in ("ada", "bob"))
    (tmp_path / "link").symlink_to(one / "unet.py")
    several = Sources([("ada", one), ("bob", other), ("infer.py", tmp_path / "link")], "it")
    found = [(entry.path, entry.kind) for entry in several.entries]
    assert found == [("ada/unet.py", FILE), ("bob/unet.py", FILE), ("infer.py", LINK)]
    assert [entry.path for entry in Sources([("ada", one)], "it").entries] == ["unet.py"]


def test_archives_beside_a_deep_unet_look_like_a_class(tmp_path):
    others = {f"{name}.zip": b"" for name in "abc"}
    assert "3 archives beside x/unet.py" in refusal({"x/unet.py": b"", **others}, tmp_path)


def test_a_draft_below_is_not_taken_for_infer(tmp_path):
    files = {"unet.py": b"x = 1", "old/infer_draft.py": b"y = 1"}
    assert read_submission(folder(tmp_path, files)).files == {"unet.py": b"x = 1"}


def test_what_is_no_plain_file_is_not_opened(tmp_path, monkeypatch, five_seconds):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(NotGradable, match="not a plain file"), open_plain(tmp_path / "pipe", "it"):
        pass
    (tmp_path / "link").symlink_to(folder(tmp_path / "real", FILES) / "unet.py")
    with pytest.raises(NotGradable, match="is a link"), open_plain(tmp_path / "link", "it"):
        pass
    monkeypatch.setattr(type(tmp_path), "is_symlink", lambda self: False)  # it became one since
    with pytest.raises(LabError, match="cannot be read"), open_plain(tmp_path / "link", "it"):
        pass


def test_a_refusal_is_one_short_clean_line():
    assert len(str(NotGradable("x" * 1000))) == MESSAGE_CHARS
    assert shown("a\x1b[2J\nb" + "c" * 100) == f"{shown('a b' + 'c' * 100)}"
    assert "\n" not in shown("a\nb")
    assert len(shown("d" * 1000)) == 60
