"""What a change can affect is told from the code that changed, not from the file that was saved."""

import pytest

from grader.lab.paths import SOLUTION
from grader.trying.changes import affected, changed_blocks

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


WIDER = ("nn.Conv2d(64, 128, kernel_size=3", "nn.Conv2d(64, 128, kernel_size=5")
SECOND = "nn.Conv2d(128, 128, kernel_size=3, padding=1),"
TWO = {"unet.py": FILES["unet.py"].replace(SECOND, "nn.Conv2d(128, 128, 1),", 1)}


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        ([(SECOND, "nn.Conv2d(128, 128, 1),  # why not")], ["down_conv2", "up_conv3"]),
        ([WIDER], ["down_conv2"]),
        ([WIDER, ("dim=1)", "dim=2)")], []),
        ([WIDER, ("self.concat1 =", "c =")], []),
        ([("self.down_conv2 = nn", "self.down = nn")], []),
        ([("in_channels: int, out_channels", "out_channels, in_channels")], []),
        ([("self.down_sample1 = nn.MaxPool2d(2)", "self.down_sample1 = nn.AvgPool2d(2)")], []),
        ([("# Contracting path", "# down")], []),
        ([("nn.MaxPool2d(2)", "nn.MaxPool2d(2")], []),
    ],
)
def test_the_blocks_are_named_where_nothing_else_has_changed(edits, expected):
    text = FILES["unet.py"]
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    before = {name: said.encode() for name, said in FILES.items()}
    assert changed_blocks(before, before | {"unet.py": text.encode()}) == expected


def test_a_change_of_the_other_file_is_no_change_of_blocks_alone():
    before = {name: said.encode() for name, said in FILES.items()}
    after = {"unet.py": TWO["unet.py"].encode(), "infer.py": before["infer.py"] + b"x = 1"}
    assert changed_blocks(before, before | {"unet.py": TWO["unet.py"].encode()}) == ["down_conv2"]
    assert changed_blocks(before, after) == []
    assert changed_blocks({}, before) == []


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
