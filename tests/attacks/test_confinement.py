"""What a submission may try against the machine, the grader and the next submission, and what comes of it."""

import json
import os
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import numpy as np
import pytest

from grader.errors import LabError
from grader.implementations import InWorker, solution_files
from grader.lab.paths import LAB, SOLUTION
from grader.sandbox.trusted import Budget, Limits, Sandbox, WorkerFailed
from grader.sandbox.trusted.isolation import demand, level_of

HONEST = {"unet.py": b"def f(x): return 2 * x"}
SECRET = "kingfisher-in-the-rain"
LINUX_ROOT = sys.platform == "linux" and os.geteuid() == 0
# Each layer switched off in turn: what the others hold must still hold.
WITHOUT = [(), ("uid",), ("landlock",), ("seccomp",)]


@pytest.fixture(scope="module", params=WITHOUT, ids=lambda layers: f"without {'+'.join(layers) or 'nothing'}")
def sandbox(request):
    os.environ["UNET_LAB_SECRET"] = SECRET
    try:
        with Sandbox(calls="tests.sandbox.asked", without=request.param) as sandbox:
            yield sandbox
    finally:
        del os.environ["UNET_LAB_SECRET"]


@pytest.fixture
def tried(sandbox):
    """Runs f() of a source in a worker -> what it returns; afterwards the next submission is answered for."""

    def run(source: str, **constants: object) -> dict:
        text = "".join(f"{name} = {value!r}\n" for name, value in constants.items()) + textwrap.dedent(source)
        with sandbox.worker({"unet.py": text.encode()}) as worker:
            return worker.call("facts").data

    yield run
    with sandbox.worker(HONEST) as worker:
        x = np.ones((2, 2), np.float32)
        assert (worker.call("apply", {}, {"x": x}).tensors["y"] == 2).all()


def off(sandbox: Sandbox) -> tuple[str, ...]:
    return sandbox._confinement.without


def test_the_solution_cannot_be_read_from_the_disk(sandbox, tried):
    found = tried(
        """
        def f():
            read = []
            for path in PATHS:
                try:
                    open(path).read()
                    read.append(path)
                except OSError:
                    pass
            return {"read": read}
        """,
        PATHS=[str(SOLUTION / "unet.py"), str(LAB / "grader/report/model.py"), "/etc/passwd", __file__],
    )
    if "landlock" not in off(sandbox):
        assert found["read"] == []
    else:
        assert sandbox.isolation["probe"]["read_files"] == "open"  # and the report says so


@pytest.mark.parametrize("place", ["grader/report/model.py", "grader/rubric/__init__.py", "solution/unet.py"])
def test_nothing_of_ours_can_be_written(tried, place):
    path = LAB / place
    before = path.read_bytes()
    found = tried(
        """
        import os, pathlib
        ATTEMPTS = {
            "append": lambda: open(PATH, "a").write("# x"),
            "truncate": lambda: os.truncate(PATH, 0),
            "replace": lambda: os.rename(PATH, PATH + ".old"),
            "remove": lambda: os.unlink(PATH),
            "mode": lambda: os.chmod(PATH, 0o666),
            "owner": lambda: os.chown(PATH, os.getuid(), os.getgid()),
            "link": lambda: os.symlink("/etc/passwd", PATH + ".link"),
            "time": lambda: os.utime(PATH),
            "beside": lambda: pathlib.Path(PATH).with_name("sitecustomize.py").write_text("1"),
        }
        def f():
            done = []
            for name, attempt in ATTEMPTS.items():
                try:
                    attempt()
                    done.append(name)
                except OSError:
                    pass
            return {"done": done}
        """,
        PATH=str(path),
    )
    assert found["done"] == []
    assert path.read_bytes() == before
    assert not path.with_name("sitecustomize.py").exists()


def test_a_daemon_that_waits_for_the_report_does_not_outlive_the_grading(sandbox, tried, tmp_path):
    report = tmp_path / "report.json"
    report.write_text("{}")
    report.chmod(0o666)
    tmp_path.chmod(0o777)
    found = tried(
        """
        import os, signal, time
        def f():
            done = {"forked": False, "killed": False}
            try:
                read, write = os.pipe()
                if os.fork() == 0:
                    os.setsid()
                    if os.fork() == 0:
                        os.write(write, b"%d" % os.getpid())
                        while True:
                            try:
                                open(REPORT, "w").write("20 of 20")
                            except OSError:
                                pass
                            time.sleep(0.05)
                    os._exit(0)
                done["forked"] = int(os.read(read, 100))
            except OSError:
                pass
            for pid in (os.getppid(), GRADER):
                try:
                    os.kill(pid, 0)
                    done["killed"] = True
                except OSError:
                    pass
            time.sleep(0.2)
            return done
        """,
        REPORT=str(report),
        GRADER=os.getpid(),
    )
    assert found["killed"] is False
    assert bool(found["forked"]) == ("seccomp" in off(sandbox))
    time.sleep(1.0)
    assert report.read_text() == "{}"
    assert not found["forked"] or not Path(f"/proc/{found['forked']}").exists()


