"""The mended network learns, and the published one, which students get, does not."""

import types
from pathlib import Path

import pytest
import torch
from torch import nn

from grader.release.holes import student_version
from solution.extensions import find_the_bugs

PARAMETERS = 31_043_651  # for 3 channels out
NARROW = (16, 32, 64, 128, 256)  # the same network with a quarter of the channels
PATH = Path(find_the_bugs.__file__)


@pytest.fixture
def published():
    """The module that a student starts from."""
    module = types.ModuleType("published")
    text = student_version(PATH.read_text(encoding="utf-8"), PATH.name)
    exec(compile(text, PATH.name, "exec"), module.__dict__)
    return module


def test_every_layer_is_registered():
    with torch.device("meta"):
        model = find_the_bugs.UNet(3)
    layers = [type(layer).__name__ for layer in model.modules() if not list(layer.children())]
    assert {name: layers.count(name) for name in set(layers)} == {
        "Conv2d": 19,
        "BatchNorm2d": 18,
        "ReLU6": 18,
        "ConvTranspose2d": 4,
        "Softmax2d": 1,
    }
    assert sum(p.numel() for p in model.parameters()) == PARAMETERS


def test_no_batchnorm_is_shared():
    model = find_the_bugs.UNet(2, NARROW)
    calls = []
    for layer in model.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.register_forward_hook(lambda layer, given, out: calls.append(layer))
    model(torch.rand(1, 3, 32, 32))
    assert len(calls) == len({id(layer) for layer in calls}) == 18


@pytest.mark.parametrize("out_channels", [1, 5])
def test_480_by_640_gives_probabilities_of_the_same_size(out_channels):
    model = find_the_bugs.UNet(out_channels, NARROW).eval()
    with torch.inference_mode():
        probabilities = model(torch.rand(1, 3, 480, 640))
    assert probabilities.shape == (1, out_channels, 480, 640)
    assert torch.allclose(probabilities.sum(1), torch.ones(1, 480, 640), atol=1e-5)
    assert probabilities.min() >= 0


def test_relu6_cuts_at_6():
    block = find_the_bugs.DoubleConv(1, 2)
    out = block(1e6 * torch.randn(1, 1, 50, 50))
    nn.init.constant_(block.layers[4].bias, 10.0)
    assert out.max() <= 6
    assert block(torch.randn(1, 1, 50, 50)).max() == 6


def test_equal_inputs_give_equal_outputs_in_eval_and_through_a_state_dict():
    torch.manual_seed(0)
    model, other = find_the_bugs.UNet(3, NARROW), find_the_bugs.UNet(3, NARROW)
    x = torch.rand(2, 3, 32, 48)
    model(x)  # moves the running statistics
    model.eval(), other.eval()
    with torch.inference_mode():
        assert torch.equal(model(x), model(x))
        assert not torch.allclose(model(x), other(x), atol=1e-3)
        other.load_state_dict(model.state_dict())
        assert torch.equal(model(x), other(x))


def test_the_device_is_followed():
    model = find_the_bugs.UNet(3, NARROW).to("meta")
    assert model(torch.rand(1, 3, 32, 32, device="meta")).device.type == "meta"


def test_the_skip_comes_from_this_picture():
    """Every level up gets what its level down gave, and no picture depends on the one before."""
    model = find_the_bugs.UNet(2, NARROW).eval()
    kept, seen = [], []
    for block in (model.inc, *model.down[:3]):
        block.register_forward_hook(lambda block, given, out: kept.append(out))
    for up in model.up:
        up.up.register_forward_hook(lambda layer, given, out: seen.append([out]))
        up.conv.register_forward_pre_hook(lambda block, given: seen[-1].append(given[0]))
    for image in torch.rand(3, 1, 3, 32, 48):
        kept.clear(), seen.clear()
        model(image)
        for skip, (up_sampled, concatenated) in zip(reversed(kept), seen):
            assert torch.equal(concatenated, torch.cat([skip, up_sampled], dim=1))


def test_it_learns():
    """A bright square on noise, 60 steps: the loss falls to a fraction."""
    torch.manual_seed(0)
    target = torch.zeros(2, 32, 32, dtype=torch.int64)
    target[0, 8:24, 4:20], target[1, 4:12, 10:30] = 1, 1
    images = 0.3 * torch.rand(2, 3, 32, 32) + 0.5 * target[:, None]
    model = find_the_bugs.UNet(2, NARROW)
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)
    losses = []
    for _ in range(60):
        loss = nn.functional.nll_loss(model(images).log(), target)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.3 * losses[0]
    assert all(p.grad is not None and p.grad.isfinite().all() for p in model.parameters())


def test_the_published_network_looks_right(published):
    out = published.UNet(4, NARROW).eval()(torch.rand(1, 3, 64, 48))
    assert out.shape == (1, 4, 64, 48)
    assert torch.allclose(out.sum(1), torch.ones(1, 64, 48), atol=1e-5)


def test_the_published_network_is_broken_in_every_way_that_its_docstring_says(published):
    model = published.UNet(2, NARROW).eval()
    assert list(model.parameters()) == []
    assert model.state_dict() == {}
    x = torch.rand(1, 3, 32, 32)
    assert not torch.allclose(model(x), model(x), atol=1e-3)
    norms = [layer for layer in published.Block(3, 4).modules() if isinstance(layer, nn.BatchNorm2d)]
    assert len(norms) == 1
    with pytest.raises(TypeError):
        published.UpBlock(16, 8)


def test_the_comments_are_set_right_and_each_was_wrong(published):
    assert find_the_bugs.what_the_comments_should_say() == {
        "A": "transposed",
        "B": "bilinear",
        "x1": "expanding",
        "x2": "skip",
    }
    wrong = published.what_the_comments_should_say()
    right = find_the_bugs.what_the_comments_should_say()
    assert all(wrong[place] != right[place] for place in right)
