"""What a change can affect is told from the code that changed, not from the file that was saved."""

import pytest

from grader.lab.paths import SOLUTION
from grader.trying.changes import affected

FILES = {name: (SOLUTION / name).read_text(encoding="utf-8") for name in ("unet.py", "infer.py")}
ALL_OF_UNET = ["conv_blocks", "crop_and_concat", "forward"]
HELPER = "\n\ndef block(a, b):\n    return nn.Sequential(nn.Conv2d(a, b, 3), nn.ReLU())\n"
USED = {"unet.py": FILES["unet.py"].replace("nn.MaxPool2d(2)", "block(3, 4)", 1) + HELPER}


def changed(file, old, new, files=FILES):
    assert old in files[file]
    after = {**files, file: files[file].replace(old, new)}
    return affected({k: v.encode() for k, v in files.items()}, {k: v.encode() for k, v in after.items()})


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("unet.py", "dim=1)", "dim=2)", ["crop_and_concat"]),
        ("unet.py", "nn.Conv2d(64, 128, kernel_size=3", "nn.Conv2d(64, 128, kernel_size=5", ["conv_blocks"]),
        ("unet.py", "return self.final_conv(x)", "return x", ["forward"]),
        ("unet.py", "return self.final_conv(x)", "return x  # not yet", ["forward"]),
        ("unet.py", "# Contracting path", "# 收缩路径", []),
        ("unet.py", "\n\n\nclass UNet", "\n\n\n\n\nclass UNet", []),
        ("unet.py", "import torch\n", "import math\nimport torch\n", ALL_OF_UNET),
        ("unet.py", "class UNet(nn.Module)", "class UNet(nn.Sequential)", ALL_OF_UNET),
        ("unet.py", "class UNet(nn.Module):", "class UNet(nn.Module:", ALL_OF_UNET),
        ("infer.py", "model.eval()", "model.train()", ["inference"]),
        ("infer.py", 'image.convert("RGB"), list', "image, list", ["inference"]),
        ("infer.py", "INPUT_SIZE = (572, 572)", "INPUT_SIZE = (570, 572)", ["inference"]),
        ("infer.py", "600 / max", "500 / max", []),
    ],
)
def test_a_change_affects_the_todo_that_its_code_belongs_to(file, old, new, expected):
    assert changed(file, old, new) == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("nn.Conv2d(a, b, 3)", "nn.Conv2d(a, b, 5)", ["conv_blocks"]),
        ("def block(a, b):", "def block(a, b, c=1):", ["conv_blocks"]),
    ],
)
def test_a_helper_affects_the_todo_that_uses_it(old, new, expected):
    assert changed("unet.py", old, new, USED) == expected


def test_several_changes_affect_several_todos():
    before = {name: text.encode() for name, text in FILES.items()}
    after = {
        "unet.py": FILES["unet.py"]
        .replace("dim=1)", "dim=0)")
        .replace("return self.final_conv(x)", "return x")
        .encode(),
        "infer.py": FILES["infer.py"].replace("model.eval()", "pass").encode(),
    }
    assert affected(before, after) == ["crop_and_concat", "forward", "inference"]


def test_a_file_that_came_or_went_affects_all_that_is_in_it():
    both = {name: text.encode() for name, text in FILES.items()}
    assert affected({"unet.py": both["unet.py"]}, both) == ["inference"]
    assert affected(both, {"unet.py": both["unet.py"]}) == ["inference"]
