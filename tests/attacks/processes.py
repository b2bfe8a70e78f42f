"""Attacks that start processes, stay, or aim at another process."""

from attacks.attack import GRADER, REPORT, attack

REFUSED = "PermissionError: .*lets code start no process"
OTHERS = ("uid", "seccomp")  # what holds where another process is the aim
ONE = ("seccomp",)


@attack(REFUSED, ONE, fast=True)
def a_daemon_waits_for_the_report():
    import os
    import time

    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            while True:
                try:
                    open(REPORT, "w").write("100 of 100")
                except OSError:
                    pass
                time.sleep(0.05)
        os._exit(0)


@attack(REFUSED, ONE)
def a_fork_bomb():
    import os

    while True:
        os.fork()


@attack(REFUSED, ONE)
def a_copy_is_made_by_a_bare_system_call():
    import ctypes
    import os

    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(56 if os.uname().machine == "x86_64" else 220, 17, 0, 0, 0, 0) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


@attack("PermissionError|OSError: .*Function not implemented", ONE)
def a_copy_is_made_by_the_newest_system_call():
    import ctypes
    import os

    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(435, bytes(8) + bytes(80), 88) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


@attack("PermissionError|OSError", ONE)
def a_program_is_run():
    import subprocess

    subprocess.run(["/bin/sh", "-c", f"echo 100 > {REPORT}"], check=True)


@attack("LookupError: status -1|LookupError: status 32512", ONE)
def a_shell_is_asked():
    import os

    raise LookupError(f"status {os.system(f'echo 100 > {REPORT}')}")


@attack("PermissionError|OSError", ONE)
def a_program_takes_its_place():
    import os

    os.execv("/bin/sh", ["sh", "-c", f"echo 100 > {REPORT}; sleep 60"])


@attack("PermissionError|OSError", ONE)
def a_program_is_spawned():
    import os

    os.posix_spawn("/bin/sh", ["sh", "-c", f"echo 100 > {REPORT}"], {})


@attack("PermissionError|OSError", ONE)
def a_pool_of_processes_is_started():
    import multiprocessing

    with multiprocessing.get_context("fork").Pool(2) as pool:
        pool.map(print, range(3))


@attack("PermissionError|OSError|RuntimeError", ONE)
def a_data_loader_starts_workers():
    import torch

    list(torch.utils.data.DataLoader([torch.zeros(1)], num_workers=2))


@attack("PermissionError", OTHERS, fast=True, at_zygote=True)
def the_zygote_is_killed():
    import os
    import signal

    os.kill(os.getppid(), signal.SIGKILL)


@attack("PermissionError", OTHERS, at_zygote=True)
def the_zygote_is_stopped():
    import os
    import signal

    os.kill(os.getppid(), signal.SIGSTOP)


@attack("PermissionError", OTHERS)
def the_grader_gets_a_signal():
    import os
    import signal

    os.kill(GRADER, signal.SIGCONT)


@attack("PermissionError|no class UNet", OTHERS)
def everybody_gets_a_signal():
    import os
    import signal

    os.kill(-1, signal.SIGCONT)


@attack("PermissionError|OSError", OTHERS)
def the_grader_gets_a_signal_by_a_descriptor():
    import os
    import signal

    signal.pidfd_send_signal(os.pidfd_open(GRADER), signal.SIGCONT)


@attack("PermissionError|OSError", OTHERS)
def the_kernel_is_to_send_the_signal():
    import fcntl
    import os

    read, write = os.pipe()
    fcntl.fcntl(read, fcntl.F_SETOWN, GRADER)
    fcntl.fcntl(read, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
    os.write(write, b"x")
    os.kill(GRADER, 0)


@attack("PermissionError|OSError", OTHERS)
def the_grader_gets_a_limit():
    import resource

    resource.prlimit(GRADER, resource.RLIMIT_NOFILE, (3, 3))


@attack("PermissionError|OSError", OTHERS)
def the_grader_is_made_slow():
    import os

    os.setpriority(os.PRIO_PROCESS, GRADER, 19)


@attack("PermissionError|OSError", OTHERS)
def the_grader_gets_one_processor():
    import os

    os.sched_setaffinity(GRADER, {0})


@attack("PermissionError|OSError", ONE)
def it_wants_a_session_of_its_own():
    import os

    if os.getsid(0) == os.getpid():
        os.setpgid(0, 0)
    os.setsid()


@attack("PermissionError|OSError", ONE)
def it_wants_a_world_of_its_own():
    import ctypes
    import os

    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(0x10000000 | 0x00020000) < 0:  # users, file systems
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


@attack("PermissionError|OSError", ("uid",))
def it_wants_to_be_root():
    import os

    os.setuid(0) if os.getuid() else os.setgroups([0])


@attack("PermissionError|OSError", ONE)
def it_wants_another_root_folder():
    import os

    os.chroot("/tmp")


@attack("PermissionError|OSError|RuntimeError", ONE)
def it_wants_to_outlive_the_zygote():
    import ctypes
    import os

    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(1, 0, 0, 0, 0) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


@attack("UNet")
def threads_wait_for_the_report():
    import threading
    import time

    def wait():
        while True:
            try:
                open(REPORT, "w").write("100 of 100")
            except OSError:
                time.sleep(0.01)

    for _ in range(4):
        threading.Thread(target=wait).start()


@attack("SystemExit|ended itself|died|exit status")
def something_is_to_be_done_at_the_end():
    import atexit
    import sys

    atexit.register(lambda: open(REPORT, "w").write("100 of 100"))
    sys.exit(0)


@attack("ended by SIGALRM|SIGALRM")
def an_alarm_is_set():
    import signal
    import time

    signal.setitimer(signal.ITIMER_REAL, 0.05)
    time.sleep(10)
