"""Attacks on the pipe to the grader: answers that nobody asked for, that are none, or that never end."""

from attacks.attack import attack

NONE = "something that is no answer|gave no answer that can be read"


@attack(f"{NONE}|at most 64 MB", fast=True)
def garbage_is_written_into_every_descriptor():
    import contextlib
    import os

    for fd in range(3, 201):
        with contextlib.suppress(OSError):
            os.write(fd, b"garbage" * 100)


@attack(NONE)
def zeros_are_written_into_every_descriptor():
    import contextlib
    import os

    for fd in range(3, 201):
        with contextlib.suppress(OSError):
            os.write(fd, bytes(64))


@attack(NONE)
def two_answers_are_sent():
    import os

    from grader.sandbox.protocol.frames import pack

    os.write(3, 2 * pack({"id": 1, "data": {}}))


@attack(NONE)
def answers_to_later_calls_are_sent():
    import os

    from grader.sandbox.protocol.frames import pack

    for number in range(1, 100):
        os.write(3, pack({"id": number, "data": {"passed": True, "score": 100}}))


@attack("ended itself before it answered")
def half_an_answer_is_sent():
    import os

    from grader.sandbox.protocol.frames import pack

    os.write(3, pack({"id": 1, "data": {}})[:-1])
    os._exit(0)


@attack("the answer has 1048576 MB; at most 64 MB")
def a_terabyte_is_announced():
    import os

    os.write(3, (1 << 40).to_bytes(8, "little"))
    while True:
        os.write(3, bytes(1 << 16))


@attack(NONE)
def a_header_is_nested_without_end():
    import os

    text = b'{"__metadata__":' + b"[" * 200_000
    frame = len(text).to_bytes(8, "little") + text
    os.write(3, len(frame).to_bytes(8, "little") + frame)


@attack(NONE)
def a_tensor_lies_about_its_size():
    import json
    import os

    lie = {"y": {"dtype": "F32", "shape": [1 << 40, 1 << 20], "data_offsets": [0, 4]}}
    text = json.dumps(lie | {"__metadata__": {"info": '{"id": 1, "data": {}}'}}).encode()
    frame = len(text).to_bytes(8, "little") + text + bytes(4)
    os.write(3, len(frame).to_bytes(8, "little") + frame)


@attack("ended itself before it answered|closed the connection")
def every_descriptor_is_closed():
    import os

    os.closerange(0, 4096)


@attack("closed the connection to the grader|it waited")
def the_pipe_is_closed_and_the_process_stays():
    import os
    import time

    os.close(3)
    time.sleep(60)


@attack("it waited|ended itself|no answer", fast=True)
def the_grader_s_questions_are_stolen():
    import os

    while True:
        os.read(4, 1 << 16)


@attack(r"ended itself before it answered \(exit status 0\)")
def it_exits_with_success():
    import os

    print("100 of 100 points")
    os._exit(0)


@attack("SystemExit")
def it_exits_politely():
    import sys

    sys.exit(0)


@attack("KeyboardInterrupt")
def it_pretends_that_somebody_pressed_a_key():
    raise KeyboardInterrupt


@attack("SIGSEGV")
def it_crashes():
    import ctypes

    ctypes.string_at(0)


@attack("SIGABRT")
def it_aborts():
    import os

    os.abort()


@attack("SIGKILL")
def it_kills_itself():
    import os
    import signal

    os.kill(os.getpid(), signal.SIGKILL)


@attack("MB in all|UNet|more than", at_zygote=True)
def twenty_megabytes_are_sent_with_each_answer():
    import torch

    from grader.sandbox.untrusted import serve

    pack = serve.pack

    def more(info, tensors=None):
        extra = {f"extra{number}": torch.zeros(1_250_000) for number in range(4)}
        return pack({"id": info["id"], "data": {}}, {**(tensors or {}), **extra})

    serve.pack = more


@attack("KB of facts|UNet|no answer that can be read")
def facts_without_end_are_sent():
    from grader.sandbox.untrusted import serve

    pack = serve.pack
    serve.pack = lambda info, tensors=None: pack({"id": info["id"], "data": {"keys": ["x" * 200_000]}})


@attack("no answer|UNet")
def every_call_claims_that_it_passed():
    from grader.sandbox.calls import table

    for name in table.CALLS:
        table.CALLS[name] = lambda *_: ({"status": "passed", "score": 100, "max_score": 100}, {})


@attack("A{50}")
def an_exception_has_a_name_of_eighty_thousand_characters():
    raise type("A" * 80_000, (Exception,), {})("B" * 80_000)


@attack("cannot be shown|Exception")
def an_exception_cannot_be_shown():
    class Meta(type):
        @property
        def __name__(cls):
            raise RuntimeError

    class Unspeakable(Exception, metaclass=Meta):
        def __str__(self):
            raise self

    raise Unspeakable


@attack("ValueError: ::error::100 of 100")
def a_message_steers_the_terminal():
    raise ValueError("\x1b[2J\x1b]0;done\x07\u202e\u200b\n::error::100 of 100\r\x00\ufeff")


@attack("cannot read this file|SyntaxError", beside=lambda: {"unet.py": "x = 1\n\0\nclass UNet: pass"})
def the_text_holds_null_bytes():
    pass
