"""Attacks that take: time, memory, files, room for output. They get a second, as a whole submission gets ten
minutes (scene.py)."""

from attacks.attack import attack

WAITED, COMPUTED, MEMORY = "it waited, without computing", "seconds of processor time", "it needs more memory"


@attack(COMPUTED, fast=True)
def it_computes_for_ever():
    while True:
        pass


@attack(COMPUTED)
def it_computes_for_ever_in_threads():
    import threading

    for _ in range(4):
        threading.Thread(target=lambda: [None for _ in iter(int, 1)]).start()
    while True:
        pass


@attack(COMPUTED)
def it_computes_for_ever_and_catches_everything():
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass


@attack(COMPUTED)
def a_pattern_takes_for_ever():
    import re

    re.match(r"(a+)+$", "a" * 60 + "b")


@attack(COMPUTED)
def a_number_takes_for_ever():
    print(len(bytes((9**9**8) % 251)))


@attack(COMPUTED)
def it_multiplies_for_ever():
    import torch

    x = torch.ones(500, 500)
    while True:
        x = x @ x


@attack(WAITED, fast=True)
def it_sleeps():
    import time

    time.sleep(57)


@attack(WAITED)
def it_waits_for_a_lock():
    import threading

    lock = threading.Lock()
    lock.acquire()
    lock.acquire()


@attack(WAITED)
def it_waits_for_a_pipe():
    import os

    os.read(os.pipe()[0], 1)


@attack(WAITED)
def it_stops_itself():
    import os
    import signal

    os.kill(os.getpid(), signal.SIGSTOP)


@attack(WAITED)
def it_sleeps_and_hears_no_signal():
    import contextlib
    import signal
    import time

    for number in range(1, 65):
        with contextlib.suppress(OSError, ValueError):
            signal.signal(number, signal.SIG_IGN)
    time.sleep(57)


@attack(f"{COMPUTED}|{WAITED}")
def it_prints_for_ever():
    while True:
        print("x" * 10_000)


@attack(MEMORY, fast=True)
def it_takes_memory_bit_by_bit():
    kept = []
    while True:
        kept.append(bytes(1 << 24))


@attack(MEMORY)
def it_takes_memory_at_once():
    bytearray(8 << 30)


@attack(MEMORY)
def it_takes_a_huge_tensor():
    import torch

    torch.ones(8 << 30, dtype=torch.uint8)


@attack(MEMORY)
def it_takes_shared_memory():
    import mmap

    mmap.mmap(-1, 8 << 30)


@attack(f"{MEMORY}|can't start new thread|{COMPUTED}|{WAITED}")
def a_thread_bomb():
    import threading

    forever = threading.Event()
    while True:
        threading.Thread(target=forever.wait, daemon=True).start()


@attack("Too many open files")
def a_bomb_of_files():
    kept = []
    while True:
        kept.append(open("/dev/null"))


@attack("Too many open files")
def a_bomb_of_pipes():
    import os

    while True:
        os.pipe()


@attack("RecursionError")
def it_calls_itself_for_ever():
    def again():
        again()

    again()


@attack("SIGSEGV|RecursionError|MemoryError|more memory")
def it_calls_itself_past_every_limit():
    import sys

    sys.setrecursionlimit(1 << 30)

    class Deep:
        def __getattr__(self, name):
            return getattr(self, name + "x"[:0])

    Deep().x  # noqa: B018


@attack("Python cannot read this file|SyntaxError|RecursionError|MemoryError|more memory")
def code_that_takes_the_compiler_down():
    exec("(" * 5_000 + ")" * 5_000)


@attack(f"UNet|{COMPUTED}")
def a_destructor_never_ends():
    class Endless:
        def __del__(self):
            while True:
                pass

    del Endless().x


@attack("UNet")
def the_clock_is_set_back_in_its_own_process():
    import time

    time.time = time.monotonic = time.perf_counter = lambda: -1e9


@attack(f"died|SIGXCPU|{COMPUTED}|OSError|ValueError")
def its_own_limits_are_raised():
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
