"""seccomp: the system calls that a worker is refused, as a filter that the kernel runs at every call.

A deny list: threads and arithmetic stay as they are. Each call's number stands for x86-64 and for arm64;
the second has been written from the kernel's tables and not been run. Needs no privilege but
no_new_privs, works in containers, and cannot be taken off again.
"""

import ctypes
import errno
import os
import platform
import struct

from grader.sandbox.untrusted.system import syscall

Numbers = tuple[int | None, int | None]  # x86-64, arm64
MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}  # column in the tables, the kernel's name
SECCOMP: Numbers = (317, 277)
SET_MODE_FILTER, ALL_THREADS = 1, 1

PROCESSES: dict[str, Numbers] = {
    "fork": (57, None), "vfork": (58, None), "execve": (59, 221), "execveat": (322, 281),
    "setsid": (112, 157), "setpgid": (109, 154), "unshare": (272, 97), "setns": (308, 268),
}  # fmt: skip
OTHERS: dict[str, Numbers] = {  # signals to other processes, and a look into them
    "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240), "tkill": (200, 130),
    "pidfd_open": (434, 434), "pidfd_send_signal": (424, 424), "pidfd_getfd": (438, 438),
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "process_madvise": (440, 440), "process_mrelease": (448, 448), "kcmp": (312, 272),
    "setpriority": (141, 140), "ioprio_set": (251, 30), "migrate_pages": (256, 238), "move_pages": (279, 239),
    # Not for itself either: who gives way to everybody looks as if the machine were too busy.
    "sched_setscheduler": (144, 119), "sched_setparam": (142, 118), "sched_setattr": (314, 274),
}  # fmt: skip
CHANNELS: dict[str, Numbers] = {  # ways to others that are no file, and memory that no limit counts
    "socket": (41, 198), "socketpair": (53, 199), "shmget": (29, 194), "msgget": (68, 186),
    "semget": (64, 190), "mq_open": (240, 180), "memfd_create": (319, 279), "memfd_secret": (447, 447),
    "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219),
    "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
}  # fmt: skip
MACHINE: dict[str, Numbers] = {  # the machine itself; most of it is root's anyway
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51),
    "open_tree": (428, 428), "move_mount": (429, 429), "fsopen": (430, 430), "fsconfig": (431, 431),
    "fsmount": (432, 432), "fspick": (433, 433), "mount_setattr": (442, 442),
    "open_tree_attr": (467, 467),
    "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265), "bpf": (321, 280),
    "perf_event_open": (298, 241), "userfaultfd": (323, 282), "fanotify_init": (300, 262),
    "personality": (135, 92), "setrlimit": (160, 164), "swapon": (167, 224), "swapoff": (168, 225),
    "reboot": (169, 142), "sethostname": (170, 161), "setdomainname": (171, 162), "syslog": (103, 116),
    "init_module": (175, 105), "finit_module": (313, 273), "delete_module": (176, 106),
    "kexec_load": (246, 104), "kexec_file_load": (320, 294), "acct": (163, 89), "quotactl": (179, 60),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112), "adjtimex": (159, 171), "clock_adjtime": (305, 266),
    "iopl": (172, None), "ioperm": (173, None),
}  # fmt: skip
CHANGES: dict[str, Numbers] = {  # of files and folders; open and openat are told by their flags
    "creat": (85, None), "truncate": (76, 45), "mkdir": (83, None), "mkdirat": (258, 34), "rmdir": (84, None),
    "unlink": (87, None), "unlinkat": (263, 35), "rename": (82, None), "renameat": (264, 38),
    "renameat2": (316, 276), "link": (86, None), "linkat": (265, 37), "symlink": (88, None),
    "symlinkat": (266, 36), "mknod": (133, None), "mknodat": (259, 33), "fallocate": (285, 47),
    "chmod": (90, None), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452),
    "chown": (92, None), "fchown": (93, 55), "lchown": (94, None), "fchownat": (260, 54),
    "setxattr": (188, 5), "lsetxattr": (189, 6), "fsetxattr": (190, 7), "setxattrat": (463, 463),
    "removexattrat": (466, 466), "file_setattr": (469, 469),
    "removexattr": (197, 14), "lremovexattr": (198, 15), "fremovexattr": (199, 16),
    "utime": (132, None), "utimes": (235, None), "futimesat": (261, None), "utimensat": (280, 88),
}  # fmt: skip
ABSENT: dict[str, Numbers] = {  # their flags lie in memory; without them the C library takes the older call
    "clone3": (435, 435), "openat2": (437, 437),
}  # fmt: skip
OPEN: Numbers = (2, None)
OPENAT: Numbers = (257, 56)
CLONE: Numbers = (56, 220)
KILL: Numbers = (62, 129)
TGKILL: Numbers = (234, 131)
PRCTL: Numbers = (157, 167)
FCNTL: Numbers = (72, 25)
IOCTL: Numbers = (16, 29)
OF_ANOTHER: dict[str, Numbers] = {  # fine for oneself: the first argument is 0 then
    "prlimit64": (302, 261), "sched_setaffinity": (203, 122),
}  # fmt: skip

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
CLONE_THREAD = 0x10000
SIGNAL_OWNERS = (8, 10, 15)  # F_SETOWN, F_SETSIG, F_SETOWN_EX: the kernel would send a signal for us
LEASES = (1024, 1026)  # F_SETLEASE, F_NOTIFY: whoever opens the file would have to wait for us
# Is it a terminal, and how wide; how much is there to read; to wait or not; to close at exec or not.
QUESTIONS = (0x5401, 0x802C542A, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)
PR_SET_PDEATHSIG = 1  # it would outlive the zygote

