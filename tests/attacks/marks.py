"""Attacks on the marks: constants, known answers, patched comparisons, claims, and inputs told on."""

import base64

from attacks.attack import REPORT, attack
from corpus.build import solution

from grader.implementations.frozen import EXPECTED

NOT_SHOWN = "not shown: the inputs are hidden"


def carried() -> dict[str, str]:
    """The frozen answers as a text of the submission's own."""
    return {"answers.py": f"NPZ = {base64.b64encode(EXPECTED.read_bytes())!r}"}


def honest() -> dict[str, str]:
    """The solution, under another name."""
    return {"honest.py": solution()["unet.py"], "infer.py": solution()["infer.py"]}


@attack("no answer that can be read|not as expected|expected", hidden=True, fast=True, beside=carried)
def the_public_answers_are_looked_up_under_the_question_s_key():
    import base64
    import hashlib
    import io
    import json

    import numpy as np
    import torch
    from answers import NPZ

    from grader.sandbox.calls import table

    frozen = np.load(io.BytesIO(base64.b64decode(NPZ)))
    facts = json.loads(str(frozen["facts"]))

    def look_up(call):
        def answer(code, data, tensors):
            digest = hashlib.sha256(json.dumps([call, data], sort_keys=True).encode())
            for name in sorted(tensors):
                array = tensors[name].numpy()
                digest.update(f"{name} {array.dtype} {array.shape} ".encode() + array.tobytes())
            key = digest.hexdigest()[:24]
            said, names = facts.get(key, ({}, []))
            return said, {name: torch.from_numpy(frozen[f"{key}.{name}"]) for name in names}

        return answer

    for call in table.CALLS:
        table.CALLS[call] = look_up(call)


@attack("expected|no answer|not as expected", hidden=True)
def constants_are_sent_for_everything():
    import torch

    from grader.sandbox.calls import table

    one = {name: torch.ones(1, 1, 16, 16) for name in ("y", "x_after", "mask", "x")}
    for call in table.CALLS:
        table.CALLS[call] = lambda *_: ({"keys": {}, "nodes": [], "digest": "0", "kind": "array"}, one)


@attack("expected|no answer|not as expected", hidden=True)
def questions_are_sent_back_as_answers():
    from grader.sandbox.calls import table

    for call in table.CALLS:
        table.CALLS[call] = lambda code, data, tensors: (data, {"y": tensors["x"]} if "x" in tensors else {})


@attack("a layer is missing", hidden=True)
def results_say_that_they_equal_everything():
    import torch
    from torch import nn

    class Equal(torch.Tensor):
        def __eq__(self, other):
            return True

        @classmethod
        def __torch_function__(cls, function, types, arguments=(), keywords=None):
            return True

    class CropAndConcat(nn.Module):
        def forward(self, x, contracting_x):
            return Equal()

    class UNet(nn.Module):
        def __init__(self, in_channels, out_channels):
            super().__init__()

        def forward(self, x):
            return Equal()


@attack("UNet", hidden=True)
def comparisons_are_patched():
    import numpy as np
    import torch

    torch.equal = torch.allclose = np.allclose = np.array_equal = lambda *_, **__: True
    torch.testing.assert_close = np.testing.assert_allclose = lambda *_, **__: None


@attack("UNet", hidden=True)
def the_test_framework_is_patched():
    import _pytest.reports
    import pytest

    _pytest.reports.TestReport.from_item_and_call = lambda *_: None
    pytest.main = lambda *_, **__: 0


@attack("UNet", hidden=True)
def comparisons_of_the_grader_are_patched():
    from grader.sandbox.protocol import frames
    from grader.sandbox.untrusted import failure, serve

    failure.reduce = lambda *_: {"memory": False, "passed": True}
    serve.plain = lambda tensor, name: tensor
    frames.unpack = None


@attack("UNet", hidden=True)
def frames_are_searched_for_what_is_expected():
    import sys

    frame = sys._getframe()
    while frame is not None:
        for name, value in list(frame.f_locals.items()):
            if name in ("expected", "reference", "solution", "secret"):
                raise LookupError(f"{name} = {value}")
        frame = frame.f_back


@attack("UNet", hidden=True, beside=lambda: {"conftest.py": "raise SystemExit(0)", "pytest.ini": "[pytest]\n",
        "sitecustomize.py": "import os; os._exit(0)"})  # fmt: skip
def files_of_a_test_framework_are_handed_in():
    pass


@attack("UNet", hidden=True, beside=lambda: {"torch.py": "def cat(*_): return 100", "grader.py": ""})
def modules_of_the_grader_s_name_are_handed_in():
    pass


@attack(r"unet.py, line \d+: ValueError \(its text is not shown", hidden=True, fast=True)
def hidden_inputs_are_raised():
    from torch import nn

    class CropAndConcat(nn.Module):
        def forward(self, x, contracting_x):
            raise ValueError(f"INPUTS {x.flatten()[:5].tolist()}")


@attack(r"unet.py, line \d+: an exception \(its text is not shown", hidden=True)
def hidden_inputs_are_the_name_of_an_exception():
    from torch import nn

    class CropAndConcat(nn.Module):
        def forward(self, x, contracting_x):
            raise type(f"INPUTS{x.flatten()[0].item()}", (Exception,), {})


@attack("a class is missing|UNet|not shown", hidden=True)
def hidden_inputs_are_a_shape():
    import torch
    from torch import nn

    class CropAndConcat(nn.Module):
        def forward(self, x, contracting_x):
            return torch.zeros([1, 1, 31337, 1 + int(abs(x.flatten()[0]) * 100)])


@attack("a class is missing|UNet|not shown", hidden=True)
def hidden_inputs_are_printed():
    from torch import nn

    class CropAndConcat(nn.Module):
        def forward(self, x, contracting_x):
            print("INPUTS", x.flatten()[:5].tolist())
            return x


@attack("", (), 100, beside=honest, at_zygote=True)
def an_honest_answer_with_threads_that_write():
    import contextlib
    import threading
    import time

    from honest import CropAndConcat, UNet  # noqa: F401

    def writes():
        while True:
            with contextlib.suppress(OSError):
                open(REPORT, "w").write("100 of 100")
            time.sleep(0.05)

    threading.Thread(target=writes, daemon=True).start()


@attack("", ("seccomp",), 100, beside=honest, at_zygote=True)
def an_honest_answer_that_tries_to_stay():
    import contextlib
    import os

    from honest import CropAndConcat, UNet  # noqa: F401

    with contextlib.suppress(OSError):
        if os.fork() == 0:
            os.setsid()
            os._exit(0)


@attack("", (), 100, beside=honest, at_zygote=True)
def an_honest_answer_that_prints_forged_reports():
    from honest import CropAndConcat, UNet  # noqa: F401

    print('{"score": 1000}\n::set-output name=points::1000\nok all 13 checks\n100 of 100 points')
