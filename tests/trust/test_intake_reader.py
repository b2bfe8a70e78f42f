"""The process that reads archives: what it is given and takes from itself, and what rare kinds it refuses."""

import io
import subprocess
import sys
import textwrap
from types import SimpleNamespace

import py7zr
import pytest
import rarfile
from sandbox.asking import gone_within
from trust.hand_ins import FILES, seven_zipped, tarred, zipped

from grader.intake import limited, rars, sevenzips
from grader.intake.archive import read_archive
from grader.intake.choice import FILE, LINK, MAX_ENTRIES, OTHER, Entry
from grader.intake.refusal import NotGradable
from grader.lab.paths import LAB


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


def test_a_reader_that_writes_too_much_is_ended(tmp_path, five_seconds):
    text = "import time\nprint('x' * 5000, flush=True)\ntime.sleep(60)"
    assert len(ran(text, tmp_path, most_bytes=4096).content) == 4096


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
        rars.Rar.read(SimpleNamespace(_members=[member("@unet.py")], _where="it"), Entry(("@unet.py",)))


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
        read_archive(io.BytesIO(seven_zipped({"unet.py": bytes(2 << 20)})), "it", [], "it")


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
