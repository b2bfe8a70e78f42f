"""A model file that is not the lab's is refused by the name that is wrong in it, and no TODO is blamed."""

import pytest
import torch

from grader.errors import LabError
from grader.grading.run import check_model
from grader.lab.weights_file import fault_of_file
from grader.sandbox.untrusted import model_file

EXPECTED = {"down_conv1.0.weight": [4, 3, 3, 3], "down_conv1.0.bias": [4], "final_conv.weight": [1, 4, 1, 1]}
OTHER_CHANNELS = EXPECTED | {"down_conv1.0.weight": [4, 1, 3, 3]}
PUBLIC = {"inc.double_conv.0.weight": [4, 3, 3, 3], "outc.conv.weight": [1, 4, 1, 1]}


def prefixed(prefix):
    return {prefix + name: shape for name, shape in EXPECTED.items()}


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (prefixed("module."), ["module.down_conv1.0.weight", "nn.DataParallel", "model.module.state_dict()"]),
        (prefixed("_orig_mod."), ["'_orig_mod.'", "torch.compile", "model._orig_mod.state_dict()"]),
        (prefixed("module._orig_mod."), ["'module._orig_mod.'", "model.module._orig_mod.state_dict()"]),
        (prefixed("unet."), ["'unet.'", "a network within another one", "the inner network's state_dict()"]),
        (EXPECTED | {"norm.weight": [4], "norm.bias": [4]}, ["holds norm.weight and 1 more beside"]),
        (OTHER_CHANNELS, ["down_conv1.0.weight has shape (4, 1, 3, 3) in it, not (4, 3, 3, 3)"]),
        (
            PUBLIC,
            ["another network", "its first name is inc.double_conv.0.weight, and not down_conv1.0.weight"],
        ),
        (dict(list(EXPECTED.items())[:2]), ["final_conv.weight is missing"]),
        ({}, ["another network"]),
    ],
)
def test_the_wrong_name_and_the_remedy_are_said(found, said):
    fault = fault_of_file(found, EXPECTED)
    assert fault is not None
    assert [one for one in said if one not in fault] == []
    assert "assets/model.pth" in fault
    assert "TODO" not in fault


def test_the_labs_own_names_and_shapes_are_no_fault():
    assert fault_of_file(EXPECTED, EXPECTED) is None


def test_such_a_file_stops_a_grading_before_any_check(tmp_path, frozen):
    path = tmp_path / "wrapped.pth"
    torch.save({f"module.{name}": torch.zeros(shape) for name, shape in frozen.keys().items()}, path)
    _, facts = model_file.read(str(path))
    with pytest.raises(LabError, match=r"wrapped.pth cannot be used, its names begin with 'module.'"):
        check_model({"model": facts}, path, frozen)
