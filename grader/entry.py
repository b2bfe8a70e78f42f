"""How try.py and `python -m grader` begin, whatever Python runs them: one line where the lab cannot start.

Only Python's own library, and nothing that Python 3.6 does not know: an old one has to reach its message.
"""

import os
import sys

OLDEST = (3, 10)
STOPPED = 130  # exit status after Ctrl-C, as shells have it
OURS = ("grader", "assets", "solution", "student")


def enter(module: str, function: str = "main") -> None:
    """Call a function of a module; what keeps it from being imported is one line, and exit status 2."""
    if sys.version_info < OLDEST:
        said = _("Python 3.10 or later is needed, and this is {version}: {remedy}")
        _end(said.format(version=sys.version.split()[0], remedy=remedy()))
    try:
        getattr(__import__(module, fromlist=[function]), function)()
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] in OURS:
            raise
        said = _("{name} is not installed for {python}: {remedy}")
        _end(said.format(name=error.name, python=sys.executable, remedy=remedy()))
    except KeyboardInterrupt:
        sys.stderr.write(_("Stopped.") + "\n")
        sys.exit(STOPPED)
    except BrokenPipeError:  # whoever read along has gone, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


def remedy() -> str:
    """How to enter the lab's environment, or to make it first; the path is the one from here."""
    lab = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    near = os.path.splitdrive(lab)[0] == os.path.splitdrive(os.getcwd())[0]
    here = os.path.relpath(lab) if near else lab
    folder = "Scripts" if os.name == "nt" else "bin"
    inside = os.path.join(".venv", folder, "activate")
    activate = inside if here == os.curdir else os.path.join(here, inside)
    activate = activate if os.name == "nt" else f"source {activate}"
    if os.path.abspath(sys.prefix) == os.path.join(lab, ".venv"):
        return _("run `python -m pip install -r requirements.txt` in the lab's folder")
    if os.path.exists(os.path.join(lab, ".venv", folder)):
        return _("enter the lab's environment with `{activate}`, then run this again").format(
            activate=activate
        )
    python = "py" if os.name == "nt" else "python3"
    said = _(
        "in the lab's folder, run `{python} -m venv .venv`, `{activate}` and "
        "`python -m pip install -r requirements.txt` first"
    )
    return said.format(python=python, activate=activate)


def _(text: str) -> str:
    """The text in the language that is asked for; an old Python cannot read what would translate it."""
    try:
        from grader import language

        language.use(language.chosen(sys.argv[1:]))
        return language._(text)
    except Exception:
        return text


def _end(message: str) -> None:
    sys.stderr.write(_("error: {text}").format(text=message) + "\n")
    sys.exit(2)
