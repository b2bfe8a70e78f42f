"""The popular U-Net: its public weights load, and checkpointing changes nothing but the memory."""

import pytest
import torch
from torch import nn

from solution.extensions import batchnorm_unet
from solution.extensions.batchnorm_unet import DoubleConv, Up, kept_statistics, load


@pytest.fixture
def narrow(monkeypatch):
    monkeypatch.setattr(batchnorm_unet, "CHANNELS", (4, 8, 16, 32, 64))


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


@pytest.mark.usefixtures("narrow")
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


@pytest.mark.usefixtures("narrow")
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


def step(checkpointing, bilinear=False, steps=1):
    """Scores, gradients and buffers after some training steps on random pictures, in float64."""
    torch.manual_seed(3)
    model = batchnorm_unet.UNet(3, 2, bilinear).double()
    if checkpointing:
        model.use_checkpointing()
    for _ in range(steps):
        model.zero_grad()
        scores = model(torch.randn(2, 3, 33, 48, dtype=torch.float64))
        scores.square().sum().backward()
    return scores.detach(), {n: p.grad for n, p in model.named_parameters()}, dict(model.named_buffers())


@pytest.mark.usefixtures("narrow")
@pytest.mark.parametrize("bilinear", [False, True])
def test_checkpointing_gives_the_same_gradients_and_statistics(bilinear):
    scores, gradients, buffers = step(False, bilinear, steps=2)
    scores_2, gradients_2, buffers_2 = step(True, bilinear, steps=2)
    assert torch.equal(scores, scores_2)
    for name, gradient in gradients.items():
        assert gradient.abs().max() > 0, name
        assert (gradients_2[name] - gradient).abs().max() <= 1e-10 * max(1, gradient.abs().max()), name
    for name, buffer in buffers.items():
        assert torch.equal(buffers_2[name], buffer), name
    assert all(int(b) == 2 for name, b in buffers_2.items() if name.endswith("num_batches_tracked"))


@pytest.mark.usefixtures("narrow")
def test_checkpointing_runs_every_block_twice_and_keeps_less():
    """Counted, not timed: what autograd saves for the backward pass, and how often a block runs."""
    kept_bytes, runs = {}, {}
    for checkpointing in (False, True):
        torch.manual_seed(0)
        model = batchnorm_unet.UNet(3, 2)
        if checkpointing:
            model.use_checkpointing()
        count = []
        for layer in model.modules():
            if isinstance(layer, nn.BatchNorm2d):
                layer.register_forward_hook(lambda *_, count=count: count.append(1))
        saved = {}
        own = {p.data_ptr() for p in (*model.parameters(), *model.buffers())}

        def keep(tensor, saved=saved, own=own):
            if tensor.data_ptr() not in own:
                saved[tensor.data_ptr()] = tensor.untyped_storage().nbytes()
            return tensor

        with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
            scores = model(torch.rand(1, 3, 64, 64))
        kept_bytes[checkpointing] = sum(saved.values())
        scores.sum().backward()
        runs[checkpointing] = len(count)
    assert runs[False] == 18
    assert 30 <= runs[True] <= 36, "a second pass may end before a block's last layers"
    assert kept_bytes[True] < 0.5 * kept_bytes[False]


@pytest.mark.usefixtures("narrow")
def test_checkpointing_in_eval_and_without_gradients():
    torch.manual_seed(0)
    model = batchnorm_unet.UNet(3, 2).eval()
    x = torch.rand(1, 3, 32, 32)
    with torch.no_grad():
        expected = model(x)
    model.use_checkpointing()
    with torch.inference_mode():
        assert torch.equal(model(x), expected)
    model(x).sum().backward()
    assert all(not buffer.any() for name, buffer in model.named_buffers() if name.endswith("tracked"))


def test_statistics_are_kept_even_if_the_block_fails():
    block = DoubleConv(1, 2)
    block(torch.rand(2, 1, 4, 4))
    before = {name: (buffer, buffer.clone()) for name, buffer in block.named_buffers()}
    with pytest.raises(RuntimeError, match="channels"), kept_statistics(block):
        block(block(torch.rand(2, 1, 4, 4)))  # two channels into a block for one: fails after a success
    for name, buffer in block.named_buffers():
        original, value = before[name]
        assert buffer is original, name
        assert torch.equal(buffer, value), name
    block(torch.rand(2, 1, 4, 4))
    assert int(block.double_conv[1].num_batches_tracked) == 2