# Instructions of the filter: load a word, compare (equal, any bit, at least), return.
LOAD, EQUAL, ANY_BIT, AT_LEAST, RETURN = 0x20, 0x15, 0x45, 0x35, 0x06
ALLOW, KILL_PROCESS, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
NUMBER_AT, ARCHITECTURE_AT, ARGUMENTS_AT = 0, 4, 16
X32 = 0x40000000  # x86-64 has every call a second time from here on

Instruction = tuple[int, int, int, int]  # operation, jump if true, jump if false, value


def program(pid: int, no_open: bool, machine: str) -> bytes:
    """The filter for a process with this id."""
    column, architecture = MACHINES[machine]
    code: list[Instruction] = [(LOAD, 0, 0, ARCHITECTURE_AT), (EQUAL, 1, 0, architecture)]
    code += [(RETURN, 0, 0, KILL_PROCESS), (LOAD, 0, 0, NUMBER_AT)]
    if machine == "x86_64":
        code += [(AT_LEAST, 0, 1, X32), (RETURN, 0, 0, KILL_PROCESS)]

    def refuse(numbers: Numbers, error: int) -> None:
        if (number := numbers[column]) is not None:
            code.extend([(EQUAL, 0, 1, number), (RETURN, 0, 0, ERRNO | error)])

    def look(
        numbers: Numbers, argument: int, test: int, values: tuple[int, ...], good: bool, error: int
    ) -> None:
        """Allow the call if any (`good`) or none of these tests of an argument's low half is true."""
        if (number := numbers[column]) is None:
            return
        true, false = (ALLOW, ERRNO | error) if good else (ERRNO | error, ALLOW)
        tests = [(test, len(values) - place, 0, value) for place, value in enumerate(values)]
        body = [
            (LOAD, 0, 0, ARGUMENTS_AT + 8 * argument),
            *tests,
            (RETURN, 0, 0, false),
            (RETURN, 0, 0, true),
        ]
        code.extend([(EQUAL, 0, len(body), number), *body])

    for table in (PROCESSES, OTHERS, CHANNELS, MACHINE):
        for numbers in table.values():
            refuse(numbers, errno.EPERM)
    for numbers in CHANGES.values():
        refuse(numbers, errno.EROFS)
    for numbers in ABSENT.values():
        refuse(numbers, errno.ENOSYS)
    for numbers, flags in ((OPEN, 1), (OPENAT, 2)):
        if no_open:
            refuse(numbers, errno.EACCES)
        else:
            look(numbers, flags, ANY_BIT, (WRITING,), False, errno.EROFS)
    look(CLONE, 0, ANY_BIT, (CLONE_THREAD,), True, errno.EPERM)
    for numbers in (KILL, TGKILL):  # abort() and raise() stay
        look(numbers, 0, EQUAL, (pid,), True, errno.EPERM)
    look(PRCTL, 0, EQUAL, (PR_SET_PDEATHSIG,), False, errno.EPERM)
    look(FCNTL, 1, EQUAL, SIGNAL_OWNERS + LEASES, False, errno.EPERM)
    look(IOCTL, 1, EQUAL, QUESTIONS, True, errno.EPERM)  # others change files that are open for reading
    for numbers in OF_ANOTHER.values():
        look(numbers, 0, EQUAL, (0, pid), True, errno.EPERM)
    code.append((RETURN, 0, 0, ALLOW))
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in code)


def restrict(no_open: bool) -> None:
    """Put the filter on every thread of this process, for good. Raises OSError, and KeyError elsewhere."""
    machine = platform.machine()
    text = program(os.getpid(), no_open, machine)
    kept = ctypes.create_string_buffer(text, len(text))
    filter_ = struct.pack("@HP", len(text) // 8, ctypes.addressof(kept))
    number = SECCOMP[MACHINES[machine][0]]
    if number is not None and syscall(number, SET_MODE_FILTER, ALL_THREADS, filter_) != 0:
        raise OSError(errno.ESRCH, "a thread could not be confined")
