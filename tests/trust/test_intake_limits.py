"""What reading a submission may cost, and what of an archive is refused."""

import gzip
import io
import json
import os
import signal
import struct
import subprocess
import sys
import tarfile
import zipfile

import py7zr
import pytest
from trust.hand_ins import (
    FILES,
    bzip2_bomb,
    folder,
    link,
    pax_bomb,
    rarred,
    raw_zip,
    seven_zipped,
    tar_of,
    tarred,
    zipped,
)

from grader.errors import LabError
from grader.intake import process
from grader.intake.refusal import NotGradable
from grader.intake.submission import read_submission
from grader.lab.paths import LAB

# In a small process, so that the highest memory of its children is the reader's and not pytest's.
MEASURE = """
import json, resource, sys, time
from pathlib import Path
from grader.errors import LabError
from grader.intake.process import read_in_own_process
started = time.perf_counter()
try:
    said = read_in_own_process(Path(sys.argv[1]), "it", []).notes
except LabError as error:
    said = str(error)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([said, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]))
"""


DEFLATE = [{"id": py7zr.FILTER_DEFLATE}]


def cost(path) -> tuple[str, float, float]:
    """(what was said, processor seconds, MB) of reading this archive."""
    done = subprocess.run([sys.executable, "-c", MEASURE, path], cwd=LAB, capture_output=True, check=True)
    return tuple(json.loads(done.stdout))


def big_tar() -> bytes:
    """2 GB of zeros, as a member that nobody asked for."""
    info = tarfile.TarInfo("data.bin")
    info.size = 2 << 30
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", compresslevel=1) as packed:
        packed.write(info.tobuf())
        for _ in range(300):
            packed.write(bytes(1 << 20))
    return buffer.getvalue()


def slow_pax() -> bytes:
    """Headers of digits, over which the standard library's search for a character set takes for ever."""
    info = tarfile.TarInfo("x")
    info.type, info.size = tarfile.XHDTYPE, 16 << 10
    return (info.tobuf(tarfile.USTAR_FORMAT) + b"1" * info.size) * 200


def endless_tar() -> bytes:
    """A header with a negative size, which leads a reader back to that header."""
    block = bytearray(tarfile.TarInfo("x").tobuf(tarfile.USTAR_FORMAT))
    block[124:136] = b"\xff" * 10 + b"\xfc\0"
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block) * 3


