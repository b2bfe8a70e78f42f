"""A download that somebody made odd or hostile: nothing gets out, nobody is lost, and it costs little."""

import io
import os
import struct
import tarfile
import warnings
import zipfile

import pytest
from collection.downloads import folder
from trust.hand_ins import FILES, link, raw_zip, seven_zipped, tar_of, tarred, zipped

from grader.collection.collect import collect
from grader.errors import LabError
from grader.intake.refusal import NotGradable


def keys(found) -> list[str]:
    return [one.key for one in found.hand_ins]


@pytest.mark.trust  # some seconds
def test_a_class_of_ten_thousand_is_collected(tmp_path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number in range(10_000):
            archive.writestr(f"Student {number}_{20_000 + number}_assignsubmission_file/unet.py", b"x")
    (tmp_path / "all.zip").write_bytes(buffer.getvalue())
    found = collect(tmp_path / "all.zip", scratch=tmp_path / "scratch")
    assert len(set(keys(found))) == 10_000


def test_more_members_than_any_class_has_are_refused(tmp_path):
    listed = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, 1 << 20, 1 << 20, 0, 0)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, 4, 1)
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0, 0, 0)
    (tmp_path / "all.zip").write_bytes(b"PK\3\4" + listed + locator + end)
    with pytest.raises(LabError, match=r"holds 1,048,576 files: give the hand-ins in several folders"):
        collect(tmp_path / "all.zip", scratch=tmp_path / "scratch")


def test_no_member_gets_out_and_no_link_is_made(tmp_path):
    packed = tar_of(
        [
            *[
                (tarfile.TarInfo(name), b"x = 1\n")
                for name in ("../../up/unet.py", "/abs/unet.py", "ok/unet.py")
            ],
            link("evil"),
        ]
    )
    (tmp_path / "all.tar.gz").write_bytes(packed)
    scratch = tmp_path / "deep" / "scratch"
    found = collect(tmp_path / "all.tar.gz", scratch=scratch)
    assert keys(found) == ["abs", "ok", "up"]
    made = [path for path in tmp_path.rglob("*") if path.name == "unet.py"]
    assert len(made) == 3
    assert all(path.is_relative_to(scratch) for path in made)
    assert not any(path.is_symlink() for path in tmp_path.rglob("*"))


def test_what_stands_twice_in_an_archive_is_seen_twice(tmp_path):
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for content in (b"one", b"two"):
            archive.writestr("ada/unet.py", content)
        archive.writestr("bob/unet.py", b"x")
    ada, _ = collect(tmp_path / "all.zip", scratch=tmp_path / "scratch").hand_ins
    with pytest.raises(NotGradable, match=r"unet \(2\).py and unet.py: hand in the one that counts"):
        ada.read()


def test_a_link_in_an_archive_becomes_no_file(tmp_path):
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for name, mode in (("ada/unet.py", 0), ("ada/infer.py", 0o120777), ("bob/unet.py", 0o100644)):
            info = zipfile.ZipInfo(name)
            info.external_attr = mode << 16
            archive.writestr(info, b"../../etc/passwd")
    ada, bob = collect(tmp_path / "all.zip", scratch=tmp_path / "scratch").hand_ins
    assert set(ada.read().files) == set(bob.read().files) == {"unet.py"}


def test_a_bomb_in_a_class_is_not_unpacked(tmp_path):
    bomb = zipped({"ada/unet.py": b"x", "bob/data.bin": bytes(300 << 20), "bob/unet.py": bytes(3 << 20)})
    (tmp_path / "all.zip").write_bytes(bomb)
    found = collect(tmp_path / "all.zip", scratch=tmp_path / "scratch")
    written = sum(path.stat().st_blocks * 512 for path in tmp_path.rglob("*") if path.is_file())
    assert written < 8 << 20
    with pytest.raises(NotGradable, match=r"larger than 1 MB"):
        found.hand_ins[1].read()


def test_what_does_not_fit_on_the_disk_is_said_before_it_is_written(tmp_path, monkeypatch):
    (tmp_path / "all.zip").write_bytes(zipped({"ada/unet.py": bytes(2 << 20)}))
    usage = os.statvfs(tmp_path)
    monkeypatch.setattr("shutil.disk_usage", lambda path: type("Usage", (), {"free": 1 << 20})())
    with pytest.raises(LabError, match=r"needs 0.0 GB where it is unpacked, and 0.0 GB are free"):
        collect(tmp_path / "all.zip", scratch=tmp_path / "scratch")
    assert usage.f_bavail
    assert not list((tmp_path / "scratch").glob("*"))


