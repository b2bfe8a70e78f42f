"""What an attack is: a hostile submission written as a function, and what must come of it.

The body of the function is the text of unet.py. The names below stand for facts of the scene (scene.py),
which an attacker might well find out: they are written above that text.
"""

import ast
import inspect
import textwrap
from collections.abc import Callable
from dataclasses import dataclass

LAB = ""  # the lab's folder
GRADER = ZYGOTE = 0  # processes
REPORT = ""  # a file that anybody may write
PORT = PACKETS = 0  # where somebody listens for connections, and for packets
SOCKET = ABSTRACT = ""  # the same for local sockets, one of them without a file
TOKEN = ""  # in the name of whatever is left behind
TURNED = ""  # the secret, backwards: this text is among what is searched
SCENE = ("LAB", "GRADER", "ZYGOTE", "REPORT", "PORT", "PACKETS", "SOCKET", "ABSTRACT", "TOKEN", "TURNED")


@dataclass(frozen=True)
class Attack:
    """A hostile unet.py.

    says: a pattern that is in the messages of its report. score: what it may earn, because it computed that.
    held_by: the layers of which each one alone stops it; without all of them it is not tried. Where none is
    named, none is needed. fast: whether
    it is among those of `make test`. hidden: graded with hidden inputs. beside: further files.
    at_zygote: whether it aims at what the next submission gets.
    """

    kind: str
    name: str
    text: str
    says: str
    score: int
    held_by: tuple[str, ...]
    fast: bool
    hidden: bool
    at_zygote: bool
    beside: Callable[[], dict[str, str]]

    @property
    def id(self) -> str:
        """Its kind and name."""
        return f"{self.kind}-{self.name}"

    def files(self, scene: dict[str, object]) -> dict[str, bytes]:
        """The submission, for this scene."""
        known = "".join(f"{name} = {scene[name]!r}\n" for name in SCENE)
        return {name: text.encode() for name, text in {"unet.py": known + self.text, **self.beside()}.items()}


def attack(
    says: str,
    held_by: tuple[str, ...] = (),
    score: int = 0,
    *,
    fast: bool = False,
    hidden: bool = False,
    at_zygote: bool = False,
    beside: Callable[[], dict[str, str]] = dict,
) -> Callable[[Callable[[], None]], Attack]:
    """Make an attack of a function."""

    def make(function: Callable[[], None]) -> Attack:
        kind = function.__module__.rpartition(".")[2]
        text = body_of(function)
        return Attack(kind, function.__name__, text, says, score, held_by, fast, hidden, at_zygote, beside)

    return make


def body_of(function: Callable[[], None]) -> str:
    """The text of a function's body."""
    source = textwrap.dedent(inspect.getsource(function))
    first = ast.parse(source).body[0].body[0]
    return textwrap.dedent("".join(source.splitlines(keepends=True)[first.lineno - 1 :]))


def attacks_in(*modules: object) -> list[Attack]:
    """All attacks of these modules."""
    return [one for module in modules for one in vars(module).values() if isinstance(one, Attack)]
