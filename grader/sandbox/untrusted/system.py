"""The few system calls that Python has no name for (Linux)."""

import ctypes
import os
import platform
import struct

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_KEEPCAPS, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = (
    1,
    4,
    8,
    36,
    38,
)
CAPSET = {"x86_64": 126, "aarch64": 91}
CAP_DAC_READ_SEARCH = 2


def prctl(option: int, value: int) -> bool:
    """True; raises OSError."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), f"prctl {option}")
    return True


def syscall(number: int, *arguments: bytes | int | None) -> int:
    """The result of a system call; raises OSError."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    passed = [ctypes.c_long(value) if isinstance(value, int) else value for value in arguments]
    result = int(libc.syscall(ctypes.c_long(number), *passed))
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def keep_capabilities(*kept: int) -> None:
    """Give up every capability but these. Raises OSError."""
    bits = sum(1 << capability for capability in kept)
    header = struct.pack("=Ii", 0x20080522, 0)  # the second version of the call, for this process
    sets = struct.pack("=6I", bits, bits, 0, 0, 0, 0)  # effective, permitted, inheritable; then 32 and up
    syscall(CAPSET[platform.machine()], header, sets)


def os_threads() -> int:
    """How many threads the system sees in this process."""
    return len(os.listdir("/proc/self/task"))