def many_zip() -> bytes:
    """200,000 empty members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number in range(70_000):
            archive.writestr(f"{number}", b"")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (bzip2_bomb, "packed with bzip2: hand it in as a plain .zip"),
        (lambda: tarred({"unet.py": bytes(64 << 20)}, "w:bz2"), "a bzip2 archive"),
        (lambda: tarred({"unet.py": bytes(64 << 20)}, "w:xz"), "an xz archive"),
        (pax_bomb, "a header of 314,572,800 bytes"),
        (big_tar, "holds more than 256 MB"),
        (slow_pax, "takes too long to read"),
        (endless_tar, "damaged"),
        (many_zip, "holds 70,000 files"),
        (lambda: zipped({"unet.py": bytes(200 << 20)}), "larger than 1 MB"),
        (lambda: tarred({"unet.py": bytes(50 << 20)}), "larger than 1 MB"),
        (
            lambda: seven_zipped({"a": bytes(130 << 20), "unet.py": bytes(130 << 20)}, filters=DEFLATE),
            "more than 256 MB",
        ),
        (lambda: tarred({f"{n}/unet.py": bytes(1 << 20) for n in range(17)}), "more than 16 MB of files"),
        (lambda: tarred({"x" * 15_000 + str(n): b"" for n in range(2_000)}), "more names than files"),
    ],
)
def test_a_bomb_is_refused_for_little(make, said, tmp_path):
    path = tmp_path / "bomb"
    path.write_bytes(make())
    message, cpu_s, mb = cost(path)
    assert said in message
    assert cpu_s < 2.2  # the limit is 2, and the system looks now and then
    assert mb < 100


def test_the_bombs_are_as_small_as_they_were_found(tmp_path):
    assert len(bzip2_bomb()) < 1700
    assert len(pax_bomb()) < 320_000


def test_an_honest_archive_costs_a_blink(tmp_path):
    path = tmp_path / "ada.zip"
    path.write_bytes(zipped(FILES))
    said, cpu_s, mb = cost(path)
    assert (said, mb < 40) == ([], True)
    assert cpu_s < 0.5  # 0.07 when nothing else runs


def test_weights_in_an_archive_are_skipped(tmp_path):
    weights = os.urandom(62 << 20)
    (tmp_path / "a.tar.gz").write_bytes(tarred({"model.pth": weights, **FILES}))
    (tmp_path / "a.zip").write_bytes(zipped({"model.pth": weights, **FILES}, zipfile.ZIP_STORED))
    for path in tmp_path.iterdir():
        assert read_submission(path).files == FILES


def file(name: str) -> tuple[tarfile.TarInfo, bytes]:
    return tarfile.TarInfo(name), b"x = 1"


def cut(packed: bytes) -> bytes:
    return packed[: len(packed) // 2]


def flipped(packed: bytes, at: int) -> bytes:
    return packed[:at] + bytes([packed[at] ^ 0xFF]) + packed[at + 1 :]


TWO_TARS = tarred(FILES, "w")
LONG_TAR = TWO_TARS + bytes(1 << 20)  # some programs write so many zeros behind the files


def says_less(packed: bytes) -> bytes:
    """A zip that says it has one member only."""
    end = bytearray(packed[-22:])
    end[8:12] = struct.pack("<2H", 1, 1)
    return packed[:-22] + bytes(end)


REFUSED = {
    "a link": (tar_of([link("unet.py")]), "is a link"),
    "a link beside it": (tar_of([file("unet.py"), link("data")]), "data in .* is a link"),
    "a hard link": (tar_of([file("unet.py"), link("infer.py", tarfile.LNKTYPE)]), "is a link"),
    "a pipe": (tar_of([link("unet.py", tarfile.FIFOTYPE)]), "neither a file nor a folder"),
    "a device": (tar_of([file("unet.py"), link("x", tarfile.CHRTYPE)]), "neither a file nor a folder"),
    "a link in a zip": (raw_zip(b"unet.py", b"../x", mode=0o120777), "is a link"),
    "a device in a zip": (raw_zip(b"unet.py", mode=0o020777), "neither a file nor a folder"),
    "twice in a tar": (tar_of([file("unet.py"), file("unet.py")]), "twice"),
    "twice by another way": (tar_of([file("unet.py"), file("../unet.py")]), "twice"),
    "encrypted": (raw_zip(b"unet.py", flags=1), "encrypted: hand in a .zip without a password"),
    "bzip2": (zipped(FILES, zipfile.ZIP_BZIP2), "packed with bzip2: hand it in as a plain .zip"),
    "lzma": (zipped(FILES, zipfile.ZIP_LZMA), "packed with lzma: hand it in as a plain .zip"),
    "zstd": (raw_zip(b"unet.py", method=93), "packed with zstd: hand it in as a plain .zip"),
    "deflate64": (raw_zip(b"unet.py", method=9), "packed with deflate64"),
    "unknown": (raw_zip(b"unet.py", method=77), "packed with method 77"),
    "too many": (raw_zip(b"unet.py", count=20_000), "holds 20,000 files"),
    "a lie about its size": (raw_zip(b"unet.py", size=900_000), "cut off|damaged"),
    "a wrong CRC": (raw_zip(b"unet.py", crc=1), "damaged"),
    "cut tar": (tarred({"unet.py": b"x = 1\n"}, "w")[: 512 + 3], "cut off"),
    "a sparse file": (tar_of([link("unet.py", tarfile.GNUTYPE_SPARSE)]), "neither a file nor a folder"),
    "too many in a tar": (tarred({f"{n}": b"" for n in range(10_100)}, "w"), "more than 10,000 files"),
    "more than it says": (says_less(zipped({f"{n}": b"" for n in range(10_100)})), "holds 10,100 files"),
    "names without end": (zipped({f"{n}{'x' * 300}": b"" for n in range(9_000)}), "a list of files of 3"),
    "cut zip": (cut(zipped(FILES)), "damaged"),
    "cut tar.gz": (cut(tarred(FILES)), "cut off"),
    "damaged tar": (flipped(TWO_TARS, 1024 + 5), "damaged"),
    "tar.gz damaged far behind the files": (flipped(gzip.compress(LONG_TAR), -6), "damaged"),
    "tar.gz cut far behind the files": (gzip.compress(LONG_TAR)[:-6], "cut off"),
    "damaged tar.gz": (flipped(tarred(FILES), -6), "damaged"),
    "rar": (b"Rar!\x1a\x07\x01\0" + bytes(600), "damaged"),
    "7z": (b"7z\xbc\xaf\x27\x1c" + bytes(600), "damaged"),
    "encrypted 7z": (seven_zipped(FILES, password="x"), "encrypted: hand in a .zip without a password"),
    "damaged 7z": (flipped(seven_zipped(FILES), 34), "damaged"),
    "damaged rar": (flipped(rarred(FILES), -60), "damaged"),
    "damaged in a rar": (rarred(FILES).replace(b"y = 2", b"y = 3"), "cannot be unpacked here"),
    "zip in a zip": (zipped({"ada.zip": zipped(FILES)}), "ada.zip inside is not opened"),
    "junk": (b"\0" * 2000, "neither a folder, nor a .zip, .tar.gz, .7z or .rar, nor a .py file"),
    "nothing": (b"", "neither a folder"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_no_honest_archive_holds_is_refused(kind, tmp_path):
    packed, said = REFUSED[kind]
    path = tmp_path / "it.zip"
    path.write_bytes(packed)
    with pytest.raises(NotGradable, match=said):
        read_submission(path)


@pytest.mark.parametrize("inside", [True, False])
def test_a_named_pipe_is_refused_and_not_waited_for(inside, tmp_path):
    os.mkfifo(tmp_path / "unet.py")

    def too_late(*_):
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, too_late)
    signal.alarm(5)
    try:
        with pytest.raises(NotGradable, match=r"not a plain file|neither a file nor a folder"):
            read_submission(tmp_path if inside else tmp_path / "unet.py")
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def test_links_in_a_virtual_environment_do_not_matter(tmp_path):
    path = tmp_path / "a.tar.gz"
    path.write_bytes(tar_of([file("unet.py"), link(".venv/bin/python"), link("venv/bin/python")]))
    assert read_submission(path).files == {"unet.py": b"x = 1"}


@pytest.mark.parametrize("what", ["folder", "zip", "file"])
def test_a_submission_that_is_itself_a_link_is_refused(what, tmp_path):
    folder(tmp_path / "real", FILES)
    (tmp_path / "real.zip").write_bytes(zipped(FILES))
    name = {"folder": "real", "zip": "real.zip", "file": "real/unet.py"}[what]
    (tmp_path / "mine").symlink_to(tmp_path / name)
    with pytest.raises(NotGradable, match=r"is a link"):
        read_submission(tmp_path / "mine")


def test_links_below_a_folder_are_not_followed(tmp_path):
    mine = folder(tmp_path / "mine", {"unet.py": b"x = 1"})
    theirs = folder(tmp_path / "theirs", FILES)
    (mine / "theirs").symlink_to(theirs)
    (mine / "weights.pth").symlink_to(theirs / "unet.py")
    assert read_submission(mine).files == {"unet.py": b"x = 1"}
    (mine / "infer.py").symlink_to(theirs / "infer.py")
    with pytest.raises(NotGradable, match=r"infer.py in .* is a link"):
        read_submission(mine)


def test_a_busy_machine_is_not_the_students_fault(tmp_path, monkeypatch):
    (tmp_path / "a.zip").write_bytes(zipped(FILES))
    monkeypatch.setattr(process, "WALL_S", 0.001)
    with pytest.raises(LabError, match=r"the machine is busy: try again") as refused:
        read_submission(tmp_path / "a.zip")
    assert not isinstance(refused.value, NotGradable)


def test_a_reader_that_cannot_work_is_not_the_students_fault(tmp_path, monkeypatch):
    (tmp_path / "a.zip").write_bytes(zipped(FILES))
    monkeypatch.setattr(process, "PROGRAM", tmp_path / "none.py")
    with pytest.raises(LabError, match=r"ended with status 2: try again") as refused:
        read_submission(tmp_path / "a.zip")
    assert not isinstance(refused.value, NotGradable)
