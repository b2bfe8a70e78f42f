"""Each guard of the intake by itself: what it refuses, and that it is asked at all."""

import gzip
import io
import os
import signal
import subprocess
import sys
import textwrap
from types import SimpleNamespace

import py7zr
import pytest
import rarfile
from sandbox.asking import gone_within
from trust.hand_ins import FILES, folder, rarred, seven_zipped, tarred, zipped

from grader.errors import LabError
from grader.intake import archive, limited, rars, sevenzips
from grader.intake.archive import is_solid, read_archive
from grader.intake.budgets import CHUNK_BYTES, MAX_LISTING_BYTES, Forward, InPieces
from grader.intake.choice import FILE, LINK, MAX_ENTRIES, OTHER
from grader.intake.folder import open_plain
from grader.intake.refusal import MESSAGE_CHARS, NotGradable, shown
from grader.intake.submission import read_submission
from grader.lab.paths import LAB

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


def test_archives_beside_a_deep_unet_look_like_a_class(tmp_path):
    others = {f"{name}.zip": b"" for name in "abc"}
    assert "3 archives beside x/unet.py" in refusal({"x/unet.py": b"", **others}, tmp_path)


def test_a_draft_below_is_not_taken_for_infer(tmp_path):
    files = {"unet.py": b"x = 1", "old/infer_draft.py": b"y = 1"}
    assert read_submission(folder(tmp_path, files)).files == {"unet.py": b"x = 1"}


@pytest.fixture
def five_seconds():
    """A test that waits for ever ends here."""

    def too_late(*_):
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, too_late)
    signal.alarm(5)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


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


def ran(text: str, tmp_path, most_bytes: int = 1 << 16, wall_s: float = 20.0) -> limited.Answer:
    program = tmp_path / "program.py"
    program.write_text(textwrap.dedent(text))
    with program.open("rb") as stdin:
        return limited.run(program, {}, stdin, "it", most_bytes, wall_s)


def test_the_reader_sees_no_secret_and_has_a_session_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setenv("UNET_LAB_SECRET", "kingfisher")
    text = "import os\nprint(dict(os.environ), os.getsid(0) == os.getpid(), flush=True)"
    said = ran(text, tmp_path).content.decode()
    assert "kingfisher" not in said
    assert said.endswith("} True\n")


def test_a_reader_that_writes_for_ever_is_ended(tmp_path, five_seconds):
    assert len(ran("while True: print('x' * 1000)", tmp_path, most_bytes=4096).content) == 4096


def test_what_a_late_reader_started_ends_with_it(tmp_path):
    text = """
        import subprocess, sys
        child = subprocess.Popen(["sleep", "60"], stdout=subprocess.DEVNULL)
        print(child.pid, flush=True)
        child.wait()
    """
    answer = ran(text, tmp_path, wall_s=1.5)
    assert answer.was_late
    assert gone_within(5.0, [int(answer.content)])


LIMITS = """
import resource, sys
from grader.intake import reader
reader.limit(3, 1 << 30, 5)
kinds = (resource.RLIMIT_CPU, resource.RLIMIT_NOFILE, resource.RLIMIT_CORE, resource.RLIMIT_FSIZE)
print([resource.getrlimit(kind)[0] for kind in kinds])
print(resource.getrlimit(resource.RLIMIT_AS)[0] < 2 << 30)
"""
WHICH = """
import sys
from grader.intake import reader
reader.limit = lambda *limits: print(limits, flush=True)
facts = {"root": ".", "packages": [], "where": "it", "extensions": [], "language": "en"}
reader.main({**facts, "path": sys.argv[1]})
"""


def said_by(code: str, *arguments: str, stdin=None) -> str:
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, cwd=LAB, stdin=stdin, capture_output=True, check=True).stdout.decode()


def test_the_reader_takes_from_itself_what_it_does_not_need():
    assert said_by(LIMITS) == "[3, 16, 0, 5]\nTrue\n"


