"""What one submission may use in all, over its calls and workers; kept outside the code that spends it."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from grader.language import _
from grader.sandbox.trusted.answers import GivenUp, WorkerFailed
from grader.sandbox.trusted.meter import slowness

UNCOUNTED = ("import_file",)  # calls of this kind are about different files, and one says nothing of another
IDLE_LIMIT_S = 20.0  # of one call: no network has anything to wait for


@dataclass
class Budget:
    """What is left is for the next call; what is spent is measured, never told by the worker."""

    cpu_s: float = 600.0  # processor seconds; a right answer needs some 30, with every extension 60
    idle_s: float = 120.0  # in which it neither computes nor waits for the machine
    wall_s: float = 3600.0  # on a quiet machine: a backstop, and the machine's fault
    answers_mb: int = 256  # of all answers; those of a right one, with every extension, have 90
    facts_kb: int = 8192  # of plain data in all answers
    is_given_up: Callable[[], bool] = lambda: False  # asked while a call runs: does nobody wait any more?
    late_calls: int = 4  # of one kind that may run into a limit: what is right elsewhere is still asked
    spent_cpu_s: float = field(default=0.0, init=False)
    spent_idle_s: float = field(default=0.0, init=False)
    spent_wall_s: float = field(default=0.0, init=False)
    spent_bytes: int = field(default=0, init=False)
    spent_facts: int = field(default=0, init=False)
    late: Counter[str] = field(default_factory=Counter, init=False)

    def left(self, limit_s: float) -> tuple[float, float]:
        """(processor seconds, idle seconds) that the next call may use, of `limit_s` each."""
        idle_s = min(limit_s, IDLE_LIMIT_S, self.idle_s - self.spent_idle_s)
        return min(limit_s, self.cpu_s - self.spent_cpu_s), idle_s

    def look(self) -> None:
        """Raises GivenUp where nobody waits for an answer any more."""
        if self.is_given_up():
            raise GivenUp

    def admit(self, call: str) -> None:
        """Raises WorkerFailed where nothing is left for a call of this kind, and GivenUp."""
        self.look()
        if self.spent_cpu_s >= self.cpu_s:
            raise self._refusal(
                _("its {cpu_s:g} seconds of processor time for all calls are used up").format(
                    cpu_s=self.cpu_s
                )
            )
        if self.spent_idle_s >= self.idle_s:
            raise self._refusal(
                _("it has waited, without computing, for {idle_s:g} seconds in all").format(
                    idle_s=self.idle_s
                )
            )
        if self.late[call] >= self.late_calls and call not in UNCOUNTED:
            raise self._refusal(
                _("not tried: {late_calls} calls like this one took too long").format(
                    late_calls=self.late_calls
                )
            )
        if self.spent_bytes > self.answers_mb << 20:
            raise WorkerFailed(
                "too_large",
                _("its answers have more than {answers_mb} MB in all").format(answers_mb=self.answers_mb),
            )
        if self.spent_facts > self.facts_kb << 10:
            raise WorkerFailed(
                "too_large",
                _("its answers have more than {facts_kb} KB of facts in all").format(facts_kb=self.facts_kb),
            )
        if self.spent_wall_s >= self.wall_s * slowness():
            raise WorkerFailed(
                "machine",
                _("the machine was too busy for {spent_wall_s:.0f} seconds").format(
                    spent_wall_s=self.spent_wall_s
                ),
            )

    def charge(self, cpu_s: float, idle_s: float, wall_s: float) -> None:
        """A call, or what a worker used beside its calls."""
        self.spent_cpu_s += cpu_s
        self.spent_idle_s += idle_s
        self.spent_wall_s += wall_s

    def receive(self, answer: int, facts: int) -> None:
        """An answer of this many bytes, so many of them plain data."""
        self.spent_bytes += answer
        self.spent_facts += facts

    @staticmethod
    def _refusal(message: str) -> WorkerFailed:
        return WorkerFailed("timeout", message)
