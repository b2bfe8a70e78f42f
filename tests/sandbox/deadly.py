"""What a student's f(x) might do to its process. Sent as text, run only in a worker.

`ENDINGS`: the function, the kinds that its failure may have, and words of the message.
"""

import inspect


def ends_at_once(x):
    import os

    print("last words")
    os._exit(0)


def reads_nowhere(x):
    import ctypes

    ctypes.string_at(0)


def aborts(x):
    import os

    os.abort()


def kills_itself(x):
    import os

    os.kill(os.getpid(), 9)


def sleeps(x):
    import time

    time.sleep(100)


def runs_in_circles(x):
    while True:
        pass


def stops_itself(x):
    import os
    import signal

    os.kill(os.getpid(), signal.SIGSTOP)


def ignores_every_signal(x):
    import contextlib
    import signal
    import time

    for number in range(1, 65):
        with contextlib.suppress(OSError, ValueError):
            signal.signal(number, signal.SIG_IGN)
    time.sleep(100)


def waits_for_a_thread(x):
    import threading

    thread = threading.Thread(target=threading.Event().wait)
    thread.start()
    thread.join()


def prints_without_end(x):
    while True:
        print("x" * 1000)


def writes_garbage_into_every_file(x):
    import contextlib
    import os

    for fd in range(3, 201):
        with contextlib.suppress(OSError):
            os.write(fd, b"garbage" * 100)
    return x


def writes_zeros_into_every_file(x):
    import contextlib
    import os

    for fd in range(3, 201):
        with contextlib.suppress(OSError):
            os.write(fd, bytes(64))
    return x


def answers_twice(x):
    import os

    from grader.sandbox.protocol.frames import pack

    os.write(3, 2 * pack({"id": 1, "data": {}}))
    return x


def answers_another_call(x):
    import os
    import time

    from grader.sandbox.protocol.frames import pack

    os.write(3, pack({"id": 2, "data": {}}))
    time.sleep(100)


def answers_by_half(x):
    import os

    from grader.sandbox.protocol.frames import pack

    os.write(3, pack({"id": 1, "data": {}})[:-1])
    os._exit(0)


def announces_a_terabyte(x):
    import os

    os.write(3, (1 << 40).to_bytes(8, "little"))
    while True:
        os.write(3, bytes(1 << 16))


def closes_everything(x):
    import os

    os.closerange(0, 4096)
    return x


def closes_everything_and_sleeps(x):
    import os
    import time

    os.closerange(0, 4096)
    time.sleep(100)


def wants_a_tensor_of_8_gb(x):
    import torch

    return torch.ones(8 << 30, dtype=torch.uint8)


def wants_an_array_of_8_gb(x):
    import numpy as np

    return np.ones(8 << 30, np.uint8)


def wants_8_gb_of_bytes(x):
    return bytearray(8 << 30)


def wants_8_gb_of_shared_memory(x):
    import mmap

    return mmap.mmap(-1, 8 << 30)


WAITED = "it waited, without computing, for 0.5 seconds"
COMPUTED = "it used more than 0.5 seconds of processor time"
NO_ANSWER = "something that is no answer"
ENDINGS = [
    (ends_at_once, "died", "ended itself before it answered (exit status 0)"),
    (reads_nowhere, "died", "SIGSEGV"),
    (aborts, "died", "SIGABRT"),
    (kills_itself, "died", "SIGKILL"),
    (sleeps, "timeout", WAITED),
    (runs_in_circles, "timeout", COMPUTED),
    (stops_itself, "timeout", WAITED),
    (ignores_every_signal, "timeout", WAITED),
    (waits_for_a_thread, "timeout", WAITED),
    (prints_without_end, "timeout", COMPUTED),
    (writes_garbage_into_every_file, "too_large", "at most 64 MB"),
    (writes_zeros_into_every_file, "nonsense", NO_ANSWER),
    (answers_twice, "nonsense", NO_ANSWER),
    (answers_another_call, "nonsense", NO_ANSWER),
    (answers_by_half, "died", "exit status 0"),
    (announces_a_terabyte, "too_large", "the answer has 1048576 MB; at most 64 MB can be sent"),
    (closes_everything, "died", "before it answered (exit status 1)"),
    (closes_everything_and_sleeps, "died", "closed the connection to the grader"),
    (wants_a_tensor_of_8_gb, "memory", "more memory than is allowed"),
    (wants_an_array_of_8_gb, "memory", "more memory than is allowed"),
    (wants_8_gb_of_bytes, "memory", "more memory than is allowed"),
    (wants_8_gb_of_shared_memory, "memory", "more memory than is allowed"),
]


def source_of(function) -> str:
    """The text of a unet.py whose f is this function."""
    return f"{inspect.getsource(function)}\nf = {function.__name__}\n"