def test_the_secret_and_the_lab_s_place_are_not_to_be_found(sandbox, tried):
    found = tried(
        """
        import os, sys
        def f():
            texts = [repr(os.environ), repr(sys.argv), repr(sys.orig_argv), os.getcwd()]
            texts += [repr([vars(module).get(name) for name in ("__file__", "__path__", "__spec__")])
                      for module in list(sys.modules.values())]
            frame = sys._getframe()
            while frame is not None:
                texts.append(repr(dict(frame.f_locals)) + frame.f_code.co_filename)
                frame = frame.f_back
            for pid in [name for name in os.listdir("/proc") if name.isdigit()] if MAY_LIST else PIDS:
                for name in ("environ", "cmdline", "mem", "maps"):
                    try:
                        with open(f"/proc/{pid}/{name}", "rb", buffering=0) as file:
                            texts.append("opened " + str(pid) if name == "mem" else repr(file.read(1 << 16)))
                    except OSError:
                        pass
            text = " ".join(texts)
            return {"secret": SECRET[::-1] in text, "memory": any(f"opened {pid}" in texts for pid in PIDS),
                    "place": any(LAB[::-1] + part in text for part in ("/grader", "/solution", "/tests"))}
        """,
        PIDS=[os.getpid(), sandbox.pid],
        MAY_LIST="landlock" in off(sandbox),
        SECRET=SECRET[::-1],  # turned round: this very text is among what is searched
        LAB=str(LAB)[::-1],
    )
    if "landlock" not in off(sandbox):
        assert found == {"secret": False, "memory": False, "place": False}
    else:
        assert sandbox.isolation["probe"]["read_grader"] == "open"


def test_nothing_is_reached_by_a_socket_a_signal_or_another_program(sandbox, tried):
    found = tried(
        """
        import ctypes, fcntl, os, resource, signal, socket, subprocess
        libc = ctypes.CDLL(None, use_errno=True)
        def call(number, *arguments):
            result = libc.syscall(number, *arguments)
            if result < 0:
                raise OSError(ctypes.get_errno(), "syscall")
        ATTEMPTS = {
            "tcp": lambda: socket.socket(),
            "unix": lambda: socket.socketpair(),
            "program": lambda: subprocess.run(["/bin/true"]),
            "exec": lambda: os.execv("/nonexistent", ["x"]),
            "system": lambda: os.system("true") and fail(),
            "signal": lambda: os.kill(GRADER, 0),
            "pidfd": lambda: os.pidfd_open(GRADER),
            "owner": lambda: fcntl.fcntl(0, 8, GRADER),
            "limit": lambda: resource.prlimit(GRADER, resource.RLIMIT_CPU),
            "priority": lambda: os.setpriority(os.PRIO_PROCESS, GRADER, 19),
            "memory file": lambda: os.memfd_create("x"),
            "ptrace": lambda: libc.ptrace(0x4206, GRADER, None, None) and fail(),
            "shared memory": lambda: libc.shmget(0, 4096, 0o1600) < 0 and fail(),
            "namespace": lambda: libc.unshare(0x10000000) and fail(),
            "setuid": lambda: os.setuid(0),
        }
        def fail():
            raise OSError
        def f():
            done = []
            for name, attempt in ATTEMPTS.items():
                try:
                    attempt()
                    done.append(name)
                except OSError as error:
                    if error.errno == 2:  # the system looked for the program
                        done.append(name)
            return {"done": done}
        """,
        GRADER=os.getpid(),
    )
    if "seccomp" in off(sandbox):
        assert set(found["done"]).isdisjoint({"signal", "limit", "ptrace", "setuid"})
    else:
        assert set(found["done"]) <= ({"setuid"} if sandbox.isolation["probe"]["root"] == "open" else set())


def test_there_is_no_place_to_leave_anything_for_the_next(sandbox, tried):
    found = tried(
        """
        import os, tempfile
        def f():
            left = []
            home = os.path.expanduser("~")
            for folder in ("/tmp", "/var/tmp", "/dev/shm", home, ".", tempfile.gettempdir()):
                try:
                    with open(os.path.join(folder, "left-behind"), "w") as file:
                        file.write("for the next")
                    left.append(folder)
                except OSError:
                    pass
            return {"left": left}
        """
    )
    assert found["left"] == []


