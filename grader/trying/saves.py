"""Word of each save of a student's files, whatever editor and file system they use.

The system's notices (watchfiles) come within milliseconds. Where none come, over SSH or a network, after a
folder was replaced, a look every quarter of a second finds the change.
"""

import threading
import time
from contextlib import suppress
from pathlib import Path

from watchfiles import watch

from grader.errors import LabError
from grader.intake.submission import read_submission
from grader.language import _
from grader.trying.first_look import troubles_in

LOOK_MS = 250  # between two looks without a notice
STEP_MS, DEBOUNCE_MS = 10, 40  # notices that come this close together are one
QUIET_S = 0.015  # without a change: the file is saved
PATIENCE_S = 0.4  # for a file that is missing, empty or half there to become whole
TICK_S = 0.2  # so that Ctrl-C is heard on Windows, too

Content = dict[str, bytes] | str  # the files, or why there are none


class Saves:
    """Watches from a thread of its own, until it is closed."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._seen: Content = read(folder)
        self._changed, self._end = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def has_changed(self) -> bool:
        """Whether the files are not what `wait` gave last."""
        return self._changed.is_set()

    def wait(self) -> Content:
        """The files after the next save, once they are whole, or for want of that as they are."""
        while not self._changed.wait(TICK_S):
            pass
        content = self._settled()
        self._changed.clear()
        self._seen = content
        if read(self._folder) != content:  # saved again between two lines of this function
            self._changed.set()
        return content

    def close(self) -> None:
        """Stop watching."""
        self._end.set()
        self._thread.join(timeout=2)

    def __enter__(self) -> "Saves":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _watch(self) -> None:
        while not self._end.is_set():
            self._end.wait(LOOK_MS / 1000)  # there is no folder to watch, or it is another one now
            self._look()
            with suppress(OSError, RuntimeError):  # no notices to be had: the looks go on
                self._follow()

    def _follow(self) -> None:
        """Look at each notice, as long as the folder is the same."""
        place = self._folder if self._folder.is_dir() else self._folder.parent
        known = _identity(place)
        notices = watch(
            place,
            watch_filter=None,
            debounce=DEBOUNCE_MS,
            step=STEP_MS,
            stop_event=self._end,
            rust_timeout=LOOK_MS,
            yield_on_timeout=True,
            raise_interrupt=False,
            recursive=False,
        )
        for _notice in notices:
            self._look()
            if _identity(place) != known:
                return

    def _look(self) -> None:
        if read(self._folder) != self._seen:
            self._changed.set()

    def _settled(self) -> Content:
        content, since = read(self._folder), time.monotonic()
        while True:
            is_whole = isinstance(content, dict) and all(content.values()) and not troubles_in(content)
            time.sleep(QUIET_S)
            again = read(self._folder)
            if again != content:
                content, since = again, time.monotonic()
            elif is_whole or time.monotonic() - since > PATIENCE_S:
                return content


def read(folder: Path) -> Content:
    """The submission's files, or the reason why there are none."""
    try:
        return read_submission(folder).files
    except LabError as error:
        return str(error)
    except OSError as error:  # gone while it was read
        return _("{folder} cannot be read: {reason}").format(folder=folder, reason=error.strerror or error)


def _identity(folder: Path) -> tuple[int, int] | None:
    try:
        status = folder.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
