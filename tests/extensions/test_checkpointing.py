"""Checkpointing changes nothing of the popular U-Net but the memory that it takes."""

import pytest
import torch
from torch import nn

from solution.extensions import batchnorm_unet
from solution.extensions.batchnorm_unet import DoubleConv, kept_statistics


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


@pytest.mark.usefixtures("narrow_batchnorm_unet")
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


@pytest.mark.usefixtures("narrow_batchnorm_unet")
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


@pytest.mark.usefixtures("narrow_batchnorm_unet")
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