def test_reading_files_gets_no_more_than_an_empty_file():
    source = f"exec(open({str(SOLUTION / 'unet.py')!r}).read())".encode()
    with Sandbox() as sandbox, sandbox.worker({"unet.py": source}) as worker:
        with pytest.raises(WorkerFailed, match="PermissionError"):
            worker.call("keys", {"channels": [3, 1]})
        assert sandbox.isolation["level"] == "full"


def test_what_a_layer_cannot_do_ends_the_worker_before_a_student_s_code_runs():
    """A layer that worked at the start and does not now: here, Landlock that is suddenly left out."""
    with Sandbox(calls="tests.sandbox.asked") as sandbox:
        sandbox.ready()
        sandbox._confinement = type(sandbox._confinement)(
            required=sandbox._confinement.required, without=("landlock",)
        )
        with pytest.raises(LabError, match="not confined"):
            sandbox.worker({"unet.py": b"print('ran')"})


SLEEPS = b"import time\ndef f():\n    time.sleep(57)\n    return {}"


@pytest.mark.trust
def test_sleeping_in_every_call_ends_within_one_total():
    budget, start = Budget(idle_s=1.5, late_calls=100), time.monotonic()
    with Sandbox(calls="tests.sandbox.asked") as sandbox:
        student = InWorker(sandbox, {"unet.py": SLEEPS}, budget)
        student.limit_s = lambda call: 0.5
        said = []
        for number in range(63):
            with pytest.raises(WorkerFailed) as failed:
                student("facts", {"number": number}, {})
            said.append(failed.value)
        student.close()
    assert time.monotonic() - start < 15
    assert {failed.kind for failed in said} == {"timeout"}
    assert said[0].message == "it waited, without computing, for 0.5 seconds"
    assert said[-1].message == "it has waited, without computing, for 1.5 seconds in all"


@pytest.mark.trust
def test_computing_without_end_ends_within_one_total_and_by_the_call_s_name():
    with Sandbox(calls="tests.sandbox.asked") as sandbox:
        student = InWorker(sandbox, {"unet.py": b"def f():\n    while True: pass"}, Budget(cpu_s=1.0))
        student.limit_s = lambda call: 0.4
        said = []
        for number in range(20):
            with pytest.raises(WorkerFailed) as failed:
                student("facts", {"number": number}, {})
            said.append(failed.value.message)
        assert student.budget.spent_cpu_s < 3
        assert said[0] == "it used more than 0.4 seconds of processor time"
        assert said[-1] == "its 1 seconds of processor time for all calls are used up"
        student.close()

        late = InWorker(sandbox, {"unet.py": b"def f():\n    while True: pass"}, Budget(late_calls=2))
        late.limit_s = lambda call: 0.2
        for number in range(3):
            with pytest.raises(WorkerFailed) as failed:
                late("facts", {"number": number}, {})
        assert failed.value.message == "not tried: 2 calls like this one took too long"
        late("ping", {}, {})  # another question is another matter
        late.close()


FLOODS = b"""
import torch
from grader.sandbox.untrusted import serve
pack = serve.pack
def more(info, tensors=None):
    extra = {f"extra{number}": torch.zeros(1_250_000) for number in range(4)}  # 20 MB
    return pack(info, {**(tensors or {}), **extra} if "data" in info else tensors)
serve.pack = more
def f(x): return x
"""


def test_tensors_that_nobody_asked_for_are_dropped_and_counted(monkeypatch):
    from grader.implementations import in_worker

    monkeypatch.setitem(in_worker.WANTED, "apply", frozenset({"y"}))
    with Sandbox(calls="tests.sandbox.asked") as sandbox:
        student = InWorker(sandbox, {"unet.py": FLOODS}, Budget(answers_mb=100))
        before = resident_mb()
        for number in range(6):  # 120 MB
            _, tensors = student("apply", {}, {"x": np.full((2, 2), number, np.float32)})
            assert set(tensors) == {"y"}
        with pytest.raises(WorkerFailed, match="its answers have more than 100 MB in all") as failed:
            student("apply", {}, {"x": np.full((2, 2), 7, np.float32)})
        assert failed.value.kind == "too_large"
        assert resident_mb() - before < 60
        student.close()


def resident_mb() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") >> 20


def test_memory_is_limited_for_the_submission_as_a_whole(sandbox):
    sandbox.limit(Limits(memory_mb=300))
    source = b"def f():\n    kept = []\n    while True: kept.append(bytearray(1 << 20))"
    with sandbox.worker({"unet.py": source}) as worker, pytest.raises(WorkerFailed, match="more memory"):
        worker.call("facts")
    sandbox.limit(Limits())


