"""Attacks that write: into the grader, the answers, the report, the next submission."""

from attacks.attack import LAB, REPORT, TOKEN, attack

ALL = ("uid", "landlock", "seccomp")
REFUSED = r"OSError: .*Read-only file system.*lets code read, but write no file|PermissionError"


@attack(REFUSED, ALL, fast=True)
def the_grader_is_appended_to():
    open(f"{LAB}/grader/report/model.py", "a").write("\n# changed\n")


@attack(REFUSED, ALL)
def the_rubric_is_overwritten():
    open(f"{LAB}/grader/rubric/__init__.py", "w").write("import os; os._exit(0)\n")


@attack(REFUSED, ALL)
def the_frozen_answers_are_cut():
    import os

    os.truncate(f"{LAB}/assets/expected.npz", 0)


@attack(REFUSED, ALL)
def the_solution_is_moved_away():
    import os

    os.rename(f"{LAB}/solution/unet.py", f"{LAB}/solution/{TOKEN}.py")


@attack(REFUSED, ALL)
def the_solution_is_removed():
    import os

    os.unlink(f"{LAB}/solution/unet.py")


@attack(REFUSED, ALL)
def the_solution_is_opened_to_all():
    import os

    os.chmod(f"{LAB}/solution", 0o777)


@attack(REFUSED, ALL)
def the_lab_is_given_to_another_user():
    import os

    os.chown(f"{LAB}/grader", os.getuid(), os.getgid())


@attack(REFUSED, ALL)
def times_are_changed():
    import os

    os.utime(f"{LAB}/assets/model.pth", (0, 0))


@attack(REFUSED, ALL)
def an_attribute_is_set():
    import os

    os.setxattr(f"{LAB}/assets/model.pth", "user.x", b"1")


@attack(REFUSED, ALL)
def a_module_that_python_imports_at_every_start_is_added():
    import sysconfig

    open(f"{sysconfig.get_path('purelib')}/{TOKEN}.pth", "w").write("import os; os._exit(0)\n")


@attack(REFUSED, ALL)
def compiled_code_is_poisoned():
    import os

    os.makedirs(f"{LAB}/grader/__pycache__", exist_ok=True)  # not there where Python writes none
    open(f"{LAB}/grader/__pycache__/{TOKEN}.pyc", "wb").write(b"poison")


@attack(REFUSED, ALL, fast=True)
def the_report_is_written():
    open(REPORT, "w").write('{"score": 100}')


@attack(REFUSED, ALL)
def something_is_left_in_tmp():
    open(f"/tmp/{TOKEN}", "w").write("for the next")


@attack(REFUSED, ALL)
def something_is_left_in_shared_memory():
    open(f"/dev/shm/{TOKEN}", "w").write("for the next")


@attack(REFUSED, ALL)
def something_is_left_in_var_tmp():
    open(f"/var/tmp/{TOKEN}", "w").write("for the next")


@attack(REFUSED, ALL)
def a_folder_is_left_in_tmp():
    import os

    os.mkdir(f"/tmp/{TOKEN}")


@attack(REFUSED, ALL)
def a_link_is_left_in_tmp():
    import os

    os.symlink(f"{LAB}/solution/unet.py", f"/tmp/{TOKEN}")


@attack(REFUSED, ALL)
def a_hard_link_to_the_report_is_left():
    import os

    os.link(REPORT, f"/tmp/{TOKEN}")


@attack(REFUSED, ALL)
def a_pipe_is_left_in_tmp():
    import os

    os.mkfifo(f"/tmp/{TOKEN}")


@attack(f"{REFUSED}|lets code read, but write no file|Permission denied", ALL)
def weights_are_saved_in_tmp():
    import torch

    torch.save({"x": torch.zeros(3)}, f"/tmp/{TOKEN}")


@attack(REFUSED, ("seccomp",))
def something_is_left_in_its_own_folder():
    open("notes.txt", "w").write("a folder that is removed anyway")


@attack(REFUSED, ALL)
def the_report_is_mapped_and_written():
    import mmap

    with open(REPORT, "r+b") as file, mmap.mmap(file.fileno(), 0) as memory:
        memory[:2] = b"XX"


@attack(REFUSED, ALL)
def the_model_file_is_written_by_a_bare_system_call():
    import ctypes
    import os

    libc = ctypes.CDLL(None, use_errno=True)
    if libc.creat(f"{LAB}/assets/{TOKEN}".encode(), 0o777) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


@attack("PermissionError|OSError", ALL)
def the_kernel_s_settings_are_written():
    open("/proc/sys/kernel/core_pattern", "w").write("|/bin/true")


@attack("PermissionError|OSError", ALL)
def it_makes_itself_the_last_that_the_kernel_ends():
    open("/proc/self/oom_score_adj", "w").write("-1000")


@attack("PermissionError|OSError", ALL)
def a_device_is_made():
    import os
    import stat

    os.mknod(f"/tmp/{TOKEN}", 0o666 | stat.S_IFBLK, os.makedev(8, 0))


@attack("PermissionError|OSError", ALL)
def a_file_system_is_mounted():
    import ctypes
    import os

    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"none", f"{LAB}/solution".encode(), b"tmpfs", 0, None) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


@attack("UNet", at_zygote=True)
def the_trained_weights_are_set_to_zero_for_the_next():
    import gc

    import torch

    for one in gc.get_objects():
        if type(one) is torch.Tensor and one.is_floating_point():
            one.zero_()


@attack("UNet", at_zygote=True)
def modules_are_spoilt_for_the_next():
    import builtins

    import torch
    from torch.nn import functional as F

    torch.cat = F.conv2d = torch.Tensor.__add__ = lambda *_, **__: None
    builtins.len = lambda _: 0