@pytest.mark.parametrize(
    ("packed", "limits"),
    [
        (zipped(FILES), "(2, 67108864)"),
        (tarred(FILES), "(2, 67108864)"),
        (seven_zipped(FILES), "(8, 536870912, 1048576)"),
    ],
)
def test_every_archive_is_read_with_limits(packed, limits, tmp_path):
    (tmp_path / "it").write_bytes(packed)
    with (tmp_path / "it").open("rb") as stdin:
        assert said_by(WHICH, str(tmp_path / "it"), stdin=stdin).startswith(limits)


def member(name="unet.py", size=5, **more) -> SimpleNamespace:
    facts = {
        "is_dir": lambda: False,
        "is_symlink": lambda: False,
        "file_redir": None,
        "is_file": lambda: True,
    }
    return SimpleNamespace(filename=name, file_size=size, **(facts | more))


@pytest.mark.parametrize(
    ("volumes", "password", "members", "said"),
    [
        (2, False, [member()], "one part of several"),
        (1, True, [member()], "encrypted"),
        (1, False, [member()] * (MAX_ENTRIES + 1), "holds 10,001 files"),
        (1, False, [member(size=1 << 40)], "more than 256 MB"),
    ],
)
def test_a_rar_that_no_honest_student_makes_is_refused(volumes, password, members, said, monkeypatch):
    made = SimpleNamespace(
        volumelist=lambda: ["x"] * volumes, needs_password=lambda: password, infolist=lambda: members
    )
    monkeypatch.setattr(rarfile, "USE_EXTRACT_HACK", 1)
    monkeypatch.setattr(rarfile, "RarFile", lambda *_, **__: made)
    with pytest.raises(NotGradable, match=said):
        rars.Rar("it", "it")
    assert rarfile.USE_EXTRACT_HACK == 0


def test_a_name_that_a_rar_program_takes_for_a_list_is_refused():
    with pytest.raises(NotGradable, match="RAR programs read otherwise"):
        rars.Rar.read(
            SimpleNamespace(_members=[member("@unet.py")], _where="it"), archive.Entry(("@unet.py",))
        )


@pytest.mark.parametrize(
    ("password", "members", "said"),
    [
        (True, [], "encrypted"),
        (False, [SimpleNamespace(is_directory=False)] * (MAX_ENTRIES + 1), "holds 10,001 files"),
        (False, [SimpleNamespace(is_directory=False, uncompressed=1 << 40)], "more than 256 MB"),
    ],
)
def test_a_7z_that_no_honest_student_makes_is_refused(password, members, said, monkeypatch):
    made = SimpleNamespace(needs_password=lambda: password, list=lambda: members)
    monkeypatch.setattr(py7zr, "SevenZipFile", lambda *_: made)
    with pytest.raises(NotGradable, match=said):
        sevenzips.SevenZip(io.BytesIO(), "it")


def test_a_large_file_in_a_7z_is_refused_by_its_size():
    with pytest.raises(NotGradable, match="larger than 1 MB"):
        read(seven_zipped({"unet.py": bytes(2 << 20)}))


def test_kinds_of_members_are_told_apart():
    plain, other = {"is_symlink": False, "is_file": True}, {"is_symlink": False, "is_file": False}
    kinds = [SimpleNamespace(**one) for one in (plain, other, plain | {"is_symlink": True})]
    assert [sevenzips._kind(one) for one in kinds] == [FILE, OTHER, LINK]
    members = [
        member(),
        member(is_file=lambda: False),
        member(is_symlink=lambda: True),
        member(file_redir=(4, 0, "x")),
    ]
    assert [rars._kind(one) for one in members] == [FILE, OTHER, LINK, LINK]


def test_a_refusal_is_one_short_clean_line():
    assert len(str(NotGradable("x" * 1000))) == MESSAGE_CHARS
    assert shown("a\x1b[2J\nb" + "c" * 100) == f"{shown('a b' + 'c' * 100)}"
    assert "\n" not in shown("a\nb")
    assert len(shown("d" * 1000)) == 60
