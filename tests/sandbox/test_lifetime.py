"""What a worker starts ends with it, the sandbox ends with the grader, and a lost sandbox is replaced."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from asking import RIGHT, X, children_of, gone_within, runs

from grader.sandbox.trusted import Sandbox, SandboxLost, Worker

LAB = Path(__file__).parents[2]


def test_closing_a_worker_ends_it(asked):
    worker = asked.worker("import os\ndef f(): return {'pid': os.getpid()}")
    pid = worker.call("facts").data["pid"]
    assert runs(pid)
    worker.close()
    assert not runs(pid)
    worker.close()  # a second time changes nothing


# Without the layer that forbids new processes a fork bomb is bounded only by its limits; what can be promised
# is that nothing of it is left.
@pytest.mark.parametrize("escape", ["pass", "os.setsid()", "os.setsid(); os.fork() and os._exit(0)"])
def test_nothing_is_left_of_the_processes_that_a_worker_started(asked_unconfined, escape):
    source = f"""
        import os, time
        def f():
            read, write = os.pipe()
            for _ in range(8):
                if os.fork() == 0:
                    {escape}
                    os.write(write, b"%d " % os.getpid())
                    time.sleep(60)
                    os._exit(0)
            pids = b""
            while pids.count(b" ") < 8:
                pids += os.read(read, 1000)
            return {{"pids": [int(pid) for pid in pids.split()]}}
    """
    with asked_unconfined.worker(source) as worker:
        pids = worker.call("facts").data["pids"]
        assert len(pids) == 8
    assert not any(map(runs, pids))


def test_what_a_worker_wrote_is_gone_with_it(asked_unconfined):
    source = """
        import os, pathlib, tempfile
        def f():
            deep = pathlib.Path("a/b"); deep.mkdir(parents=True); (deep / "c").write_text("d")
            (pathlib.Path.home() / "link").symlink_to("/")
            places = [os.getcwd(), str(pathlib.Path.home()), tempfile.gettempdir()]
            return {"places": places, "seen": os.listdir("..")}
    """
    for _ in range(2):
        with asked_unconfined.worker(source) as worker:
            facts = worker.call("facts").data
            assert all(Path(place).is_dir() for place in facts["places"])
            assert len(set(facts["places"])) == 1
            assert sum(name.startswith("tmp") for name in facts["seen"]) == 1
        assert not Path(facts["places"][0]).exists()
    assert Path("/tmp").is_dir()
    asked_unconfined.answer("import shutil\nshutil.rmtree('..', ignore_errors=True)\ndef f(x): return x")


def test_a_copy_that_the_student_s_code_forks_gives_no_second_answer(asked_unconfined):
    with asked_unconfined.worker(
        "import os\nnumber = 0\ndef f():\n    return {'forked': os.fork()}"
    ) as worker:
        for _ in range(3):
            assert worker.call("facts").data["forked"] > 0


def test_a_busy_fork_bomb_ends_at_its_limit(asked_unconfined):
    failed = asked_unconfined.failure(
        "import os\ndef f(x):\n    while True: os.fork() or os._exit(0)", limit_s=0.5
    )
    assert failed.kind == "timeout"


def test_a_sandbox_that_is_not_needed_after_all_is_closed_at_once():
    start = time.monotonic()
    Sandbox(calls="tests.sandbox.asked").close()
    assert time.monotonic() - start < 1.0


@pytest.fixture(scope="module")
def losing():
    with Sandbox(calls="tests.sandbox.asked", without=("uid", "landlock", "seccomp")) as sandbox:
        yield sandbox


def kill_zygote(sandbox: Sandbox) -> None:
    os.kill(sandbox.pid, signal.SIGKILL)


def answers(worker: Worker) -> bool:
    return (worker.call("apply", {}, {"x": X}).tensors["y"] == 2 * X).all()


def test_a_lost_zygote_is_replaced_once_under_a_running_worker(losing):
    with losing.worker({"unet.py": RIGHT}) as worker:
        workers = children_of(losing.pid)
        kill_zygote(losing)
        assert gone_within(0.5, workers)
        assert answers(worker)
    with losing.worker({"unet.py": RIGHT}) as worker:
        assert answers(worker)


def test_a_submission_that_kills_the_zygote_again_and_again_is_not_asked_for_ever(losing):
    killer = b"import os, time\ndef f(x):\n    os.kill(os.getppid(), 9)\n    time.sleep(9)"
    with losing.worker({"unet.py": killer}) as worker:
        with pytest.raises(SandboxLost, match="once more after a new start"):
            worker.call("apply", {}, {"x": X})
        assert not worker.alive
    with losing.worker({"unet.py": RIGHT}) as worker:
        assert answers(worker)


def test_a_worker_of_a_closed_sandbox_is_gone(losing):
    worker = losing.worker({"unet.py": RIGHT})
    zygote = losing.pid
    workers = children_of(zygote)
    assert len(workers) == 1
    losing.close()
    assert not any(map(runs, [zygote, *workers]))
    worker.close()
    losing.close()


def test_a_sandbox_that_cannot_start_says_why():
    why = r"did not start: .*No module named 'tests.sandbox.none'"
    with Sandbox(calls="tests.sandbox.none") as sandbox, pytest.raises(SandboxLost, match=why):
        sandbox.ready()


GRADER = """
import sys
from grader.sandbox.trusted import Sandbox
sandbox = Sandbox(calls="tests.sandbox.asked", mode=sys.argv[1].replace("fork", "") or None)
source = b"import os\\ndef f(): return {'facts': [os.getpid(), os.getppid(), os.environ['HOME']]}"
worker = sandbox.worker({"unet.py": source})
print(*worker.call("facts").data["facts"], flush=True)
worker.call("busy", limit_s=60)
"""


def test_when_the_grader_is_killed_all_else_is_gone_within_half_a_second():
    graders = [
        subprocess.Popen([sys.executable, "-c", GRADER, mode], cwd=LAB, stdout=subprocess.PIPE)
        for mode in ("fork", "process")
    ]
    for grader in graders:
        with grader:
            *pids, folder = grader.stdout.readline().split()
            pids = [int(pid) for pid in pids if int(pid) != grader.pid]
            time.sleep(0.2)  # into the call that hangs
            assert pids
            assert all(map(runs, pids))
            grader.kill()
            assert gone_within(0.5, pids)
            assert not Path(folder.decode()).exists()
