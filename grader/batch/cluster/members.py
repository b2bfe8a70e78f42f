"""The workers of a cluster: who may grade, and who may not and why.

Each is asked before it gets anything secret.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from grader.batch.cluster.letter import Introduction, Sealed
from grader.batch.cluster.likeness import differences
from grader.language import _

DEEP = 2  # letters at one worker: it has the next one when it is done
STRIKES = 3  # hand-ins in a row that a worker could not grade, before it gets no more


@dataclass
class Member:
    """One worker process. letters: {Dask's key: (its future, the task)}, the one in work first."""

    address: str
    state: str = "asked"  # then joining, in, out
    letters: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    question: Any = None  # the future of its introduction, then of its joining
    strikes: int = 0

    @property
    def host(self) -> str:
        """Its machine."""
        return urlsplit(self.address).hostname or self.address

    @property
    def room(self) -> int:
        """How many letters it may still get."""
        return DEEP - len(self.letters) if self.state == "in" else 0


class Reasons:
    """Why workers are left out, each said once for a machine."""

    def __init__(self, say: Callable[[str], None]):
        self._say = say
        self.said: dict[tuple[str, str], int] = {}

    def add(self, host: str, reason: str) -> None:
        """One more."""
        if (host, reason) not in self.said:
            self._say(_("no work for the workers at {host}: {reason}").format(host=host, reason=reason))
        self.said[host, reason] = self.said.get((host, reason), 0) + 1

    def __str__(self) -> str:
        return _("; ").join(f"{host}: {reason}" for host, reason in self.said)


def misfit(found: Introduction, ours: Mapping[str, str]) -> str:
    """Why a worker with this introduction cannot grade; nothing where it can."""
    if found.problem:
        return found.problem
    if others := differences(ours, found.likeness):
        return _("its lab is another one ({others}): every machine needs the same copy").format(
            others=", ".join(others)
        )
    if found.threads != 1:
        return _("it has {threads} threads, and a sandbox belongs to one: start it with --nthreads 1").format(
            threads=found.threads
        )
    return ""


def unable(error: BaseException | None) -> str:
    """Why a worker could not even be asked."""
    text = str(error or "").strip().splitlines()
    if isinstance(error, ModuleNotFoundError | ImportError | AttributeError):
        said = _("it cannot load the lab ({reason}): start it in the lab's folder")
        return said.format(reason=text[0] if text else _("no reason"))
    return _("Dask says {type}").format(type=type(error).__name__)


def sealed_for(found: Introduction, run: str, packed: bytes) -> Sealed:
    """What a worker needs, for it alone."""
    from grader.batch.cluster.sealing import seal

    return Sealed(run, seal(packed, found.address))
