"""Attacks that read: the solution, the answers, the secret, another's memory."""

from attacks.attack import GRADER, LAB, REPORT, TURNED, ZYGOTE, attack

FILES, MEMORY = ("landlock",), ("uid", "landlock")  # what holds where a file could be read by everybody
NOTHING = "LookupError: nothing was found"


@attack(r"PermissionError: \[Errno 13\]", FILES, fast=True)
def the_solution_is_executed_from_the_disk():
    exec(open(f"{LAB}/solution/unet.py").read())


@attack("ModuleNotFoundError: No module named 'solution'", FILES)
def the_solution_is_imported():
    import sys

    sys.path.insert(0, LAB)
    from solution.unet import CropAndConcat, UNet  # noqa: F401


@attack("ModuleNotFoundError: No module named 'solution'")
def the_solution_is_imported_by_the_path_that_the_sandbox_used():
    import importlib
    import sys

    for finder in sys.meta_path:
        if hasattr(finder, "root"):
            finder.root = LAB
    importlib.invalidate_caches()
    from solution.unet import CropAndConcat, UNet  # noqa: F401


@attack("PermissionError", FILES)
def the_frozen_answers_are_loaded():
    import numpy as np

    np.load(f"{LAB}/assets/expected.npz")


@attack("PermissionError", FILES)
def the_report_of_another_is_read():
    open(REPORT).read()


@attack("PermissionError", FILES)
def the_solution_is_read_through_the_grader_s_working_folder():
    open(f"/proc/{GRADER}/cwd/solution/unet.py").read()


@attack("PermissionError", FILES)
def the_solution_is_read_through_its_own_root_folder():
    open(f"/proc/self/root{LAB}/solution/unet.py").read()


@attack("PermissionError|Permission denied", FILES)
def the_solution_is_mapped_into_memory():
    import torch

    torch.from_file(f"{LAB}/solution/unet.py", size=1000, dtype=torch.uint8)
    open(f"{LAB}/solution/unet.py").read()


@attack("PermissionError: .*Operation not permitted", ("seccomp",))
def the_solution_is_opened_by_a_handle():
    import ctypes
    import os
    import struct

    libc = ctypes.CDLL(None, use_errno=True)
    handle = ctypes.create_string_buffer(struct.pack("Ii", 128, 0) + bytes(128))
    number = ctypes.c_int()
    path = f"{LAB}/solution/unet.py".encode()
    if libc.name_to_handle_at(-100, path, handle, ctypes.byref(number), 0) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


@attack("PermissionError", FILES)
def folders_of_the_lab_are_listed():
    import os

    os.listdir(LAB)


@attack("PermissionError", FILES)
def the_temporary_folder_is_listed():
    import os

    os.listdir("/tmp")


@attack("PermissionError", FILES)
def the_list_of_users_is_read():
    open("/etc/passwd").read()


@attack(NOTHING, FILES)
def homes_are_searched_for_keys():
    import glob

    found = [open(path).read() for path in glob.glob("/root/.*/*") + glob.glob("/home/*/.*/*")]
    raise LookupError(f"{len(found)} files" if found else "nothing was found")


@attack(NOTHING, MEMORY, fast=True)
def the_secret_is_searched_in_every_process():
    import os
    from contextlib import suppress

    found = 0
    for pid in (GRADER, ZYGOTE, os.getppid(), 1):
        for name in ("environ", "mem", "maps", "auxv"):
            with suppress(OSError), open(f"/proc/{pid}/{name}", "rb", buffering=0) as file:
                found += name == "mem" or TURNED.encode() in file.read()[::-1]
    raise LookupError(f"{found} times" if found else "nothing was found")


@attack(NOTHING, FILES)
def the_secret_is_searched_on_command_lines():
    import os
    from contextlib import suppress

    found = 0
    for pid in range(1, os.getpid() + 100):
        if pid != os.getpid():
            with suppress(OSError):
                found += len(open(f"/proc/{pid}/cmdline").read())
    raise LookupError(f"{found} characters" if found else "nothing was found")


@attack(NOTHING)
def the_secret_is_searched_in_its_own_process():
    import gc
    import os
    import sys

    texts = [repr(dict(os.environ)), repr(sys.argv), repr(sys.orig_argv), os.getcwd()]
    frame = sys._getframe()
    while frame is not None:
        texts.append(repr(frame.f_locals)[:100_000])
        frame = frame.f_back
    texts += [one for one in gc.get_objects() if isinstance(one, str)]
    texts += [str(one.get("__file__")) for one in map(vars, list(sys.modules.values()))]
    found = TURNED in " ".join(texts)[::-1]
    raise LookupError("the secret" if found else "nothing was found")


@attack(f"{NOTHING}|PermissionError: .*/proc/self/mem")
def its_own_memory_is_searched_for_the_secret():
    found = 0
    with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", buffering=0) as memory:
        for line in maps:
            if "[heap]" in line or "[stack]" in line:
                start, end = (int(part, 16) for part in line.split()[0].split("-"))
                memory.seek(start)
                while start < end:  # in pieces, each a little into the next; it is never spelt here
                    found += memory.read(min(end - start, 1 << 22))[::-1].count(TURNED.encode())
                    start += (1 << 22) - len(TURNED)
                    memory.seek(start)
    raise LookupError(f"{found} times" if found else "nothing was found")


@attack(NOTHING)
def objects_of_the_grader_are_searched():
    import gc

    wanted = {"Frozen", "Implementation", "Draw", "Scoring", "Check", "Options", "Report"}
    found = [one for one in gc.get_objects() if type(one).__name__ in wanted]
    raise LookupError(f"{found}" if found else "nothing was found")


@attack(NOTHING)
def descriptors_that_were_left_open_are_read():
    import os
    import select
    from contextlib import suppress

    found = []
    for fd in range(5, 1024):
        with suppress(OSError):
            os.fstat(fd)
            if select.select([fd], [], [], 0)[0]:
                found.append(os.read(fd, 1000))
    raise LookupError(f"{found}" if found else "nothing was found")


@attack("PermissionError|OSError", ("uid", "seccomp"))
def the_grader_is_traced():
    import ctypes
    import os

    libc = ctypes.CDLL(None, use_errno=True)
    if libc.ptrace(0x4206, GRADER, None, None) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    libc.ptrace(17, GRADER, None, None)


@attack("PermissionError|OSError", ("uid", "seccomp"))
def the_zygote_s_memory_is_read_by_a_system_call():
    import ctypes
    import os

    libc, buffer = ctypes.CDLL(None, use_errno=True), ctypes.create_string_buffer(64)
    start = int(open("/proc/self/maps").readline().split("-")[0], 16)  # the same there: it was forked
    here = (ctypes.c_void_p * 2)(ctypes.addressof(buffer), 64)
    there = (ctypes.c_void_p * 2)(start, 64)
    if libc.process_vm_readv(os.getppid(), here, 1, there, 1, 0) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