def test_an_archive_in_a_class_that_is_too_large_stays_refused(tmp_path):
    (tmp_path / "all.zip").write_bytes(
        zipped({"ada/ada.zip": bytes(257 << 20), "bob/unet.py": b"x", "cleo/unet.py": b"x"})
    )
    found = collect(tmp_path / "all.zip", scratch=tmp_path / "scratch")
    with pytest.raises(NotGradable, match=r"ada.zip in .* is larger than 256 MB"):
        found.hand_ins[0].read()


@pytest.mark.parametrize(
    ("packed", "said"),
    [
        (zipped({"a/unet.py": b"x"})[:60], "damaged"),
        (tarred({"a/unet.py": os.urandom(5000)})[:2000], "damaged"),
        (raw_zip(b"a/unet.py", flags=1), "encrypted"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(100), "damaged"),
        (b"Rar!\x1a\x07\x01\0" + bytes(100), "damaged"),
        (seven_zipped(FILES, password="x"), "encrypted"),
        (b"<html>please sign in</html>", "neither a folder, nor an archive"),
        (b"", "neither a folder"),
    ],
)
def test_an_archive_that_is_no_class_is_the_instructors_to_mend(packed, said, tmp_path):
    (tmp_path / "all.zip").write_bytes(packed)
    with pytest.raises(LabError, match=said) as refused:
        collect(tmp_path / "all.zip", scratch=tmp_path / "scratch")
    assert not isinstance(refused.value, NotGradable)


def test_names_alike_but_for_case_get_keys_of_their_own(tmp_path):
    place = folder(tmp_path / "in", {f"{name}/unet.py": b"x" for name in ("Ada", "ada", "ADA", "bob")})
    first = keys(collect(place, scratch=tmp_path / "scratch"))
    assert len({key.casefold() for key in first}) == 4
    assert "bob" in first
    assert keys(collect(place, scratch=tmp_path / "scratch")) == first


def test_a_key_is_a_safe_name(tmp_path):
    names = ["-rf", "con", "a\nb", "x" * 240, "李" * 80, "a:b*?", "+x", "a&b;c", "{x}", "\u202eevil"]
    place = folder(tmp_path / "in", {f"{name}/unet.py": b"x" for name in names})
    found = keys(collect(place, scratch=tmp_path / "scratch"))
    assert len(set(found)) == len(names)
    for key in found:
        assert len(key.encode()) < 130
        assert not set(key) & set('/\\:*?"<>|\n&;\u202e')
        assert not key.startswith(("-", "."))
        assert key.casefold() != "con"


def test_a_link_in_a_class_is_a_hand_in_that_cannot_be_graded(tmp_path):
    place = folder(tmp_path / "in", {"ada/unet.py": b"x", "bob/unet.py": b"x"})
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "unet.py").write_text("secret")
    (place / "cleo").symlink_to(tmp_path / "secret")
    found = collect(place, scratch=tmp_path / "scratch")
    assert keys(found) == ["ada", "bob", "cleo"]
    with pytest.raises(NotGradable, match=r"is a link"):
        found.hand_ins[2].read()


def test_results_of_the_last_run_are_no_hand_in(tmp_path):
    place = folder(tmp_path / "in", {"ada/unet.py": b"x", "bob/unet.py": b"x"})
    folder(place / "results", {"results.json": b"{}", "students/ada/report.json": b"{}", "a.zip": b""})
    folder(place / "out", {"b.zip": b"", "c.zip": b""})
    assert keys(collect(place, scratch=place / "out" / "scratch", without=[place / "out"])) == ["ada", "bob"]


def test_an_unchanged_archive_is_unpacked_once(tmp_path):
    (tmp_path / "all.zip").write_bytes(zipped({"ada/unet.py": b"x", "bob/unet.py": b"x"}))
    first = collect(tmp_path / "all.zip", scratch=tmp_path / "scratch")
    file = first.hand_ins[0].sources[0].path / "unet.py"
    file.write_bytes(b"still there")
    again = collect(tmp_path / "all.zip", scratch=tmp_path / "scratch")
    assert again.hand_ins[0].read().files == {"unet.py": b"still there"}
    (tmp_path / "all.zip").write_bytes(zipped({"ada/unet.py": b"new", "bob/unet.py": b"x"}))
    assert collect(tmp_path / "all.zip", scratch=tmp_path / "scratch").hand_ins[0].read().files == {
        "unet.py": b"new"
    }
