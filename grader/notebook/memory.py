"""Memory of the kernel: what it no longer uses goes back to the system.

A pass through the network needs some 0.5 GB, and so do a check's processes: on a machine with little memory
the one must not keep what the other needs. Both are GNU's C library; elsewhere nothing happens.
"""

import contextlib
import ctypes
import gc
import sys
import weakref
from collections.abc import Callable

_FORGET: list["weakref.WeakMethod[Callable[[], None]]"] = []
M_MMAP_THRESHOLD = -3
LARGE = 1 << 20  # bytes; without this the library raises its own limit up to 32 MB, and keeps what lies below


def keep_nothing_large() -> None:
    """From now on, feature maps go back when they are no longer used: 0.1 GB less for a pass."""
    _library_call("mallopt", M_MMAP_THRESHOLD, LARGE)


def can_forget(method: Callable[[], None]) -> None:
    """Note a method that forgets something large, which can be had again in a second."""
    _FORGET.append(weakref.WeakMethod(method))


def give_back(what_can_be_had_again: bool = False) -> None:
    """What is small and no longer used, too; and perhaps what methods can forget."""
    for method in [one() for one in _FORGET] if what_can_be_had_again else ():
        if method is not None:
            method()
    gc.collect()
    _library_call("malloc_trim", 0)


def _library_call(name: str, *arguments: int) -> None:
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):  # another C library
            getattr(ctypes.CDLL(None), name)(*arguments)
