"""An exception in the student's process, reduced to what helps: where in their code, and its text.

All of it is a claim: it runs beside the student's code, whose exceptions may be anything.
"""

import errno
import linecache
import os
from collections.abc import Container
from typing import Any

from grader.language import N_, _
from grader.text import without_places

TEXT_CAP, LINE_CAP = 500, 200  # characters of the exception's text, of the line of source
NO_MEMORY = (
    "can't allocate memory",
    "not enough memory",
    "cannot allocate memory",
    "bad_alloc",
    "out of memory",
)

OURS = "grader/"  # how the paths of the grader's modules begin in a worker


Place = tuple[str | None, int | None, str | None]  # file, line, source
REFUSED = N_(
    {  # by confine.py: the system's own words do not say why
        errno.EROFS: "the grader lets code read, but write no file",
        errno.EPERM: "the grader lets code start no process and open no connection",
    }
)


def reduce(error: BaseException, files: Container[str]) -> dict[str, Any]:
    """{"exception", "text", "file", "line", "source_line", "todo", "memory"} at the deepest own frame.

    And "ours": a line of the grader's that lies deeper, if there is one.
    """
    text = _text_of(error)
    number = error.errno if isinstance(error, OSError) else None
    if isinstance(error, RuntimeError) and os.strerror(errno.EROFS) in text:  # torch.save
        number = errno.EROFS
    if number in REFUSED:
        text = f"{text} ({_(REFUSED[number])})"
    place, ours = _deepest_own_frame(error, files)
    file, line, source = _place_in_syntax_error(error, files) or place
    if source is None and file is not None and line is not None:
        source = linecache.getline(file, line)
    return {
        "exception": _name_of(error),
        "text": text,
        "file": file,
        "line": line,
        "source_line": None if source is None else source.strip()[:LINE_CAP],
        "ours": ours,
        # torch raises NotImplementedError too, for an operation that a dtype or device does not have
        "todo": isinstance(error, NotImplementedError) and (not text or "TODO" in text),
        "memory": isinstance(error, MemoryError)
        or (isinstance(error, OSError) and error.errno == errno.ENOMEM)
        or (isinstance(error, RuntimeError) and any(sign in text.lower() for sign in NO_MEMORY)),
    }


def _name_of(error: BaseException) -> str:
    try:
        return str(type(error).__name__)[:100]
    except BaseException:  # a metaclass can make even this raise
        return "Exception"


def _text_of(error: BaseException) -> str:
    """The exception's text on one line."""
    try:
        text = error.msg if isinstance(error, SyntaxError) else str(error)
        if isinstance(error, ImportError) and isinstance(error.path, str):
            text = text.replace(f" ({error.path})", "")
        text = without_places(text)
        return " ".join(str(text)[: 4 * TEXT_CAP].split())[:TEXT_CAP]
    except BaseException as second:
        return _("(its text cannot be shown: {second})").format(second=_name_of(second))


def _place_in_syntax_error(error: BaseException, files: Container[str]) -> Place | None:
    """Where a SyntaxError says that it is, or None."""
    if isinstance(error, SyntaxError) and isinstance(error.filename, str) and error.filename in files:
        return error.filename, error.lineno if isinstance(error.lineno, int) else None, error.text
    return None


def _deepest_own_frame(error: BaseException, files: Container[str]) -> tuple[Place, str | None]:
    """(file, line, None) of the last frame that runs the submission's code; and the grader's behind it."""
    place: Place = (None, None, None)
    ours = None
    step = error.__traceback__
    while step is not None:
        file = step.tb_frame.f_code.co_filename
        if file in files:
            place, ours = (file, step.tb_lineno, None), None
        elif file.startswith(OURS):
            ours = f"{file}, line {step.tb_lineno}"
        step = step.tb_next
    return place, ours
