"""Attacks by pretending: that the grader or the machine had failed, that nothing was begun or heard of."""

from attacks.attack import attack
from attacks.marks import honest

OURS = "KeyError|gave no answer|not shown"
REFUSED, ONE = "PermissionError|OSError", ("seccomp",)


@attack("KeyError: 'ours'", fast=True)
def a_fault_of_the_grader_is_pretended():
    from grader.sandbox.calls import table

    names = {}
    exec(compile("def call(*_): raise KeyError('ours')", "grader/sandbox/calls/unet.py", "exec"), names)
    for name in table.CALLS:
        table.CALLS[name] = names["call"]


@attack("an exception|KeyError", hidden=True)
def a_fault_of_the_grader_is_pretended_about_hidden_inputs():
    from grader.sandbox.calls import table

    names = {}
    text = "def call(code, data, tensors): raise KeyError(f'INPUTS {tensors}')"
    exec(compile(text, "grader/sandbox/calls/unet.py", "exec"), names)
    for name in table.CALLS:
        table.CALLS[name] = names["call"]


@attack("not shown", hidden=True)
def a_line_of_the_grader_s_holds_hidden_inputs():
    from torch import nn

    from grader.sandbox.untrusted import failure

    class UNet(nn.Module):
        def __init__(self, *_):
            super().__init__()

        def forward(self, x):
            raise ValueError

    def reduce(error, files):
        frame, said = error.__traceback__, "INPUTS"
        while frame is not None:
            said += repr(frame.tb_frame.f_locals.get("tensors"))[:50]
            frame = frame.tb_next
        facts = {"exception": said, "text": said, "file": said, "line": 1, "source_line": said}
        return facts | {"ours": said, "todo": False, "memory": False}

    failure.reduce = reduce


@attack("more memory than is allowed", at_zygote=True)
def the_memory_is_said_to_be_gone():
    from grader.sandbox.untrusted import failure

    failure.reduce = lambda *_: {"memory": True, "ours": "grader/sandbox/calls/unet.py, line 1"}
    raise ValueError


@attack("no answer")
def the_machine_is_said_to_be_too_busy():
    from grader.sandbox.untrusted import serve

    pack = serve.pack
    serve.pack = lambda info, tensors=None: pack(
        {"id": info["id"], "failed": {"kind": "machine", "message": "busy"}}
    )


@attack("too busy")
def a_call_says_that_the_machine_is_too_busy():
    from grader.sandbox.calls import table

    for name in table.CALLS:
        table.CALLS[name] = lambda *_: ({"fault": "machine", "text": "the machine was too busy"}, {})


@attack("x{50}")
def a_time_limit_is_claimed_in_a_megabyte():
    from grader.sandbox.calls import table

    claim = {
        "fault": "timeout",
        "text": "x" * 100_000,
        "file": ["a"],
        "line": 10**30,
        "step": {"import_file": 1},
    }
    for name in table.CALLS:
        table.CALLS[name] = lambda *_: (claim, {})


@attack("no answer|a step of no kind")
def a_time_limit_is_claimed_in_no_words():
    from grader.sandbox.calls import table

    for name in table.CALLS:
        table.CALLS[name] = lambda *_: ({"fault": "timeout", "text": [["{said}{0}{file}"]], "step": []}, {})


@attack("still to be written")
def every_answer_is_still_to_be_written():
    from grader.sandbox.calls import table

    def call(*_):
        raise NotImplementedError("TODO 1")

    for name in table.CALLS:
        table.CALLS[name] = call


@attack("not as expected", (), 10, hidden=True, beside=honest)  # its shapes are right
def every_number_is_nan_and_infinite():
    import torch
    from honest import CropAndConcat, UNet  # noqa: F401

    from grader.sandbox.untrusted import serve

    pack, values = serve.pack, (float("nan"), float("inf"), float("-inf"))
    seen = []

    def spoilt(info, tensors=None):
        seen.append(info)
        value = values[len(seen) % 3]
        return pack(info, {name: torch.full_like(x.float(), value) for name, x in (tensors or {}).items()})

    serve.pack = spoilt


@attack("", (), 100, beside=honest)
def an_honest_answer_among_tensors_that_answer_for_themselves():
    from honest import CropAndConcat, UNet  # noqa: F401
    from torch.overrides import TorchFunctionMode

    class Passing(TorchFunctionMode):
        def __torch_function__(self, function, types, arguments=(), keywords=None):
            return function(*arguments, **(keywords or {}))

    Passing().__enter__()  # and never left


@attack("SystemExit|UNet")
def attributes_end_the_process_when_they_are_looked_at():
    from torch import nn

    class Lazy:
        def __getattribute__(self, name):
            raise SystemExit(name)

    class UNet(nn.Module):
        def __init__(self, *channels):
            super().__init__()
            self.__dict__.update({f"down_conv{number}": Lazy() for number in range(1, 6)})

        def named_children(self):
            return iter([("down_conv1", Lazy())])

        def __getattr__(self, name):
            return Lazy()


@attack(REFUSED, ONE, fast=True)
def it_gives_way_to_everybody():
    import os

    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


@attack(REFUSED, ONE)
def it_makes_itself_slow():
    import os

    os.setpriority(os.PRIO_PROCESS, 0, 19)


@attack("it waited, without computing", at_zygote=True)
def it_stops_itself():
    import os
    import signal

    os.kill(os.getpid(), signal.SIGSTOP)


@attack("seconds of processor time")
def the_alarm_of_the_time_limit_is_turned_off():
    import signal

    signal.signal(signal.SIGPROF, signal.SIG_IGN)
    signal.setitimer(signal.ITIMER_PROF, 0)
    while True:
        pass


@attack("more memory|MemoryError|ended|UNet")
def its_own_limits_are_lowered():
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (1 << 20, 1 << 20))
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


@attack(REFUSED, ONE)
def whoever_opens_a_library_is_to_wait():
    import fcntl
    import os

    file = os.open(os.__file__, os.O_RDONLY)
    fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)


@attack("PermissionError|Operation not permitted", ONE)
def the_flags_of_a_file_are_changed_without_writing():
    import fcntl
    import os

    file = os.open(os.__file__, os.O_RDONLY)
    fcntl.ioctl(file, 0x40086602, (0x40).to_bytes(8, "little"))  # FS_IOC_SETFLAGS: never dump
