"""torchvision is whole without the compiler of networks, which is there for whoever asks for it."""

import subprocess
import sys

from grader.lab.paths import LAB

PROGRAM = """
import sys
from grader.sandbox.untrusted.uncompiled import MODULE, import_torchvision
import_torchvision()
print(any(name.startswith("torch._dynamo") for name in sys.modules))
import torch, torchvision
boxes = torch.tensor([[0, 0.0, 0.0, 4.0, 4.0]])
print(tuple(torchvision.ops.roi_align(torch.ones(1, 1, 8, 8), boxes, 2).shape))
print(torchvision.ops.roi_align.__globals__["is_compile_supported"]("cpu") in (True, False))
import torch._dynamo.utils
print(torch._dynamo.utils is sys.modules[MODULE], hasattr(torch._dynamo.utils, "same"))
"""


def test_the_compiler_waits_until_somebody_compiles():
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=LAB, capture_output=True, text=True)
    assert done.stdout.splitlines() == ["False", "(1, 1, 2, 2)", "True", "True True"], done.stderr