def test_the_level_is_the_worst_of_what_was_found_and_nothing_found_is_the_least():
    blocked = dict.fromkeys(
        ("read_files", "read_grader", "write_files", "network", "new_process", "other_program", "signals",
         "memory", "root"), "blocked")  # fmt: skip
    assert level_of(blocked) == "full"
    assert level_of(blocked | {"read_files": "open"}) == "files-readable"
    assert level_of(blocked | {"root": "open"}) == "process-only"
    assert level_of({}) == "process-only"  # macOS, Windows: nothing was tried
    demand("full", blocked)
    demand("process-only", {})
    with pytest.raises(
        LabError, match=r"isolation full was asked for, and this machine gives files-readable"
    ):
        demand("full", blocked | {"read_files": "open"})
    with pytest.raises(LabError, match=r"gives process-only: .* the network can be reached"):
        demand("files-readable", blocked | {"network": "open"})


@pytest.mark.trust
def test_below_the_level_that_was_asked_for_nothing_is_graded():
    with (
        Sandbox(calls="tests.sandbox.asked", without=("seccomp",), isolation="full") as sandbox,
        pytest.raises(LabError, match="new processes can be started") as refused,
    ):
        sandbox.worker(HONEST)
    assert "\n" not in str(refused.value)


# A grader that is an ordinary user's. Where this one is root's, and Python lies in root's own folder, the
# child gets a file system in which that folder can be entered.
ENTERED = """
set -e
mount --bind "$1" "$2"; mount -t tmpfs -o mode=755 tmpfs /root
mkdir -p "$1"; mount --bind "$2" "$1"; shift 2
exec setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
"""
ORDINARY = """
import json, sys
from grader.sandbox.trusted import Sandbox
found = {}
for name, without in (("all", ()), ("landlock", ("landlock",)), ("seccomp", ("seccomp",))):
    with Sandbox(calls="tests.sandbox.asked", without=without) as sandbox:
        with sandbox.worker({"unet.py": b"def f(x): return 2 * x"}) as worker:
            worker.call("ping")
        found[name] = sandbox.isolation
with Sandbox(calls="tests.sandbox.asked", without=("landlock",), isolation="full") as sandbox:
    with sandbox.worker({"unet.py": b"import math\\ndef f(x): return 2 * x"}) as worker:
        worker.call("ping")
    found["no_open"] = sandbox.isolation
print(json.dumps(found))
"""


@pytest.mark.trust
def test_an_ordinary_user_s_grader_is_as_well_confined(tmp_path):
    home = Path(sys.base_prefix)
    command = [sys.executable, "-c", ORDINARY]
    if LINUX_ROOT:
        inside = home.is_relative_to("/root") and (Path("/root").stat().st_mode & 0o5) == 0
        command = (
            ["unshare", "--mount", "sh", "-c", ENTERED, "sh", str(home), str(tmp_path), *command]
            if inside
            else ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *command]
        )
    ran = subprocess.run(command, cwd=LAB, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout)
    assert found["all"]["level"] == "full"
    assert found["all"]["missing"] == ["no uid"]
    assert found["landlock"]["level"] == "process-only"
    assert {way for way, how in found["landlock"]["probe"].items() if how == "open"} == {
        "read_files",
        "read_grader",
    }
    assert found["seccomp"]["level"] == "process-only"
    assert found["no_open"]["level"] == "full"
    assert found["no_open"]["layers"]["no_open"] is True


@pytest.mark.trust
@pytest.mark.parametrize("without", [(), ("landlock",)], ids=["full", "no file can be opened"])
def test_a_right_answer_finds_all_that_it_needs(without):
    """What it imports late can be read, or has been imported before the door closed."""
    from PIL import Image

    from grader.implementations import Implementation
    from grader.lab.paths import MODEL

    picture = Image.fromarray(np.arange(60 * 40 * 3, dtype=np.uint8).reshape(60, 40, 3))
    with Sandbox(MODEL, without=without, isolation="full") as sandbox:
        worker = InWorker(sandbox, solution_files())
        solution = Implementation(worker)
        assert solution.scores(np.ones((1, 3, 64, 64), np.float32)).shape == (1, 1, 64, 64)
        assert solution.preprocess(picture).shape == (1, 3, 572, 572)
        assert len(solution.trace(64, 64, False)) == 64
        assert solution.served_mask(picture, np.zeros((1, 1, 560, 560), np.float32)).mask.shape == (60, 40)
        assert solution.keys()
        worker.close()
        assert sandbox.isolation["level"] == "full"
        assert sandbox.isolation["layers"]["no_open"] is bool(without)
        assert not [one for one in sandbox.isolation["missing"] if "fork" in one]  # a second for each worker
