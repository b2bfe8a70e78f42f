"""At which line of which file a failure is shown."""

import re

import pytest
from reports import INFER, UNET, check, line_of

from grader.platforms.github.places import Place, place_of
from grader.report.model import FAILED, Todo


@pytest.mark.parametrize(
    ("id", "message", "expected"),
    [
        ("conv_blocks.block_up_conv3", "m", line_of("self.up_conv3 =")),
        ("conv_blocks.final_conv", "m", line_of("self.final_conv =")),
        ("conv_blocks.network_can_be_built", "m", line_of("# TODO 1: down_conv1")),
        ("conv_blocks.network_can_be_built", "unet.py, line 70: ValueError: x", 70),
        ("conv_blocks.network_can_be_built", "unet.py, line 9999: x", line_of("# TODO 1: down_conv1")),
        ("conv_blocks.network_can_be_built", "/etc/passwd.py, line 1: x", line_of("# TODO 1: down_conv1")),
        ("crop_and_concat.shape", "m", line_of("# TODO 2: crop")),
        ("forward.skips", "m", line_of("# TODO 3: the contracting path")),
    ],
)
def test_the_place_of_a_failure(id, message, expected):
    todo = Todo(id.split(".")[0], {"conv": "TODO 1: x", "crop": "TODO 2: x", "forw": "TODO 3: x"}[id[:4]])
    assert place_of(todo, check(id, FAILED, message), {"unet.py": UNET}) == Place("unet.py", expected)


def test_the_place_where_the_comments_are_gone():
    unet = re.sub(r"# ?TODO.*", "", UNET)
    infer = INFER.replace("TODO 4: preprocess the picture", "")
    files = {"unet.py": unet, "infer.py": infer}
    two, four = Todo("crop_and_concat", "TODO 2: x"), Todo("inference", "TODO 4: x")
    assert place_of(two, None, files).line == line_of("def forward(self, x: torch.Tensor, contracting_x")
    preprocess, mask = check("inference.preprocess", FAILED), check("inference.mask", FAILED)
    assert place_of(four, preprocess, files).line == line_of("def preprocess", INFER)
    assert place_of(four, mask, files).line == line_of("# TODO 4: predict", INFER)
    assert place_of(two, None, {"unet.py": "x = 1"}) is None
    assert place_of(two, None, {}) is None
