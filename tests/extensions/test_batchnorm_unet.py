"""The popular U-Net: its public weights load."""

import pytest
import torch
from torch import nn

from solution.extensions import batchnorm_unet
from solution.extensions.batchnorm_unet import DoubleConv, Up, load


def on_meta(*arguments, **options):
    with torch.device("meta"):
        return batchnorm_unet.UNet(*arguments, **options)


@pytest.mark.parametrize(
    ("bilinear", "parameters", "entries"), [(False, 31_037_698, 118), (True, 17_263_042, 110)]
)
def test_as_many_parameters_and_entries_as_the_public_ones(bilinear, parameters, entries):
    model = on_meta(3, 2, bilinear)
    assert sum(p.numel() for p in model.parameters()) == parameters
    assert len(model.state_dict()) == entries
    assert ("up1.up.weight" in model.state_dict()) != bilinear


def test_the_keys_are_the_public_ones():
    """All 118, built from the public names, with the shapes that tell layers apart."""
    statistics = [
        f"{i}.{name}"
        for i in (1, 4)
        for name in ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")
    ]
    inside = ["0.weight", *statistics[:5], "3.weight", *statistics[5:]]
    blocks = [
        "inc.double_conv",
        *(f"down{i}.maxpool_conv.1.double_conv" for i in range(1, 5)),
        *(f"up{i}.conv.double_conv" for i in range(1, 5)),
    ]
    expected = {f"{block}.{name}" for block in blocks for name in inside}
    expected |= {f"up{i}.up.{name}" for i in range(1, 5) for name in ("weight", "bias")}
    state = on_meta(3, 2).state_dict()
    assert state.keys() == expected | {"outc.conv.weight", "outc.conv.bias"}
    assert state["inc.double_conv.0.weight"].shape == (64, 3, 3, 3)
    assert state["down4.maxpool_conv.1.double_conv.3.weight"].shape == (1024, 1024, 3, 3)
    assert state["up1.up.weight"].shape == (1024, 512, 2, 2)
    assert state["up1.conv.double_conv.0.weight"].shape == (512, 1024, 3, 3)
    assert state["outc.conv.weight"].shape == (2, 64, 1, 1)
    bilinear = on_meta(3, 2, bilinear=True).state_dict()
    assert bilinear["down4.maxpool_conv.1.double_conv.0.weight"].shape == (512, 512, 3, 3)
    assert bilinear["up1.conv.double_conv.0.weight"].shape == (512, 1024, 3, 3)
    assert bilinear["up1.conv.double_conv.3.weight"].shape == (256, 512, 3, 3)
    assert bilinear["up4.conv.double_conv.0.weight"].shape == (64, 128, 3, 3)


def test_the_older_form_is_bilinear_with_biases():
    """Bilinear, with biases, and 512 channels at the bottom."""
    model = on_meta(3, 1, older=True)
    assert sum(p.numel() for p in model.parameters()) == 13_395_329
    state = model.state_dict()
    assert state["inc.double_conv.0.bias"].shape == (64,)
    assert state["down4.maxpool_conv.1.double_conv.3.weight"].shape == (512, 512, 3, 3)
    assert state["up1.conv.double_conv.0.weight"].shape == (256, 1024, 3, 3)


def under_older_names(state):
    names = (
        ("inc.double_conv", "inc.conv.conv"),
        ("maxpool_conv.1.double_conv", "mpconv.1.conv"),
        ("conv.double_conv", "conv.conv"),
    )
    for new, old in names:
        state = {key.replace(new, old): value for key, value in state.items()}
    return state


@pytest.mark.usefixtures("narrow_batchnorm_unet")
@pytest.mark.parametrize(
    ("options", "renamed"),
    [
        ({}, dict),
        ({"bilinear": True}, dict),
        ({}, lambda state: {**state, "mask_values": [0, 1]}),
        ({"older": True}, under_older_names),
    ],
)
def test_load_recognises_every_form(options, renamed):
    torch.manual_seed(0)
    model = batchnorm_unet.UNet(3, 2, **options).eval()
    loaded = load(renamed(model.state_dict())).eval()
    x = torch.rand(1, 3, 32, 48)
    with torch.no_grad():
        assert torch.equal(loaded(x), model(x))
        if "older" in options:
            assert 0 < loaded(x).min() <= loaded(x).max() < 1, "probabilities"


@pytest.mark.parametrize(
    "state",
    [{}, {"inc.double_conv.0.weight": torch.zeros(4, 3, 3, 3), "outc.conv.weight": torch.zeros(2, 4, 1, 1)}],
)
def test_load_refuses_other_networks(state):
    with pytest.raises(RuntimeError):
        load(state)


@pytest.mark.usefixtures("narrow_batchnorm_unet")
@pytest.mark.parametrize("options", [{}, {"bilinear": True}, {"older": True}])
@pytest.mark.parametrize("size", [(16, 16), (32, 48), (33, 47), (19, 70)])
def test_scores_are_as_large_as_the_input(options, size):
    model = batchnorm_unet.UNet(2, 3, **options).eval()
    assert model(torch.rand(1, 2, *size)).shape == (1, 3, *size)


def test_a_block_is_convolution_batchnorm_relu_twice():
    torch.manual_seed(0)
    block = DoubleConv(2, 3).eval()
    for norm in (block.double_conv[1], block.double_conv[4]):
        norm.running_mean.normal_(), norm.running_var.uniform_(0.5, 2)
        norm.weight.data.uniform_(3, 6), norm.bias.data.normal_()
    x = expected = torch.randn(2, 2, 6, 7) * 10
    for i in (0, 3):
        conv, norm = block.double_conv[i], block.double_conv[i + 1]
        expected = nn.functional.conv2d(expected, conv.weight, padding=1)
        scale, shift = norm.weight / (norm.running_var + 1e-5).sqrt(), norm.bias
        expected = (expected - norm.running_mean[:, None, None]) * scale[:, None, None] + shift[:, None, None]
        expected = expected.clamp(min=0)
    assert expected.max() > 20, "enough to tell ReLU from ReLU6"
    assert torch.allclose(block(x), expected, atol=1e-4)


class Seen(nn.Module):
    def forward(self, x):
        return x


@pytest.mark.parametrize(("height", "width"), [(4, 6), (5, 7), (6, 9)])
def test_the_map_is_padded_to_the_skip_and_the_skip_comes_first(height, width):
    up = Up(4, 2)
    up.conv = Seen()
    x, skip = torch.rand(1, 4, 2, 3), torch.rand(1, 2, height, width)
    out = up(x, skip)
    assert torch.equal(out[:, :2], skip), "the skip is whole, and first"
    expected = torch.zeros(1, 2, height, width)
    top, left = (height - 4) // 2, (width - 6) // 2
    expected[..., top : top + 4, left : left + 6] = up.up(x)
    assert torch.equal(out[:, 2:], expected)


def test_bilinear_up_sampling_keeps_the_corners():
    up = Up(2, 1, bilinear=True)
    up.conv = Seen()
    x = torch.tensor([[0.0, 3.0]]).reshape(1, 1, 1, 2)
    assert up(x, torch.zeros(1, 1, 2, 4))[0, 1, 0].tolist() == pytest.approx([0, 1, 2, 3])
