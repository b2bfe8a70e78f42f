"""Where attacks take place: a sandbox, the lab's files, listeners, a report that anybody may write.

And whether anything of that was touched.
"""

import os
import select
import socket
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path

from attacks.attack import Attack
from corpus.build import solution
from sandbox.asking import children_of, gone_within

from grader.grading.options import Options
from grader.grading.scoring import run_rubric
from grader.grading.second_opinion import SecondOpinion
from grader.implementations import Frozen, Implementation, InWorker, live_solution
from grader.lab.paths import LAB, MODEL
from grader.report.model import GRADER_ERROR, Check, Report
from grader.sandbox.trusted import Budget, Limits, Sandbox

SECRET = "kingfisher-in-the-rain-4711"
TOKEN = "left-by-an-attack"
WATCHED = ("grader", "solution", "student", "assets")
PUBLIC_PLACES = ("/tmp", "/var/tmp", "/dev/shm", str(LAB), str(LAB / "assets"), str(LAB / "solution"))
STAY_S = 1.0  # for a process of the submission's to be gone
CURRENT = "PYTEST_CURRENT_TEST"
CALL_S, ALL_CALLS_S, MEMORY_MB = 0.5, 1.5, 600  # what attacks get, of each kind of second


class Hurried(InWorker):
    """A submission whose calls get half a second each."""

    def limit_s(self, call: str) -> float:
        return CALL_S


class Scene:
    """One sandbox, without some layers, and what may be harmed around it."""

    def __init__(self, without: tuple[str, ...], place: Path):
        self._place, self._stack = place, ExitStack()
        os.environ["UNET_LAB_SECRET"] = SECRET
        least = None if without else "full"
        self.sandbox = self._stack.enter_context(Sandbox(MODEL, without=without, isolation=least))
        self._stack.callback(os.environ.pop, "UNET_LAB_SECRET", None)
        self.sandbox.ready()
        self.sandbox.limit(Limits(memory_mb=MEMORY_MB, open_files=64))
        self._listen()
        self._place.chmod(0o777)
        self._report = self._place / "report.json"
        self._report.write_text("{}")
        self._report.chmod(0o666)
        self._public, self._hidden = Implementation(Frozen()), None
        self._doubt = SecondOpinion(self._of_solution)

    def close(self) -> None:
        self._stack.close()

    def grade(self, one: Attack) -> Report:
        """The attack's report; asserts that nothing else came of it."""
        zygote = self.sandbox.pid
        before, spent = self._files(), Budget(cpu_s=ALL_CALLS_S, idle_s=ALL_CALLS_S, late_calls=1)
        if one.score:
            report = self._grade(InWorker(self.sandbox, one.files(self._facts())), one.hidden)
        else:
            report = self._grade(Hurried(self.sandbox, one.files(self._facts()), spent), one.hidden)
        assert gone_within(STAY_S, children_of(zygote)), "a process of the submission's is left"
        assert self.sandbox.pid == zygote, "the zygote was lost"
        assert self._files() == before, "files of the lab were changed"
        assert self._report.read_text() == "{}", "the report was changed"
        assert self._left_behind() == []
        assert self._reached() == [], "a listener was reached"
        return report

    def an_honest_one_still_scores_100(self) -> None:
        honest = InWorker(self.sandbox, {name: text.encode() for name, text in solution().items()})
        self.sandbox.limit(Limits())
        assert self._grade(honest, hidden=False).score == 100
        self.sandbox.limit(Limits(memory_mb=MEMORY_MB, open_files=64))

    def _grade(self, worker: InWorker, hidden: bool) -> Report:
        running = os.environ.get(CURRENT, "")
        try:
            network, reference = Implementation(worker), self._reference(hidden)
            options = Options(hidden=SECRET if hidden else None)
            todos = run_rubric(network, reference, options=options, doubt=self._doubt)
        finally:
            worker.close()
            os.environ[CURRENT] = running  # the rubric is run by pytest, and takes it away
        kind = "hidden" if hidden else "public"
        return Report("attack", {}, todos, output="".join(worker.output), inputs={"kind": kind})

    @cached_property
    def _of_solution(self) -> Sandbox:
        """A sandbox for the solution, with limits that it keeps to."""
        return self._stack.enter_context(Sandbox(MODEL))

    def _reference(self, hidden: bool) -> Implementation:
        if not hidden:
            return self._public
        if self._hidden is None:  # asked each question once
            solution = live_solution(self._of_solution)
            self._stack.callback(solution.close)
            self._hidden = Implementation(solution)
        return self._hidden

    def _facts(self) -> dict[str, object]:
        return {
            "LAB": str(LAB),
            "GRADER": os.getpid(),
            "ZYGOTE": self.sandbox.pid,
            "REPORT": str(self._report),
            "PORT": self._tcp.getsockname()[1],
            "PACKETS": self._udp.getsockname()[1],
            "SOCKET": self._local.getsockname(),
            "ABSTRACT": self._abstract.getsockname().decode("latin-1"),
            "TOKEN": TOKEN,
            "TURNED": SECRET[::-1],
        }

    def _listen(self) -> None:
        path, name = str(self._place / "listener"), f"\0unet-lab-{os.getpid()}"
        self._tcp = self._stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        self._udp = self._stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        self._local = self._stack.enter_context(socket.socket(socket.AF_UNIX))
        self._abstract = self._stack.enter_context(socket.socket(socket.AF_UNIX))
        for one, address in ((self._udp, ("127.0.0.1", 0)), (self._local, path), (self._abstract, name)):
            one.bind(address)
        os.chmod(path, 0o777)
        for one in (self._local, self._abstract):
            one.listen()

    def _reached(self) -> list[socket.socket]:
        return select.select([self._tcp, self._udp, self._local, self._abstract], [], [], 0)[0]

    def _files(self) -> dict[str, tuple[int, ...]]:
        """What the system says of each file; Python's own compiled files aside, which any test may write."""
        found = {}
        for folder in WATCHED:
            for path in (LAB / folder, *(LAB / folder).rglob("*")):
                if "__pycache__" not in path.parts:
                    said = path.lstat()
                    times = (said.st_mtime_ns, said.st_ctime_ns) if path.is_file() else ()
                    found[str(path)] = (said.st_ino, said.st_mode, said.st_uid, said.st_size, *times)
        return found

    def _left_behind(self) -> list[str]:
        places = (*PUBLIC_PLACES, str(LAB / "grader/__pycache__"))
        names = {f"{TOKEN}{end}" for end in ("", ".py", ".pyc", ".pth")}
        return [f"{place}/{name}" for place in places for name in names if os.path.lexists(f"{place}/{name}")]


def messages(report: Report) -> str:
    """All that the checks say."""
    return "\n".join(check.message for todo in report.todos for check in todo.checks if check.message)


def faults(report: Report) -> list[Check]:
    """Checks in which the grader failed."""
    return [check for todo in report.todos for check in todo.checks if check.status == GRADER_ERROR]
